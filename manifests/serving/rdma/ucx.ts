/** What UCX is told, which carries keys and values from prefill to decode for NIXL. */
import type { RdmaAttachment } from '../../../shared/domain/serving/hardware.ts';
import type { Contributor } from '../pod/contribution.ts';

/** TCPXO is no InfiniBand device: UCX finds nothing of it. */
const attachmentsForUcx: ReadonlySet<RdmaAttachment> = new Set(['multi-network', 'dranet']);

/**
 * Each rail is a subnet of its own, which UCX takes for unreachable from the others (llm-d/llm-d
 * guides/pd-disaggregation/modelserver/gpu/vllm/gke/base). `UCX_TLS` stays unset: a list without `rc` moves everything to TCP, unnoticed.
 */
export const kvTransport: Contributor = ({ rdma }, { ports }) => {
  if (ports.sideChannel === undefined || !attachmentsForUcx.has(rdma)) return {};
  return { server: { env: [{ name: 'UCX_IB_ROCE_REACHABILITY_MODE', value: 'all' }] } };
};
