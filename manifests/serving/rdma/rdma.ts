/** How pods get the NICs of their GPUs, and what then has to be told to what uses them: NCCL inside a replica, NIXL between roles. */
import type { Stack } from '../../../shared/domain/serving/resolved-stack.ts';
import type { Applied } from '../../kubernetes/wire.ts';
import type { Contributor } from '../pod/contribution.ts';
import { deviceClaims, gpuWithNicTemplate } from './dranet.ts';
import { networkInterfaces } from './multi-network.ts';
import { ncclTransport } from './nccl.ts';
import { tcpxoDaemon } from './tcpxo.ts';
import { kvTransport } from './ucx.ts';

export const rdma: readonly Contributor[] = [networkInterfaces, deviceClaims, tcpxoDaemon, ncclTransport, kvTransport];

/** What claims of pods are made from; before the pods that name it. */
export function rdmaObjects(stack: Stack): readonly Applied[] {
  return stack.rdma === 'dranet' ? [gpuWithNicTemplate(stack)] : [];
}
