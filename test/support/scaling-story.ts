/** What stories about scaling have in common: load, alerts, other people's changes, and what the world and the ledger say of it. */
import { KubernetesClient } from '../../emulator/kubernetes/client.ts';
import { at, textAt } from '#shared/domain/compare.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import { chatLengths, dailyStream, type RequestStream } from '#shared/simulation/arrivals.ts';
import { MODEL, type ServedFleet } from './served-fleet.ts';

/** World seconds from the beginning of the stream to the first look at the service: `makeServedFleet` lets the pods start first. */
const WARM_UP_SECONDS = 600;

/** Hardly anything, and between two instants (seconds after the first look) so many requests a second. */
export function rush(
  requestsPerSecond: number,
  { fromSeconds = 45, untilSeconds = 3_600 }: { readonly fromSeconds?: number; readonly untilSeconds?: number } = {},
): (startMs: number) => RequestStream {
  const calm = 0.5;
  return (startMs) =>
    dailyStream({
      seed: 'rush',
      startMs,
      meanRequestsPerSecond: calm,
      swing: 0,
      spike: {
        fromMs: startMs + (WARM_UP_SECONDS + fromSeconds) * 1000,
        untilMs: startMs + (WARM_UP_SECONDS + untilSeconds) * 1000,
        factor: requestsPerSecond / calm,
      },
      ...chatLengths,
    });
}

/** Nobody asks anything, but for five seconds from an instant on (seconds after the first look) where one is given. */
export function silence(burstAtSeconds?: number): (startMs: number) => RequestStream {
  return (startMs) => {
    const fromMs = startMs + (WARM_UP_SECONDS + (burstAtSeconds ?? 0)) * 1000;
    const endMs = burstAtSeconds === undefined ? startMs : fromMs + 5_000;
    const curve = { seed: 'burst', meanRequestsPerSecond: 2, swing: 0, ...chatLengths };
    return dailyStream({ ...curve, startMs: Math.min(fromMs, endMs), endMs });
  };
}

/** A notification of Cloud Monitoring about the model, schema 1.2; `over` changes the incident. */
export const alertOf = (incident: string, over: JsonObject = {}, version = '1.2'): JsonObject => ({
  version,
  incident: {
    incident_id: incident,
    state: 'open',
    started_at: 1_767_225_600,
    policy_name: 'queue',
    policy_user_labels: { fleet_cluster: 'demo', fleet_namespace: 'serving', fleet_model: 'llama-70b' },
    ...over,
  },
});

/** Replicas that the workloads are told to have. */
export async function sizes(fleet: ServedFleet): Promise<{ readonly prefill: number; readonly decode: number }> {
  const [prefill, decode] = await Promise.all([
    fleet.deployment('llama-70b-prefill'),
    fleet.deployment('llama-70b-decode'),
  ]);
  return { prefill: prefill.replicas, decode: decode.replicas };
}

/** Sizes that were set, in order: calls that changed an object. */
export function patches({ world }: Pick<ServedFleet, 'world'>): readonly string[] {
  return world.journal.entries
    .filter(({ effect, service, resource }) => effect && service === 'kubernetes' && resource.endsWith('/scale'))
    .map(({ resource }) => resource.split('/').at(-2) ?? '');
}

/** Reports of the looks at a target, oldest first. */
export function looks({ logged }: Pick<ServedFleet, 'logged'>, target = MODEL) {
  return logged.filter(({ message, fields }) => message === 'looked' && fields['target'] === target);
}

/** Decided sizes of a role at every look since `from` looks: `1`, `1`, `3`, … */
export function desired(fleet: Pick<ServedFleet, 'logged'>, role: string, from = 0): readonly unknown[] {
  return looks(fleet)
    .slice(from)
    .map(({ fields }) => roleOf(fields, role))
    .map((row) => at(row, 'desiredReplicas'));
}

/** The limit of a role at the latest look. */
export function limitOf(fleet: Pick<ServedFleet, 'logged'>, role: string): unknown {
  const latest = looks(fleet).at(-1);
  return latest === undefined ? undefined : at(roleOf(latest.fields, role), 'limitedBy');
}

function roleOf(fields: JsonObject, role: string) {
  const rows = at(fields, 'report.sizes');
  return Array.isArray(rows) ? rows.find((row) => textAt(row, 'role') === role) : undefined;
}

/** Somebody else in the cluster, whose calls are neither recorded nor disturbed. */
export function somebody(fleet: Pick<ServedFleet, 'apiOf'>): KubernetesClient {
  return new KubernetesClient(fleet.apiOf('demo'), 'somebody');
}

const companion = { namespace: 'serving', name: 'companion' } as const;
const companionBudget = { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', ...companion } as const;

/**
 * Somebody's workload beside the model, which no service of ours knows: two replicas without GPUs on the pool's nodes. Each of them may
 * move as long as the other one serves.
 */
export function deployCompanion(fleet: Pick<ServedFleet, 'apiOf'>, maxUnavailable = 1): void {
  const client = somebody(fleet);
  const matchLabels = { app: companion.name };
  const template = {
    metadata: { labels: matchLabels },
    spec: {
      nodeSelector: { 'cloud.google.com/gke-nodepool': 'h200' },
      tolerations: [{ key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' }],
      // What requests nothing weighs nothing, and would not be spread.
      containers: [{ name: 'main', image: 'pause', resources: { requests: { cpu: '8', memory: '32Gi' } } }],
    },
  };
  const spec = { replicas: 2, selector: { matchLabels }, template };
  client.apply({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: companion, spec } as never);
  const { apiVersion, kind } = companionBudget;
  const budget = { maxUnavailable, selector: { matchLabels } };
  client.apply({ apiVersion, kind, metadata: companion, spec: budget } as never);
}

/** Changes the disruption budget of the companion. */
export function allowMissingCompanions(fleet: Pick<ServedFleet, 'apiOf'>, maxUnavailable: number): void {
  somebody(fleet).patch(companionBudget, { spec: { maxUnavailable } });
}

export const deploymentRef = (role: 'prefill' | 'decode' | 'epp') =>
  ({ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'serving', name: `llama-70b-${role}` }) as const;

/** Another template: every pod of the role is replaced. */
export function rollOut(fleet: Pick<ServedFleet, 'apiOf'>, role: 'prefill' | 'decode'): void {
  const template = { metadata: { annotations: { revision: 'next' } } };
  somebody(fleet).patch(deploymentRef(role), { spec: { template } });
}
