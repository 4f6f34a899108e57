/** The parts of a stack that have no schema of their own yet. */
import * as z from 'zod';
import { choice, decimal, flag, text, whole } from '../fields.ts';
import { gkeName } from '../names.ts';

export const hardware = z
  .strictObject({
    machineType: text({
      describe: 'Machine type of the nodes',
      pattern: /^[a-z][a-z0-9]*(?:-[a-z0-9]+)+$/,
      rule: 'must be a machine type',
      example: 'a3-ultragpu-8g',
    }),
    nodePool: gkeName('GKE node pool; any node with these GPUs when left out', 'h200').exactOptional(),
    rdma: choice(['none', 'multi-network', 'dranet', 'tcpxo'], {
      describe: 'How pods get the NICs of their GPUs; what the machine has when left out',
    }).exactOptional(),
  })
  .meta({ description: 'The nodes that the pods are for' });

export const engine = z
  .strictObject({
    version: text({
      describe: 'Version of vLLM',
      pattern: /^\d+\.\d+\.\d+$/,
      rule: 'must be a version',
      example: '0.30.0',
    }).exactOptional(),
  })
  .meta({ description: 'The model server' });

const shape = z
  .strictObject({
    replicas: whole({ describe: 'Replicas', min: 0, max: 1000, default: 1 }).exactOptional(),
    gpus: whole({ describe: 'GPUs of each pod; all of the machine when left out', min: 1, max: 16 }).exactOptional(),
    nodes: whole({ describe: 'Nodes of one replica', min: 1, max: 256, default: 1 }).exactOptional(),
    parallelism: choice(['tensor', 'expert'], {
      describe: 'How GPUs share a model',
      default: 'tensor',
    }).exactOptional(),
    executor: choice(['multi-process', 'ray'], {
      describe: 'What starts the processes of several nodes',
      default: 'multi-process',
    }).exactOptional(),
    cpu: whole({ describe: 'CPUs of each pod', min: 1, max: 1024 }).exactOptional(),
    memoryGib: whole({ describe: 'Memory of each pod, GiB', min: 1, max: 16_384 }).exactOptional(),
    sharedMemoryGib: whole({ describe: '/dev/shm, GiB, a part of the memory', min: 1, max: 1024 }).exactOptional(),
    spareGpus: whole({
      describe: 'GPUs free beside this role while it is rolled out',
      min: 0,
      max: 4096,
    }).exactOptional(),
  })
  .meta({ description: 'One role' });

export const roles = z.union([
  z.strictObject({
    aggregated: shape,
    workload: choice(['Deployment', 'LeaderWorkerSet'], { describe: 'What runs its pods' }).exactOptional(),
  }),
  z.strictObject({
    prefill: shape,
    decode: shape,
    workload: choice(['Deployment', 'LeaderWorkerSet', 'DisaggregatedSet'], {
      describe: 'What runs its pods',
    }).exactOptional(),
  }),
]);

export const kvCache = z
  .strictObject({
    blockTokens: whole({ describe: 'Tokens of a block', min: 1, max: 1024 }).exactOptional(),
    prefixCaching: flag({ describe: 'Reuse of equal beginnings', default: true }).exactOptional(),
    gpuMemoryRatio: decimal({ describe: "Part of the GPU's memory", above: 0, max: 1 }).exactOptional(),
  })
  .meta({ description: 'Keys and values of tokens' });

export const storage = z.strictObject({});
export const startup = z.strictObject({
  budgetSeconds: whole({ describe: 'Seconds to the first answer', min: 60, max: 7200, default: 3600 }).exactOptional(),
});
export const monitoring = z.strictObject({
  intervalSeconds: whole({ describe: 'Seconds between scrapes', min: 5, max: 300, default: 15 }).exactOptional(),
});
export const safety = z.strictObject({
  drainSeconds: whole({ describe: 'Seconds for requests in flight', min: 0, max: 3600, default: 45 }).exactOptional(),
});
export const verification = z.strictObject({});
export const autoscaling = z.strictObject({
  kind: choice(['hpa', 'keda'], { describe: 'Kind' }),
  maxReplicas: whole({ describe: 'Most replicas', min: 1, max: 1000 }),
});
