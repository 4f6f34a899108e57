import type { V1Container, V1EnvVar, V1Volume } from '@kubernetes/client-node';
import type { Wire } from '../../kubernetes/wire.ts';

/** Beside the picker, in its pod: on one machine, because each request waits for them. */
export interface Sidecars {
  readonly containers: readonly Wire<V1Container>[];
  readonly volumes: readonly Wire<V1Volume>[];
  /** How the picker finds them. */
  readonly env: readonly Wire<V1EnvVar>[];
}
