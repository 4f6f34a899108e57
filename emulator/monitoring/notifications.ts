/**
 * What a notification channel of type `pubsub` publishes: JSON of schema version 1.2 (page "Create and manage notification channels",
 * Pub/Sub: schema structure; samples in cloudforet-io/tsc #8 and robusta-dev/robusta #2001).
 */
import { listOf, mapOf, textOf, textsOf } from '../delivery/json-fields.ts';
import type { WorldBase } from '../world/base.ts';
import type { JsonMap } from '../world/json.ts';
import { thresholdOf } from './conditions.ts';
import type { Change } from './incidents.ts';
import { writeLabelled } from './time-series-json.ts';

export interface Notice {
  readonly change: Change;
  readonly policy: JsonMap;
  readonly condition: JsonMap;
  /** Full name of the channel that it goes to. */
  readonly channel: string;
}

type Place = Pick<WorldBase, 'project' | 'projectNumber'> & { readonly nowMs: number };

export function writeNotification({ change, policy, condition, channel }: Notice, place: Place): JsonMap {
  const { incident, kind } = change;
  return {
    version: '1.2',
    incident: {
      incident_id: incident.id,
      scoping_project_id: place.project,
      scoping_project_number: Number(place.projectNumber),
      url: `https://console.cloud.google.com/monitoring/alerting/alerts/${incident.id}?channelType=pubsub&project=${place.project}`,
      state: kind === 'closed' ? 'closed' : 'open',
      started_at: seconds(incident.startedAtMs),
      ended_at: kind === 'closed' ? seconds(place.nowMs) : null,
      ...(kind === 'renotified' && { renotify: true }),
      ...severityOf(policy),
      ...writeObservation(change, place),
      policy_name: textOf(policy, 'displayName') ?? '',
      policy_user_labels: textsOf(policy, 'userLabels'),
      condition_name: textOf(condition, 'displayName') ?? '',
      ...writeValues(change, condition),
      condition,
      documentation: writeDocumentation(mapOf(policy, 'documentation')),
      summary: summaryOf(change, policy, condition),
      notification_channel_ids: [channel.slice(channel.lastIndexOf('/') + 1)],
    },
  };
}

/** What was measured, and of what. */
function writeObservation({ incident: { observation } }: Change, { project }: Place): JsonMap {
  const { resource, metric } = observation;
  return {
    resource_id: '',
    resource_name: `${project} ${resource.type}`,
    resource_display_name: resource.labels['instance'] ?? '',
    resource_type_display_name: resource.type,
    resource: writeLabelled(resource),
    metric: { ...writeLabelled(metric), displayName: metric.type },
    metadata: { system_labels: {}, user_labels: {} },
  };
}

/** Numbers travel as texts here. */
function writeValues({ incident }: Change, condition: JsonMap): JsonMap {
  const threshold = thresholdOf(condition);
  return {
    ...(threshold !== undefined && { threshold_value: String(threshold) }),
    observed_value: String(incident.observation.value),
  };
}

/** The notification that the console sends when somebody tries a channel out (cloudforet-io/tsc #8 quotes one). */
export function writeTestNotification({ project, projectNumber }: Place): JsonMap {
  return {
    version: 'test',
    incident: {
      incident_id: '12345',
      scoping_project_id: project,
      scoping_project_number: Number(projectNumber),
      url: 'http://www.example.com',
      started_at: 0,
      ended_at: 0,
      state: 'OPEN',
      summary: 'Test Incident',
      apigee_url: 'http://www.example.com',
      observed_value: '1.0',
      resource: { type: 'example_resource', labels: { example: 'label' } },
      resource_type_display_name: 'Example Resource Type',
      resource_id: '12345',
      resource_display_name: 'Example Resource',
      resource_name: 'projects/12345/example_resources/12345',
      metric: { type: 'test.googleapis.com/metric', displayName: 'Test Metric', labels: { example: 'label' } },
      metadata: { system_labels: { example: 'label' }, user_labels: { example: 'label' } },
      policy_name: 'projects/12345/alertPolicies/12345',
      policy_user_labels: { example: 'label' },
      documentation: 'Test documentation',
      condition: { name: 'projects/12345/alertPolicies/12345/conditions/12345', displayName: 'Example condition' },
      condition_name: 'Example condition',
      threshold_value: '0.5',
    },
  };
}

function severityOf(policy: JsonMap): JsonMap {
  const severity = textOf(policy, 'severity');
  if (severity === undefined || severity === 'SEVERITY_UNSPECIFIED') return {};
  return { severity: `${severity.charAt(0)}${severity.slice(1).toLowerCase()}` };
}

function writeDocumentation(documentation: JsonMap | undefined): JsonMap {
  const { content, mimeType, subject } = documentation ?? {};
  return {
    content: content ?? '',
    mime_type: mimeType ?? 'text/markdown',
    subject,
    links: [...listOf(documentation ?? {}, 'links')],
  };
}

function summaryOf({ kind, incident }: Change, policy: JsonMap, condition: JsonMap): string {
  const name = `${textOf(policy, 'displayName') ?? ''}: ${textOf(condition, 'displayName') ?? ''}`;
  const { value } = incident.observation;
  return kind === 'closed'
    ? `${name} returned to normal with a value of ${value}.`
    : `${name} is met with a value of ${value}.`;
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}
