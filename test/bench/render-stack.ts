/** A stack with everything around it, from its document to objects and to text. */
import { toYaml } from '#manifests/kubernetes/yaml.ts';
import { renderStack } from '#manifests/serving/render.ts';
import { servingCatalogue } from '#manifests/serving/stack-facts.ts';
import { parseServingStack, stackOf } from '#shared/documents/serving-stack/parse.ts';
import type { Stack } from '#shared/domain/serving/resolved-stack.ts';
import { systemTime } from '../../emulator/world/real-time.ts';
import type { Say } from './part.ts';
import { quantile, type Row, round } from './row.ts';

/** As many as the compiler of V8 takes to have seen all of it. */
const WARM_UP = 300;
const RENDERINGS = 301;
/** Each takes some twenty times as long. */
const WRITINGS = 51;
const TARGET_MS = 5;

const document = {
  apiVersion: 'inference-fleet/v1',
  kind: 'ServingStack',
  metadata: { name: 'gpt-oss', labels: { team: 'search' } },
  spec: {
    namespace: 'serving',
    project: 'my-project',
    model: { id: 'openai/gpt-oss-120b', maxContextTokens: 131_072 },
    hardware: { machineType: 'a3-ultragpu-8g' },
    roles: { prefill: { replicas: 4 }, decode: { replicas: 2 } },
    gateway: {
      peakPrefillTokensPerSecond: 33_821,
      flowControl: {},
      objectives: [{ name: 'interactive', priority: 100 }],
      prefillWhen: { uncachedTokens: 512 },
    },
    storage: { weights: { bucket: { name: 'my-models' } }, cache: { keptBy: 'node' } },
    startup: { prePull: true },
    monitoring: { objectives: { ttftSeconds: 3, itlSeconds: 0.1 } },
    safety: { networkPolicies: { gatewayRanges: ['10.10.0.0/23'] } },
    autoscaling: { kind: 'keda', cluster: 'demo', signal: 'tokens', maxReplicas: 8 },
  },
};

/** From the gateway to the network policies: without one of them the figure would be of something smaller. */
const kinds = [
  'Gateway',
  'HTTPRoute',
  'InferencePool',
  'Deployment',
  'PodMonitoring',
  'ScaledObject',
  'PodDisruptionBudget',
  'NetworkPolicy',
];

export async function renderStackRows(say: Say): Promise<readonly Row[]> {
  const stack = fullStack();
  const objects = renderStack(stack);
  const missing = kinds.filter((kind) => objects.every((object) => object.kind !== kind));
  if (missing.length > 0) throw new Error(`rendering the stack: it has no ${missing.join(', ')}`);
  const rendering = measured(() => void renderStack(stack), RENDERINGS);
  say(`${objects.length} objects are rendered`);
  const writing = measured(() => void toYaml(objects), WRITINGS);
  const each = `prefill/decode stack of ${objects.length} objects`;
  return [
    { name: `${each}: rendered, CPU, median`, value: rendering.cpuMs, unit: 'ms', target: TARGET_MS, holdsRun: true },
    { name: `${each}: rendered, median`, value: rendering.ms, unit: 'ms', target: TARGET_MS },
    { name: `${each}: written as YAML, median`, value: writing.ms, unit: 'ms' },
  ];
}

function fullStack(): Stack {
  const parsed = parseServingStack(document, servingCatalogue);
  if (!parsed.ok)
    throw new Error(`reading the stack: ${parsed.problems.map(({ field, rule }) => `${field} ${rule}`).join('; ')}`);
  return stackOf(parsed.content, servingCatalogue);
}

/** CPU is that of all threads, so the compiler and the collector of garbage count, and other processes do not. */
function measured(work: () => void, runs: number): { readonly ms: number; readonly cpuMs: number } {
  for (let run = 0; run < Math.min(runs, WARM_UP); run++) work();
  const times: number[] = [];
  const cpuTimes: number[] = [];
  for (let run = 0; run < runs; run++) {
    const beganMs = systemTime.nowMs();
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    cpuTimes.push((user + system) / 1000);
    times.push(systemTime.nowMs() - beganMs);
  }
  return { ms: round(quantile(times, 0.5), 2), cpuMs: round(quantile(cpuTimes, 0.5), 2) };
}
