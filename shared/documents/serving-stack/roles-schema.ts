import * as z from 'zod';
import type { RoleShape, StackRoles } from '../../domain/serving/roles.ts';
import { podResourceDefaults } from '../../domain/serving/defaults.ts';
import { choice, whole } from '../fields.ts';
import { MAX_REPLICAS } from '../model-service/role-schema.ts';

const { cpuPerGpu, memoryGibPerGpu, sharedMemoryGib } = podResourceDefaults;

const shape = z
  .strictObject({
    replicas: whole({ describe: 'Replicas', min: 1, max: MAX_REPLICAS, default: 1 }).exactOptional(),
    gpus: whole({
      describe: "GPUs of each pod: 1, 2, 4 or 8; all of the machine's when left out",
      min: 1,
      max: 8,
      example: 4,
    }).exactOptional(),
    nodes: whole({
      describe: 'Nodes, and so pods, of one replica; more than one take whole nodes',
      min: 1,
      max: 64,
      default: 1,
    }).exactOptional(),
    parallelism: choice(['tensor', 'expert'], {
      describe:
        'How GPUs share the model: tensor parallel inside a node and pipeline parallel between nodes, or a rank of data parallelism on each GPU with the experts spread over all, which is for whole nodes',
      default: 'tensor',
    }).exactOptional(),
    allToAll: choice(['deepep', 'deepep-v2', 'nccl'], {
      describe:
        "With expert: what carries tokens to their experts. deepep: DeepEP over NVSHMEM, kernels by role, which over several nodes needs an engine.image with a patched NVSHMEM; deepep-v2: DeepEP 2 over NCCL, vLLM 0.30 or newer; nccl: vLLM's default, slower",
      default: 'deepep',
    }).exactOptional(),
    executor: choice(['multi-process', 'ray'], {
      describe: 'What starts the processes of several nodes',
      default: 'multi-process',
    }).exactOptional(),
    cpu: whole({
      describe: `CPUs of each pod; ${cpuPerGpu} for each GPU when left out`,
      min: 1,
      max: 512,
    }).exactOptional(),
    memoryGib: whole({
      describe: `Memory of each pod, GiB; ${memoryGibPerGpu.tensor} (expert: ${memoryGibPerGpu.expert}) for each GPU and the shared memory when left out`,
      min: 4,
      max: 8192,
    }).exactOptional(),
    sharedMemoryGib: whole({
      describe: '/dev/shm, GiB, a part of the memory',
      min: 1,
      max: 1024,
      default: sharedMemoryGib,
    }).exactOptional(),
    spareGpus: whole({
      describe:
        'GPUs that are free beside this role while it is rolled out: with enough for a replica, its successor comes before it goes',
      min: 0,
      max: 4096,
      default: 0,
    }).exactOptional(),
  })
  .meta({ description: 'How one role is spread' }) satisfies z.ZodType<RoleShape>;

const WORKLOAD = 'What runs the pods; a Deployment where one pod is a replica, else a LeaderWorkerSet, when left out';

const aggregated = z.strictObject({
  aggregated: shape,
  workload: choice(['Deployment', 'LeaderWorkerSet'], { describe: WORKLOAD }).exactOptional(),
});

const disaggregated = z.strictObject({
  prefill: shape,
  decode: shape,
  workload: choice(['Deployment', 'LeaderWorkerSet', 'DisaggregatedSet'], {
    describe: `${WORKLOAD}; DisaggregatedSet: both roles in one object, rolled out together`,
  }).exactOptional(),
  scaling: choice(['static', 'external'], {
    describe:
      'Who says how many replicas the roles of a DisaggregatedSet have: this document, or who writes to their DisaggregatedSetRoleScalers; external with spec.autoscaling, else static, when left out',
  }).exactOptional(),
});

export const roles = z
  .union([aggregated, disaggregated])
  .meta({ description: 'One aggregated role, or prefill and decode' }) satisfies z.ZodType<StackRoles>;
