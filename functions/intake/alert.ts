/**
 * Notifications of Cloud Monitoring: wire → a reason to look at a target. Pure. The body is that of schema version 1.2 (Cloud
 * Monitoring documentation, "Create and manage notification channels", Pub/Sub: schema structure). It is read leniently, because a
 * notification decides nothing: numbers may be texts, and what is missing is missing.
 */
import * as z from 'zod';
import type { MessageRecord } from '#shared/ledger/records.ts';
import { clusterTarget, modelTarget, poolTarget } from '#shared/domain/target.ts';
import type { About } from './message-record.ts';

export const ALERT_KIND = 'Alert';

/** What the message's record keeps of it. */
export type AlertNotice = NonNullable<MessageRecord['alert']>;

export type ParsedAlert =
  | { readonly kind: 'hint'; readonly notice: AlertNotice; readonly target: string }
  /** The console's button that tries a channel out. */
  | { readonly kind: 'test'; readonly notice: AlertNotice }
  | { readonly kind: 'refused'; readonly reason: string; readonly about: About };

/** Of anything that is no text or number there is nothing to read. */
const word = z
  .union([z.string().min(1), z.number()])
  .transform(String)
  .optional()
  .catch(undefined);
const flag = z
  .union([z.boolean(), z.literal('true').transform(() => true)])
  .optional()
  .catch(undefined);

const Notification = z.object({
  version: word,
  incident: z
    .object({
      incident_id: word,
      state: word,
      renotify: flag,
      policy_name: word,
      policy_user_labels: z.record(z.string(), word).catch({}),
    })
    .catch({ policy_user_labels: {} }),
});
type Notification = z.infer<typeof Notification>;

/** The version that this was written for; another one is taken if it names its target in the same way. */
const KNOWN_VERSION = '1.2';

/** Undefined: it is no notification, whatever else it may be. */
export function parseAlert(value: unknown): ParsedAlert | undefined {
  const isAlert = typeof value === 'object' && value !== null && 'incident' in value && 'version' in value;
  const parsed = isAlert ? Notification.safeParse(value) : undefined;
  if (parsed?.success !== true) return undefined;
  const notice = toNotice(parsed.data);
  if (parsed.data.version === 'test') return { kind: 'test', notice };
  const named = targetOfLabels(parsed.data.incident.policy_user_labels);
  if ('target' in named) return { kind: 'hint', notice, target: named.target };
  const reason = `${subjectOf(parsed.data)} names no target: ${named.problem}`;
  return { kind: 'refused', reason, about: { kind: ALERT_KIND, alert: notice } };
}

/** States are `open` and `closed`; a repetition is an open one with `renotify`. */
function toNotice({ version, incident }: Notification): AlertNotice {
  const { incident_id: id = 'unknown', state = 'unknown', renotify, policy_name: policy } = incident;
  const told = renotify === true ? 'renotified' : state.toLowerCase();
  return { incident: id, state: version === 'test' ? 'test' : told, ...(policy !== undefined && { policy }) };
}

function subjectOf({ version, incident }: Notification): string {
  const about = `the alert policy ${incident.policy_name ?? '(unnamed)'}`;
  return version === KNOWN_VERSION ? about : `schema version ${version ?? '(none)'} is not known here, and ${about}`;
}

/**
 * Label values can hold no slash (Cloud Monitoring API reference, `AlertPolicy.userLabels`: lowercase letters, digits, `_`, `-`), so
 * the parts of a target's name are labels of their own.
 *   | fleet_cluster | fleet_namespace | fleet_model | fleet_pool | target                              |
 *   | yes           | –               | –           | –          | cluster/<cluster>                   |
 *   | yes           | –               | –           | yes        | pool/<cluster>/<pool>               |
 *   | yes           | yes             | yes         | –          | model/<cluster>/<namespace>/<model> |
 *   | anything else |                 |             |            | none                                |
 */
function targetOfLabels(
  labels: Notification['incident']['policy_user_labels'],
): { readonly target: string } | { readonly problem: string } {
  const { fleet_cluster: cluster, fleet_namespace: namespace, fleet_model: model, fleet_pool: pool } = labels;
  if (cluster !== undefined && namespace === undefined && model === undefined) {
    return { target: pool === undefined ? clusterTarget(cluster) : poolTarget(cluster, pool) };
  }
  if (cluster !== undefined && namespace !== undefined && model !== undefined && pool === undefined) {
    return { target: modelTarget(cluster, namespace, model) };
  }
  const problem = Object.keys(labels).some((label) => label.startsWith('fleet_'))
    ? `its user labels ${labelsShown(labels)} do not go together`
    : 'it has no user labels that begin with fleet_';
  return { problem: `${problem}; ${LABELS_TO_SET}` };
}

export const LABELS_TO_SET =
  'set fleet_cluster alone, fleet_cluster and fleet_pool, or fleet_cluster, fleet_namespace and fleet_model';

function labelsShown(labels: Notification['incident']['policy_user_labels']): string {
  return Object.entries(labels)
    .filter(([label]) => label.startsWith('fleet_'))
    .map(([label, value]) => `${label}=${value ?? '(not a text)'}`)
    .join(', ');
}
