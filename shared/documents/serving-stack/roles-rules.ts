/** What a shape must hold for the machine that it runs on, and for the other role. */
import type { Problem } from '../../domain/problem.ts';
import { isAtLeast } from '../../domain/serving/release.ts';
import type { Stack, StackRole } from '../../domain/serving/resolved-stack.ts';
import type { RoleShape } from '../../domain/serving/roles.ts';
import type { StackRule } from './rule.ts';

interface Written {
  readonly stack: Stack;
  readonly role: StackRole;
  /** As its owner wrote it. */
  readonly shape: RoleShape;
  readonly field: string;
}

type RoleRule = (written: Written) => readonly Problem[];

function forEachRole(rule: RoleRule): StackRule {
  return (stack) =>
    stack.roles.flatMap((role) => {
      const shape = shapeOf(stack, role);
      return shape === undefined ? [] : rule({ stack, role, shape, field: `spec.roles.${role.role}` });
    });
}

/** Undefined: nobody wrote one for this role. */
function shapeOf({ spec: { roles } }: Stack, { role }: StackRole): RoleShape | undefined {
  if ('aggregated' in roles) return roles.aggregated;
  return role === 'prefill' ? roles.prefill : roles.decode;
}

/** Tensor parallelism divides attention heads, of which models have a multiple of a power of two. */
const gpusDivide: RoleRule = ({ stack: { machine }, role: { gpusPerPod }, shape, field }) => {
  const allowed = [1, 2, 4, 8].filter((gpus) => gpus <= machine.gpuCount);
  if (allowed.includes(gpusPerPod)) return [];
  const rule = `must be one of ${allowed.join(', ')} on ${machine.machineType}, which has ${machine.gpuCount} GPUs`;
  const fix =
    gpusPerPod > machine.gpuCount
      ? 'leave it out for all GPUs of a node, and set nodes for more'
      : `use ${allowed.join(' or ')}`;
  return [{ field: `${field}.gpus`, value: shape.gpus, rule, fix }];
};

/** Between nodes only whole nodes have a NIC for each GPU; and half a node of ranks would share its NICs with a stranger. */
const groupsTakeWholeNodes: RoleRule = ({ stack: { machine }, role, field }) => {
  const isExpert = role.parallelism.dataPerPod > 0;
  if ((role.nodes === 1 && !isExpert) || role.gpusPerPod === machine.gpuCount) return [];
  const rule = `must be ${machine.gpuCount}, all GPUs of ${machine.machineType}, for ${isExpert ? 'parallelism: expert' : 'several nodes'}`;
  return [{ field: `${field}.gpus`, value: role.gpusPerPod, rule, fix: 'leave it out' }];
};

/**
 * NIXL hands keys and values over rank by rank, and knows of no pipeline stages: vLLM refuses them as it starts (vllm-project/vllm
 * vllm/distributed/kv_transfer/kv_connector/v1/nixl/base_worker.py; issues 40674, 52913).
 */
const pairsHaveNoStages: RoleRule = ({ role: { role, parallelism, nodes }, field }) => {
  if (role === 'aggregated' || parallelism.pipeline === 1) return [];
  const rule = 'must be 1 with prefill and decode: nodes are pipeline stages, of which NIXL hands nothing over';
  const fix =
    'leave it out and use more replicas; say parallelism: expert for a mixture of experts; or use one aggregated role';
  return [{ field: `${field}.nodes`, value: nodes, rule, fix }];
};

/** Pods of a Deployment know nothing of one another, and go one by one. */
const deploymentsAreSinglePods: RoleRule = ({ stack: { spec }, role: { nodes, parallelism }, field }) => {
  if (spec.roles.workload !== 'Deployment' || (nodes === 1 && parallelism.dataPerPod === 0)) return [];
  const rule = `must not be Deployment, whose replicas are single pods: ${field} has groups`;
  return [{ field: 'spec.roles.workload', value: 'Deployment', rule, fix: 'leave it out, or use LeaderWorkerSet' }];
};

/** Elsewhere it would be started and never used. */
const rayIsForSeveralNodes: RoleRule = ({ role: { executor, nodes, parallelism }, field }) => {
  if (executor !== 'ray' || (nodes > 1 && parallelism.dataPerPod === 0)) return [];
  const rule =
    'must not be ray but for tensor parallelism over several nodes: one node needs none, and ranks have a supervisor';
  return [{ field: `${field}.executor`, value: executor, rule, fix: 'leave it out' }];
};

/** Only experts exchange tokens all to all. */
const allToAllIsForExperts: RoleRule = ({ shape: { allToAll, parallelism }, field }) => {
  if (allToAll === undefined || parallelism === 'expert') return [];
  const rule = 'is for parallelism: expert only';
  return [{ field: `${field}.allToAll`, value: allToAll, rule, fix: 'remove it, or add parallelism: expert' }];
};

/** llm-d/llm-d guides/wide-ep has it with vLLM 0.30. */
const allToAllIsThere: RoleRule = ({ stack: { engine }, role: { allToAll }, field }) => {
  if (allToAll !== 'deepep-v2' || isAtLeast(engine.version, '0.30.0')) return [];
  const rule = `must not be deepep-v2 with vLLM ${engine.version}, which has it since 0.30.0`;
  return [{ field: `${field}.allToAll`, value: allToAll, rule, fix: 'use engine.version 0.30.0 or newer, or nccl' }];
};

/** Shared memory is memory of the pod: the kernel would kill the server as it fills (Kubernetes documentation, "Volumes", emptyDir). */
const sharedMemoryIsMemory: RoleRule = ({ role: { resources }, field }) => {
  const { memoryGib, sharedMemoryGib } = resources;
  if (memoryGib > sharedMemoryGib) return [];
  const rule = `must be more than sharedMemoryGib (${sharedMemoryGib}), which is a part of it`;
  return [{ field: `${field}.memoryGib`, value: memoryGib, rule, fix: `use at least ${sharedMemoryGib + 16}` }];
};

/**
 * A decode rank that had to gather the keys and values of several prefill ranks is what NIXL refuses, but for models with latent
 * attention (vllm-project/vllm docs/features/nixl_connector_usage.md).
 */
const decodeIsAtLeastAsWide: StackRule = ({ roles }) => {
  const prefill = roles.find(({ role }) => role === 'prefill');
  const decode = roles.find(({ role }) => role === 'decode');
  if (prefill === undefined || decode === undefined) return [];
  const [from, to] = [prefill.parallelism, decode.parallelism];
  if (to.tensor >= from.tensor) return [];
  const rule = `must have at least the tensor parallelism of prefill (${from.tensor}), to which its keys and values are divided; it has ${to.tensor}`;
  if (to.data > 1) {
    return [{ field: 'spec.roles.decode.parallelism', value: 'expert', rule, fix: 'say expert for prefill too' }];
  }
  const fix = `give decode ${from.tensor} GPUs, or prefill ${to.tensor}, and more replicas instead`;
  return [{ field: 'spec.roles.decode.gpus', value: decode.gpusPerPod, rule, fix }];
};

/** The controller makes them with one replica, and whoever scales writes to them afterwards. */
const externalHasNoReplicas: RoleRule = ({ stack, shape: { replicas }, field }) => {
  if (!stack.isDisaggregatedSet || stack.roleScaling === 'static' || replicas === undefined || replicas === 1)
    return [];
  const rule =
    'must be left out with scaling: external: the number is that of the DisaggregatedSetRoleScaler, which begins with 1';
  return [{ field: `${field}.replicas`, value: replicas, rule, fix: 'remove it, or say scaling: static' }];
};

/** Other workloads have one number of replicas, which an autoscaler and a document may both write. */
const scalingIsOfDisaggregatedSets: StackRule = ({ spec, isDisaggregatedSet, roleScaling }) => {
  const written = 'prefill' in spec.roles ? spec.roles.scaling : undefined;
  if (written === undefined) return [];
  const field = 'spec.roles.scaling';
  if (!isDisaggregatedSet) {
    return [{ field, value: written, rule: 'is for workload: DisaggregatedSet only', fix: 'remove it' }];
  }
  if (roleScaling === 'external' || spec.autoscaling === undefined) return [];
  const rule = 'must not be static with spec.autoscaling, which writes to the role scalers that external scaling makes';
  return [{ field, value: written, rule, fix: 'remove it' }];
};

export const rolesRules: readonly StackRule[] = [
  forEachRole(gpusDivide),
  forEachRole(groupsTakeWholeNodes),
  forEachRole(pairsHaveNoStages),
  forEachRole(deploymentsAreSinglePods),
  forEachRole(rayIsForSeveralNodes),
  forEachRole(allToAllIsForExperts),
  forEachRole(allToAllIsThere),
  forEachRole(sharedMemoryIsMemory),
  decodeIsAtLeastAsWide,
  scalingIsOfDisaggregatedSets,
  forEachRole(externalHasNoReplicas),
];
