/** New nodes with the images on a disk of their own. */
import type { Stack } from '../../../shared/domain/serving/resolved-stack.ts';
import type { Labels } from '../labels.ts';

/** A label's name has at most 63 letters (Kubernetes documentation, "Labels and Selectors"); the name of the disk image is its end. */
const LABEL = 'cloud.google.com.node-restriction.kubernetes.io/gke-secondary-boot-disk-';

/**
 * By this label pods ask GKE for nodes that have the disk, and it makes such a pool for them (GKE documentation, "Use secondary boot
 * disks to preload data or container images"). A pool that was made with the disk is asked for by its name alone.
 */
export function imageDiskSelector({ project: own, spec: { startup = {} } }: Stack): Labels {
  const { imageDisk } = startup;
  if (imageDisk === undefined) return {};
  const { image, project = own } = imageDisk;
  if (project === undefined) throw new Error(`selecting nodes with the disk image ${image}: its project is left out`);
  return { [`${LABEL}${image}`]: `CONTAINER_IMAGE_CACHE.${project}` };
}
