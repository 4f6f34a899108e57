/** Of what makes a replica ready sooner. */
import type { Reason } from './reason.ts';

export const startupReasons: readonly Reason[] = [
  {
    setting: 'DaemonSet/*-image-puller spec',
    why: ({ engine: { image } }) =>
      `an init container of ${image} that ends at once leaves the image on the node, on all nodes that the pods may be put on; images beside it are a hundredth of its size`,
    source: 'Kubernetes documentation, "Images", Pre-pulled images',
  },
  {
    setting: 'DaemonSet/*-image-puller spec.updateStrategy',
    why: 'nobody waits for these pods, so a new image is pulled on all nodes at once',
    source: 'Kubernetes documentation, "Perform a Rolling Update on a DaemonSet"',
  },
  {
    // The label ends in the name of the disk image.
    setting: '* **.nodeSelector.*',
    why: ({ spec }) =>
      `nodes whose secondary boot disk is of the image ${spec.startup?.imageDisk?.image ?? ''}; GKE makes a pool of them for these pods`,
    source: 'GKE documentation, "Use secondary boot disks to preload data or container images"',
  },
  {
    setting: 'env VLLM_SERVER_DEV_MODE',
    why: 'only in this mode the server has /sleep and /wake_up; it has /collective_rpc too, which runs code, so only who is trusted may reach it',
    source: 'vllm-project/vllm docs/features/sleep_mode.md, docs/usage/security.md',
  },
];
