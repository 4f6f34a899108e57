/** Fills in what a ServingStack left out. Pure; of a valid document. */
import type { Machine } from '../catalogue.ts';
import type { RoleName } from '../model-service.ts';
import { drainDefaults, podResourceDefaults, portDefaults, startupDefaults } from './defaults.ts';
import type { Engine } from './engine.ts';
import type { RdmaAttachment } from './hardware.ts';
import type { Drain, Parallelism, RolePorts, Stack, StackEngine, StackRole, StartupBudget } from './resolved-stack.ts';
import type { RoleScaling, RoleShape, StackRoles } from './roles.ts';
import type { ServingStackDocument, ServingStackSpec } from './stack.ts';

/** What the catalogue says; handed in, so that another day can hand in another. */
export interface StackFacts {
  readonly machine: Machine;
  readonly engine: { readonly version: string; readonly image: (version: string) => string };
}

/** The written document stays beside it as `spec`: parts with defaults of their own resolve them where they are built. */
export function resolveStack({ metadata, spec }: ServingStackDocument, { machine, engine }: StackFacts): Stack {
  const { namespace, project, model, hardware } = spec;
  const roles = resolveRoles(metadata.name, spec.roles, machine);
  return {
    name: metadata.name,
    namespace,
    labels: metadata.labels ?? {},
    ...(project !== undefined && { project }),
    model: { ...model, servedName: model.servedName ?? model.id },
    engine: resolveEngine(spec.engine ?? {}, engine),
    machine,
    ...(hardware.nodePool !== undefined && { nodePool: hardware.nodePool }),
    rdma: hardware.rdma ?? attachmentOf(machine, roles),
    roles,
    isDisaggregatedSet: 'prefill' in spec.roles && spec.roles.workload === 'DisaggregatedSet',
    roleScaling: roleScalingOf(spec),
    drain: drainOf(spec.safety?.drainSeconds ?? drainDefaults.drainSeconds),
    startup: startupOf(spec.startup?.budgetSeconds ?? startupDefaults.budgetSeconds),
    spec,
  };
}

/** An image of the owner's has the version that the document states, by which flags are chosen. */
function resolveEngine(written: Engine, known: StackFacts['engine']): StackEngine {
  const version = written.version ?? known.version;
  return {
    version,
    image: written.image ?? known.image(version),
    includesRay: written.includesRay ?? false,
    flags: written.flags ?? {},
    env: written.env ?? {},
  };
}

/** One role has the name of the stack, two have theirs appended; workloads are called so. */
function resolveRoles(name: string, roles: StackRoles, machine: Machine): readonly StackRole[] {
  if ('aggregated' in roles) return [roleOf(roles.aggregated, { role: 'aggregated', name, roles, machine })];
  return [
    roleOf(roles.prefill, { role: 'prefill', name: `${name}-prefill`, roles, machine }),
    roleOf(roles.decode, { role: 'decode', name: `${name}-decode`, roles, machine }),
  ];
}

interface RoleContext {
  readonly role: RoleName;
  readonly name: string;
  readonly roles: StackRoles;
  readonly machine: Machine;
}

/** A replica more during a rollout needs its GPUs to be spare; else one goes before the next comes. */
function roleOf(shape: RoleShape, { role, name, roles, machine }: RoleContext): StackRole {
  const nodes = shape.nodes ?? 1;
  const gpusPerPod = shape.gpus ?? machine.gpuCount;
  const isGrouped = nodes > 1 || shape.parallelism === 'expert' || roles.workload === 'LeaderWorkerSet';
  const spare = (shape.spareGpus ?? 0) >= nodes * gpusPerPod;
  return {
    role,
    name,
    workload: isGrouped ? 'LeaderWorkerSet' : 'Deployment',
    replicas: shape.replicas ?? 1,
    nodes,
    gpusPerPod,
    parallelism: parallelismOf(shape, nodes, gpusPerPod),
    executor: shape.executor ?? 'multi-process',
    allToAll: shape.allToAll ?? 'deepep',
    ports: portsOf(role, shape.parallelism === 'expert' ? gpusPerPod : 0),
    resources: resourcesOf(shape, gpusPerPod),
    rollout: spare ? { maxSurge: 1, maxUnavailable: 0 } : { maxSurge: 0, maxUnavailable: 1 },
  };
}

/** Per GPU, so that pods of a part of a node leave the others theirs. Shared memory is on top: Kubernetes counts it as memory. */
function resourcesOf(shape: RoleShape, gpusPerPod: number): StackRole['resources'] {
  const { cpuPerGpu, sharedMemoryGib: byDefault } = podResourceDefaults;
  const memoryGibPerGpu = podResourceDefaults.memoryGibPerGpu[shape.parallelism ?? 'tensor'];
  const sharedMemoryGib = shape.sharedMemoryGib ?? byDefault;
  return {
    cpu: shape.cpu ?? cpuPerGpu * gpusPerPod,
    memoryGib: shape.memoryGib ?? memoryGibPerGpu * gpusPerPod + sharedMemoryGib,
    sharedMemoryGib,
  };
}

/** An autoscaler and a document that both say how many there are would undo each other's sizes. */
function roleScalingOf({ roles, autoscaling }: ServingStackSpec): RoleScaling {
  const byDefault = autoscaling === undefined ? 'static' : 'external';
  return 'prefill' in roles ? (roles.scaling ?? byDefault) : byDefault;
}

/** Tensor parallel inside a node, pipeline parallel between nodes (vLLM docs/serving/parallelism_scaling.md). */
function parallelismOf(shape: RoleShape, nodes: number, gpusPerPod: number): Parallelism {
  if (shape.parallelism === 'expert') {
    return { tensor: 1, pipeline: 1, data: nodes * gpusPerPod, dataPerPod: gpusPerPod };
  }
  return { tensor: gpusPerPod, pipeline: nodes, data: 1, dataPerPod: 0 };
}

/** `ranks`: data-parallel ranks of a pod, each with a port of its own; 0: one server. Only decode has a routing sidecar. */
function portsOf(role: RoleName, ranks: number): RolePorts {
  const { serving, behindSidecar, supervisor, sideChannel } = portDefaults;
  const hasSidecar = role === 'decode';
  return {
    serving,
    modelServer: hasSidecar ? behindSidecar : serving,
    count: Math.max(1, ranks),
    ...(ranks > 0 && { supervisor: hasSidecar ? supervisor.behindSidecar : supervisor.direct }),
    ...(role !== 'aggregated' && { sideChannel }),
  };
}

/** Only what talks to other pods needs more than its node: groups over several nodes, and the two sides of a request. */
function attachmentOf(machine: Machine, roles: readonly StackRole[]): RdmaAttachment {
  const talks = roles.length > 1 || roles.some(({ nodes }) => nodes > 1);
  const wholeNodes = roles.every(({ gpusPerPod }) => gpusPerPod === machine.gpuCount);
  if (!talks || !wholeNodes) return 'none';
  if (machine.fabric === 'roce') return 'multi-network';
  return machine.fabric === 'tcpxo' ? 'tcpxo' : 'none';
}

/** Seconds, one after the other: no new requests, those in flight, and what it takes to exit. */
function drainOf(drainSeconds: number): Drain {
  const { preStopSeconds, exitSeconds } = drainDefaults;
  return {
    preStopSeconds,
    shutdownSeconds: drainSeconds,
    graceSeconds: preStopSeconds + drainSeconds + exitSeconds,
  };
}

/** Seconds; the Deployment is given more than its pods, so that it is not called failed while one may still load. */
function startupOf(budgetSeconds: number): StartupBudget {
  const { probePeriodSeconds, progressMarginSeconds } = startupDefaults;
  return {
    budgetSeconds,
    probePeriodSeconds,
    failureThreshold: Math.ceil(budgetSeconds / probePeriodSeconds),
    progressDeadlineSeconds: budgetSeconds + progressMarginSeconds,
  };
}
