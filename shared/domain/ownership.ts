/**
 * How a built resource says whose it is. Clusters, pools and in-cluster objects carry labels; networks, subnetworks, firewalls and
 * routers have none in the Compute v1 API, so they carry the same facts as JSON in `description`. Nothing without the mark is touched.
 */
import { objectAt } from './compare.ts';
import { isJsonObject, type Json, type JsonObject, parseJson } from './json.ts';

const OWNER = 'inference-fleet';

/** Keys of the resource labels that are ours; a document may not set them. */
export const OWNED_LABEL_KEYS: readonly string[] = ['managed-by', 'fleet-cluster', 'fleet-pool'];

/** `description` of a Compute resource that belongs to the target, e.g. `cluster/demo`. */
export function ownershipDescription(target: string): string {
  return JSON.stringify({ 'managed-by': OWNER, target });
}

/** Resource labels of a cluster or node pool. Values fit GKE's label syntax because a cluster name does. */
export function ownershipLabels(target: string): { readonly 'managed-by': string; readonly 'fleet-cluster': string } {
  return { 'managed-by': OWNER, 'fleet-cluster': clusterOf(target) };
}

/** Labels of objects inside the cluster (Kubernetes documentation, "Recommended Labels"). */
export function objectLabels(target: string): { readonly [key: string]: string } {
  return { 'app.kubernetes.io/managed-by': OWNER, 'app.kubernetes.io/instance': clusterOf(target) };
}

/** Whether a resource, as its API shows it, carries our mark for this target. */
export function isOurs(body: JsonObject, target: string): boolean {
  return (
    isMarkedInDescription(body['description'], target) ||
    holdsAll(objectAt(body, 'resourceLabels'), ownershipLabels(target)) ||
    holdsAll(objectAt(body, 'config.resourceLabels'), ownershipLabels(target)) ||
    holdsAll(objectAt(body, 'metadata.labels'), objectLabels(target))
  );
}

/** All targets name their cluster second: `cluster/demo`, `pool/demo/h200`, `model/demo/ns/name`. */
function clusterOf(target: string): string {
  const cluster = target.split('/')[1];
  if (cluster === undefined || cluster === '') throw new Error(`reading target ${target}: it names no cluster`);
  return cluster;
}

function isMarkedInDescription(description: Json | undefined, target: string): boolean {
  // What is no JSON is a description in somebody's own words.
  const mark = typeof description === 'string' ? parseJson(description) : undefined;
  return isJsonObject(mark) && mark['managed-by'] === OWNER && mark['target'] === target;
}

function holdsAll(labels: JsonObject, wanted: { readonly [key: string]: string }): boolean {
  return Object.entries(wanted).every(([key, value]) => labels[key] === value);
}
