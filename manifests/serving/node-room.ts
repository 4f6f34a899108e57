/** Whether a node of the machine has room for a pod: one that no node has room for waits for ever. */
import type { V1PodSpec } from '@kubernetes/client-node';
import type { Machine } from '../../shared/domain/catalogue.ts';
import type { Problem } from '../../shared/domain/problem.ts';
import type { Stack, StackRole } from '../../shared/domain/serving/resolved-stack.ts';
import { GIB, quantityOf } from '../checks/quantity.ts';
import type { Wire } from '../kubernetes/wire.ts';
import type { Position } from './pod/contribution.ts';
import { podTemplate } from './pod/pod.ts';

export function roomProblems(stack: Stack): readonly Problem[] {
  return stack.roles.flatMap((role) => {
    const positions: readonly Position[] = role.nodes === 1 ? ['single'] : ['leader', 'worker'];
    const pods = positions.map((position) => podTemplate(stack, role, position).spec);
    const most = (resource: string) => Math.max(...pods.map((pod) => requestOf(pod, resource)));
    return [
      ...cpuProblems(stack.machine, role, most('cpu')),
      ...memoryProblems(stack.machine, role, most('memory') / GIB),
    ];
  });
}

/** Of containers and of the sidecars beside them; other init containers end before. */
function requestOf(pod: Wire<V1PodSpec> | undefined, resource: string): number {
  const sidecars = (pod?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  const containers = [...(pod?.containers ?? []), ...sidecars];
  return containers.reduce((sum, { resources }) => sum + (quantityOf(resources?.requests?.[resource]) ?? 0), 0);
}

function cpuProblems(
  { machineType, vcpus }: Machine,
  { role, resources }: StackRole,
  asked: number,
): readonly Problem[] {
  if (vcpus === undefined || asked < vcpus) return [];
  const rule = `must leave room on a node of ${machineType}, which has ${vcpus} CPUs: with what goes beside it a pod asks for ${asked}`;
  const most = Math.floor(vcpus - (asked - resources.cpu)) - 1;
  return [{ field: `spec.roles.${role}.cpu`, value: resources.cpu, rule, fix: `use at most ${most}` }];
}

function memoryProblems(machine: Machine, { role, resources }: StackRole, askedGib: number): readonly Problem[] {
  const { machineType, memoryGib } = machine;
  if (memoryGib === undefined) return [];
  const room = Math.floor(memoryGib - reservedGib(memoryGib));
  if (askedGib <= room) return [];
  const asked = Math.ceil(askedGib);
  const rule = `must leave room on a node of ${machineType}, of whose ${memoryGib} GiB pods may use ${room}: with what goes beside it a pod asks for ${asked}`;
  const most = resources.memoryGib - (asked - room);
  const fix =
    most > 0 ? `use at most ${most}` : 'ask for less beside it, such as offloaded blocks or weights of sleepers';
  return [{ field: `spec.roles.${role}.memoryGib`, value: resources.memoryGib, rule, fix }];
}

/**
 * What GKE keeps for the node itself, and the threshold of eviction: 25 % of the first 4 GiB, 20 % of the next 4, 10 % of the next 8, 6 % of
 * the next 112, 2 % of the rest, and 100 MiB (GKE documentation, "Plan GKE Standard node sizes"). Of 2,952 GiB: 1 + 0.8 + 0.8 + 6.72 +
 * 56.48 + 0.1 = 65.9.
 */
function reservedGib(memoryGib: number): number {
  const tiers = [
    { gib: 4, ratio: 0.25 },
    { gib: 4, ratio: 0.2 },
    { gib: 8, ratio: 0.1 },
    { gib: 112, ratio: 0.06 },
    { gib: Infinity, ratio: 0.02 },
  ];
  let left = memoryGib;
  let reserved = 100 / 1024;
  for (const { gib, ratio } of tiers) {
    reserved += Math.min(left, gib) * ratio;
    left = Math.max(0, left - gib);
  }
  return reserved;
}
