/** What one part of a stack adds to the pods of a role. A pod is the sum of its contributions, so that each concern is one file. */
import type {
  V1Affinity,
  V1Container,
  V1ContainerPort,
  V1EnvVar,
  V1PodResourceClaim,
  V1Toleration,
  V1Volume,
  V1VolumeMount,
} from '@kubernetes/client-node';
import type { Stack, StackRole } from '../../../shared/domain/serving/resolved-stack.ts';
import type { Wire } from '../../kubernetes/wire.ts';
import type { VllmFlag } from './vllm-command.ts';

/** Which pod of a replica: of one pod, or the leader or a worker of a group. */
export type Position = 'single' | 'leader' | 'worker';

export type Contributor = (stack: Stack, role: StackRole, position: Position) => PodContribution;

/** Everything is added to what others add; the same name with two values is an error of the builders. */
export interface PodContribution {
  readonly annotations?: { readonly [key: string]: string };
  readonly serviceAccountName?: string;
  readonly priorityClassName?: string;
  readonly nodeSelector?: { readonly [key: string]: string };
  readonly affinity?: Wire<V1Affinity>;
  readonly tolerations?: readonly Wire<V1Toleration>[];
  readonly volumes?: readonly Wire<V1Volume>[];
  readonly resourceClaims?: readonly Wire<V1PodResourceClaim>[];
  /** In the order of the contributions; native sidecars (`restartPolicy: Always`) among them. */
  readonly initContainers?: readonly Wire<V1Container>[];
  /** Beside the model server, which is always the first. */
  readonly containers?: readonly Wire<V1Container>[];
  readonly server?: ServerContribution;
}

/** To the container of the model server. */
export interface ServerContribution {
  /** What is loaded in the place of the model's name: a path of the container, or a URL of Cloud Storage. */
  readonly modelPath?: string;
  readonly flags?: readonly VllmFlag[];
  /** Lines of shell before the server, in its own process: what they export, it sees. */
  readonly preamble?: readonly string[];
  /** A line of shell in the place of the server, in a pod that computes for another one's. */
  readonly insteadOfServer?: string;
  readonly env?: readonly Wire<V1EnvVar>[];
  readonly ports?: readonly Wire<V1ContainerPort>[];
  readonly volumeMounts?: readonly Wire<V1VolumeMount>[];
  /** Requests and limits at once, beside CPU and memory. */
  readonly resources?: { readonly [name: string]: string };
  /** GPUs come from claims, not from the device plugin. */
  readonly gpusAreClaimed?: true;
  /** Memory beyond what the role asks for, e.g. for blocks that leave the GPU. */
  readonly extraMemoryGib?: number;
  /** Of the node's ephemeral storage, for volumes that have a limit of their own. */
  readonly ephemeralStorageGib?: number;
  readonly capabilities?: readonly string[];
  readonly privileged?: true;
  readonly runAsUser?: number;
}
