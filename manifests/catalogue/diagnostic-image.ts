import type { PinnedImage } from './images.ts';

/** NCCL's tests, MPI, and an SSH server whose keys all its containers share (port 222). By tag, as its sources have it. */
export const gibDiagnostic: PinnedImage = {
  image: 'us-docker.pkg.dev/gce-ai-infra/gpudirect-gib/nccl-plugin-gib-diagnostic:v1.1.1',
  source: 'GoogleCloudPlatform/container-engine-accelerators gpudirect-rdma/nccl-test.yaml at 992db812',
  asOf: '2026-06-11',
};
