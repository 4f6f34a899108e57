/** Which way to the NICs a machine has, and who can go it. */
import type { Fabric } from '../../domain/catalogue.ts';
import type { Problem } from '../../domain/problem.ts';
import type { RdmaAttachment } from '../../domain/serving/hardware.ts';
import { ncclCrossesNodes } from '../../domain/serving/nccl.ts';
import type { Stack } from '../../domain/serving/resolved-stack.ts';
import type { StackRule } from './rule.ts';

/** GB200 has RoCE too, but its GPUs share an NVLink domain over nodes, which is claimed besides; nothing here does. */
const fabricOf: { readonly [attachment in Exclude<RdmaAttachment, 'none'>]: Fabric } = {
  'multi-network': 'roce',
  dranet: 'roce',
  tcpxo: 'tcpxo',
};

/** The wrong one looks attached and moves everything over TCP (NVIDIA/aicr issue 1054). */
const attachmentFitsMachine: StackRule = (stack) => {
  const { rdma, machine } = stack;
  if (rdma === 'none' || machine.fabric === fabricOf[rdma]) return [];
  const fitting = Object.entries(fabricOf).flatMap(([name, fabric]) => (fabric === machine.fabric ? [name] : []));
  const rule = `must fit ${machine.machineType}, whose fabric is ${machine.fabric}`;
  return [{ ...attachmentOf(stack), rule, fix: `use ${[...fitting, 'none'].join(' or ')}` }];
};

/**
 * GPUs of several GB200 nodes are one NVLink domain, which a group has to claim (NVIDIA DRA driver, ComputeDomain), and its RoCE NICs are
 * attached in another way than those of x86 machines: a group here would go over TCP (Google Cloud documentation, "Create a custom AI-optimized
 * GKE cluster which uses A4X").
 */
const nvlinkDomainsAreNotSpanned: StackRule = ({ machine, roles }) => {
  if (machine.fabric !== 'roce-nvlink') return [];
  return roles
    .filter(({ nodes }) => nodes > 1)
    .map(({ role, nodes }) => ({
      field: `spec.roles.${role}.nodes`,
      value: nodes,
      rule: `must be 1 on ${machine.machineType}: several nodes need a ComputeDomain for their NVLink, and NICs, of which nothing here makes either`,
      fix: 'leave it out and use more replicas, or another machine',
    }));
};

/** An annotation names all NICs of a node, and a pod with some of its GPUs cannot say which ones it will get (llm-d/llm-d docs/infrastructure/providers/gke). */
const annotationsTakeWholeNodes: StackRule = (stack) => {
  const { rdma, machine, roles } = stack;
  if (rdma !== 'multi-network') return [];
  const parts = roles.filter(({ gpusPerPod }) => gpusPerPod !== machine.gpuCount);
  if (parts.length === 0) return [];
  const pods = parts.map(({ role, gpusPerPod }) => `${role} ${gpusPerPod}`).join(', ');
  const rule = `must not be multi-network where pods take less than the ${machine.gpuCount} GPUs of a node (${pods})`;
  return [{ ...attachmentOf(stack), rule, fix: 'use dranet, which gives each GPU its NIC, or leave gpus out' }];
};

/** NIXL moves keys and values by UCX, which cannot use it: a stack that has no group over nodes would carry the daemon for nothing. */
const tcpxoIsUsed: StackRule = (stack) => {
  if (stack.rdma !== 'tcpxo' || stack.spec.hardware.rdma === undefined || stack.roles.some(ncclCrossesNodes)) return [];
  const rule = 'must not be tcpxo where no replica spans nodes: it carries NCCL alone, not the transfer between roles';
  return [{ ...attachmentOf(stack), rule, fix: 'remove it' }];
};

/** The daemon owns all NICs of a node. */
const tcpxoTakesWholeNodes: StackRule = (stack) => {
  const { rdma, machine, roles } = stack;
  if (rdma !== 'tcpxo' || !roles.some((role) => ncclCrossesNodes(role) && role.gpusPerPod !== machine.gpuCount))
    return [];
  const rule = `must not be tcpxo where pods take less than the ${machine.gpuCount} GPUs of a node`;
  return [{ ...attachmentOf(stack), rule, fix: 'leave gpus out' }];
};

/** The other attachments give a pod no interfaces but the ones of its GPUs. */
const gvnicGoesWithAnnotations: StackRule = ({ rdma, spec }) => {
  if (spec.hardware.gvnic !== true || rdma === 'multi-network') return [];
  const rule = `must not be set with rdma ${rdma}: it is a further network of multi-network`;
  return [{ field: 'spec.hardware.gvnic', value: true, rule, fix: 'remove it' }];
};

function attachmentOf({ rdma, spec }: Stack): Pick<Problem, 'field' | 'value' | 'isDefault'> {
  return {
    field: 'spec.hardware.rdma',
    value: rdma,
    ...(spec.hardware.rdma === undefined && { isDefault: true as const }),
  };
}

export const hardwareRules: readonly StackRule[] = [
  attachmentFitsMachine,
  nvlinkDomainsAreNotSpanned,
  annotationsTakeWholeNodes,
  tcpxoIsUsed,
  tcpxoTakesWholeNodes,
  gvnicGoesWithAnnotations,
];
