/** How a function reaches the API server of a cluster. Pure. */
import { at, textAt } from '../domain/compare.ts';
import type { JsonObject } from '../domain/json.ts';
import type { ClusterConnection } from '../ports/cluster-objects.ts';

/**
 * The DNS endpoint where it lets callers in: a public name with a public certificate, guarded by IAM, so no VPC connector is
 * needed (googleapis/googleapis `google/container/v1/cluster_service.proto`, DNSEndpointConfig). Otherwise the IP endpoint with
 * the cluster's own CA. Undefined while the cluster has neither.
 */
export function connectionOf(cluster: JsonObject): ClusterConnection | undefined {
  if (textAt(cluster, 'status') === 'PROVISIONING') return undefined;
  const dns = 'controlPlaneEndpointsConfig.dnsEndpointConfig';
  const dnsEndpoint = textAt(cluster, `${dns}.endpoint`);
  if (dnsEndpoint !== undefined && at(cluster, `${dns}.allowExternalTraffic`) === true) {
    return { server: `https://${dnsEndpoint}` };
  }
  const endpoint = textAt(cluster, 'endpoint');
  const encodedCertificate = textAt(cluster, 'masterAuth.clusterCaCertificate');
  if (endpoint === undefined || encodedCertificate === undefined) return undefined;
  const caCertificate = Buffer.from(encodedCertificate, 'base64').toString('utf8');
  return { server: `https://${endpoint}`, caCertificate };
}
