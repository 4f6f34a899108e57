/** A pod of a role: the sum of what the parts of the stack contribute. */
import type { V1Container, V1PodSpec, V1PodTemplateSpec, V1ResourceRequirements } from '@kubernetes/client-node';
import { GPU_RESOURCE } from '../../../shared/domain/gpu.ts';
import type { Stack, StackRole } from '../../../shared/domain/serving/resolved-stack.ts';
import type { Wire } from '../../kubernetes/wire.ts';
import { podLabels } from '../labels.ts';
import type { Position } from './contribution.ts';
import { contributors } from './contributors.ts';
import { flagsFor } from './flags-for.ts';
import { type MergedPod, type MergedServer, mergePod } from './merge.ts';
import { answers, probesOf } from './model-server.ts';
import { preStopCommand } from './pre-stop.ts';
import { shellCommand, type VllmCommand, vllmCommand } from './vllm-command.ts';

export const SERVER_CONTAINER = 'modelserver';

export function podTemplate(stack: Stack, role: StackRole, position: Position): Wire<V1PodTemplateSpec> {
  const pod = mergePod(contributors.map((contribute) => contribute(stack, role, position)));
  return {
    metadata: {
      labels: podLabels(stack, role, { serves: answers(role, position) }),
      ...present('annotations', pod.annotations),
    },
    spec: podSpec(stack, role, { position, pod }),
  };
}

interface Built {
  readonly position: Position;
  readonly pod: MergedPod;
}

function podSpec(stack: Stack, role: StackRole, built: Built): Wire<V1PodSpec> {
  const { pod } = built;
  const { serviceAccountName, priorityClassName, affinity } = pod;
  return {
    ...(serviceAccountName !== undefined && { serviceAccountName }),
    ...(priorityClassName !== undefined && { priorityClassName }),
    terminationGracePeriodSeconds: stack.drain.graceSeconds,
    ...present('nodeSelector', pod.nodeSelector),
    ...(affinity !== undefined && { affinity }),
    ...some('tolerations', pod.tolerations),
    ...some('resourceClaims', pod.resourceClaims),
    ...some('initContainers', pod.initContainers),
    containers: [server(stack, role, built), ...pod.containers],
    ...some('volumes', pod.volumes),
  };
}

function server(stack: Stack, role: StackRole, { position, pod }: Built): Wire<V1Container> {
  const { env, ports, volumeMounts } = pod.server;
  const preStop = { exec: { command: preStopCommand(stack, role, position) } };
  return {
    name: SERVER_CONTAINER,
    image: stack.engine.image,
    ...commandOf(stack, pod.server),
    ...some('env', env),
    ...some('ports', ports),
    lifecycle: { preStop },
    ...probesOf(stack, role, position),
    resources: resourcesOf(role, pod),
    ...securityOf(pod.server),
    ...some('volumeMounts', volumeMounts),
  };
}

function commandOf(
  { model, engine }: Stack,
  { modelPath, flags, preamble, insteadOfServer }: MergedServer,
): VllmCommand {
  if (insteadOfServer !== undefined) return shellCommand(insteadOfServer, preamble);
  return vllmCommand(modelPath ?? model.id, flagsFor(engine.version, flags), preamble);
}

/**
 * Requests equal limits, so that the pod is the last to be evicted (Kubernetes documentation, "Pod Quality of Service Classes"). Ephemeral
 * storage is asked for and not limited: the limit of one container would be that of all volumes of the pod together
 * (kubernetes/kubernetes pkg/kubelet/eviction/eviction_manager.go, podEphemeralStorageLimitEviction).
 */
function resourcesOf(
  role: StackRole,
  { server: { resources, gpusAreClaimed, extraMemoryGib, ephemeralStorageGib }, resourceClaims }: MergedPod,
) {
  const amounts = {
    cpu: String(role.resources.cpu),
    memory: `${role.resources.memoryGib + extraMemoryGib}Gi`,
    ...(!gpusAreClaimed && { [GPU_RESOURCE]: String(role.gpusPerPod) }),
    ...resources,
  };
  const claims = resourceClaims.map(({ name }) => ({ name }));
  const requests =
    ephemeralStorageGib === 0 ? amounts : { ...amounts, 'ephemeral-storage': `${ephemeralStorageGib}Gi` };
  return { ...some('claims', claims), requests, limits: amounts } satisfies Wire<V1ResourceRequirements>;
}

function securityOf({ capabilities, privileged, runAsUser }: MergedServer): Pick<Wire<V1Container>, 'securityContext'> {
  if (capabilities.length === 0 && !privileged && runAsUser === undefined) return {};
  return {
    securityContext: {
      ...(privileged && { privileged }),
      ...(runAsUser !== undefined && { runAsUser }),
      ...(capabilities.length > 0 && { capabilities: { add: capabilities } }),
    },
  };
}

/** A list that is not empty: optional fields are absent when unset. */
function some<K extends string, T>(key: K, list: readonly T[]): { readonly [P in K]?: readonly T[] } {
  return list.length === 0 ? {} : record(key, list);
}

function present<K extends string, T extends object>(key: K, map: T): { readonly [P in K]?: T } {
  return Object.keys(map).length === 0 ? {} : record(key, map);
}

function record<K extends string, T>(key: K, value: T): { readonly [P in K]: T } {
  // A computed key of a generic type widens to string.
  return { [key]: value } as { readonly [P in K]: T };
}
