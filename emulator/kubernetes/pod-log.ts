/**
 * `pods/{name}/log`. No program runs behind a container of the local cloud, and its log says so, under the times at which the world
 * says that it started and became ready. Refusals: pkg/registry/core/pod/strategy.go LogLocation, pkg/apis/core/validation
 * ValidatePodLogOptions and, for containers that have no log yet, pkg/kubelet/kubelet_pods.go of kubernetes/kubernetes.
 */
import type { JsonMap } from '../world/json.ts';
import { type KubernetesObject, mapsAt, nameOf, textAt } from './objects.ts';
import { requireWholeNumber } from './list-options.ts';
import { requireContainer, requireNode } from './pod-containers.ts';
import { badRequest } from './rejections.ts';
import type { AnswerReply } from './reply.ts';
import type { ResourceRequest } from './resource-request.ts';
import type { ClusterState } from './state.ts';
import { type FieldError, fieldErrors, refuse } from './status.ts';
import { refuseInvalid } from './validation.ts';
import { requireExisting } from './writes.ts';

/** A pod that no node has yet has no log at all: 204. */
export function readLog(state: ClusterState, request: ResourceRequest): AnswerReply {
  const { query } = request.http;
  requireLogOptions(request.name, query);
  const pod = requireExisting(state, request);
  const container = requireContainer(pod, query.get('container') ?? '');
  const node = textAt(pod, 'spec', 'nodeName');
  if (node === '') return { status: 204, headers: {}, body: '' };
  requireNode(state, node);
  if (query.get('previous') === 'true') {
    const text = `previous terminated container ${JSON.stringify(container)} in pod ${JSON.stringify(nameOf(pod))} not found`;
    refuse(badRequest, undefined, text);
  }
  const lines = selected(linesOf(pod, container), query, state.base.clock.nowMs());
  const text = lines.map((line) => `${query.get('timestamps') === 'true' ? `${line.at} ` : ''}${line.text}\n`).join('');
  const limit = query.get('limitBytes');
  const body = limit === null ? text : Buffer.from(text).subarray(0, Number(limit)).toString('utf8');
  return { status: 200, headers: { 'content-type': 'text/plain' }, body };
}

/** Whole numbers with a smallest value; the text names the bound as Go does. */
const numbers = [
  { field: 'tailLines', least: 0, text: 'must be greater than or equal to 0' },
  { field: 'limitBytes', least: 1, text: 'must be greater than 0' },
  { field: 'sinceSeconds', least: 1, text: 'must be greater than 0' },
] as const;

function requireLogOptions(pod: string, query: URLSearchParams): void {
  const errors: FieldError[] = [];
  const hasBoth = query.has('sinceSeconds') && query.has('sinceTime');
  for (const { field, least, text } of numbers) {
    requireWholeNumber(query, field);
    const given = query.get(field);
    if (field === 'sinceSeconds' && hasBoth) {
      errors.push(fieldErrors.forbidden('[]', 'at most one of `sinceTime` or `sinceSeconds` may be specified'));
    } else if (given !== null && Number(given) < least) errors.push(fieldErrors.invalid(field, Number(given), text));
  }
  if (errors.length > 0) refuseInvalid({ group: '', kind: 'PodLogOptions' }, pod, errors);
}

interface LogLine {
  /** RFC 3339. */
  readonly at: string;
  readonly text: string;
}

/** What there is to say of a container: that it runs, since when, and when its pod became ready. */
function linesOf(pod: KubernetesObject, container: string): readonly LogLine[] {
  const status = statusOf(pod, container);
  const startedAt =
    textAt(status, 'state', 'running', 'startedAt') || textAt(status, 'state', 'terminated', 'startedAt');
  if (startedAt === '') return refuseWaiting(pod, container, status);
  const image = textAt(status, 'image');
  const lines = [
    {
      at: startedAt,
      text: `local cloud: container ${container} (${image}) started; it is simulated and writes no log`,
    },
  ];
  const finishedAt = textAt(status, 'state', 'terminated', 'finishedAt');
  if (finishedAt !== '') return [...lines, { at: finishedAt, text: `local cloud: container ${container} completed` }];
  const ready = mapsAt(pod, 'status', 'conditions').find((one) => one['type'] === 'Ready' && one['status'] === 'True');
  const readyAt = textAt(ready, 'lastTransitionTime');
  return readyAt === '' ? lines : [...lines, { at: readyAt, text: `local cloud: pod ${nameOf(pod)} is ready` }];
}

function refuseWaiting(pod: KubernetesObject, container: string, status: JsonMap | undefined): never {
  const reason = textAt(status, 'state', 'waiting', 'reason');
  const what = `container ${JSON.stringify(container)} in pod ${JSON.stringify(nameOf(pod))}`;
  return refuse(
    badRequest,
    undefined,
    reason === '' ? `${what} is not available` : `${what} is waiting to start: ${reason}`,
  );
}

function statusOf(pod: KubernetesObject, container: string): JsonMap | undefined {
  const fields = ['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses'];
  return fields.flatMap((field) => mapsAt(pod, 'status', field)).find((status) => status['name'] === container);
}

/** The end of the log that is asked for. Following ends at once: nothing more is ever written. */
function selected(lines: readonly LogLine[], query: URLSearchParams, nowMs: number): readonly LogLine[] {
  const seconds = query.get('sinceSeconds');
  const sinceMs = seconds === null ? Date.parse(query.get('sinceTime') ?? '') : nowMs - Number(seconds) * 1000;
  const recent = Number.isNaN(sinceMs) ? lines : lines.filter(({ at }) => Date.parse(at) >= sinceMs);
  const tail = query.get('tailLines');
  if (tail === null) return recent;
  return Number(tail) === 0 ? [] : recent.slice(-Number(tail));
}
