/** Container images that we run, pinned. A floating manifest changed behaviour under its users on 2026-05-06; see `rdmaInstaller`. */
import type { Provenance } from '../../shared/domain/catalogue.ts';

/** An image of one version, and where that version was read. */
export interface PinnedImage extends Provenance {
  readonly image: string;
}

/**
 * Installs the RDMA user-space libraries and the gIB plugin of NCCL on a node. Since this version it does not install NCCL itself
 * (commit 2da1c92): workload images bring their own. vLLM from 0.11 (NCCL 2.27) needs gIB 1.1.0 or newer.
 *
 * Pinned by tag: the manifest names no digest, and none was found published elsewhere. A tag that is moved would not be noticed here.
 */
export const rdmaInstaller: PinnedImage = {
  image: 'us-docker.pkg.dev/gce-ai-infra/gpudirect-gib/nccl-plugin-gib:v1.1.1',
  source: 'GoogleCloudPlatform/container-engine-accelerators gpudirect-rdma/nccl-rdma-installer.yaml at 2da1c92ff7bd',
  asOf: '2026-05-06',
};

/** Does nothing; keeps the installer's pod alive so that "ready" means "installed". */
export const pause: PinnedImage = {
  image: 'gke.gcr.io/pause:3.8@sha256:880e63f94b145e46f1b1082bb71b85e21f16b99b180b9996407d61240ceb9830',
  source: rdmaInstaller.source,
  asOf: '2026-05-06',
};

/**
 * The daemon that carries NCCL over the NICs of A3 Mega, beside each server. Released as a pair with the installer on the nodes, which is
 * updated first: `nccl-plugin-gpudirecttcpx-dev:v1.0.15`. Pinned by tag, as the release notes name no digest.
 */
export const tcpxoDaemonImage: PinnedImage = {
  image: 'us-docker.pkg.dev/gce-ai-infra/gpudirect-tcpxo/tcpgpudmarxd-dev:v1.0.21',
  source: 'GoogleCloudPlatform/container-engine-accelerators gpudirect-tcpxo/README.md, release of January 9, 2026',
  asOf: '2026-01-09',
};
