/** What is inside the GKE clusters, and the port that serves their APIs: emulated, or on real control planes. */
import { join } from 'node:path';
import { makeRealClusters } from './control-plane/real-clusters.ts';
import { type LocalClusters, makeClusterRuntime } from './controllers/cluster-runtime.ts';
import { LOCAL_TOKEN } from './functions-environment.ts';
import type { ClusterRuntime } from './gke/gke-world.ts';
import { PodEndpoints } from './kubernetes/pod-endpoints.ts';
import type { Authority } from './wires/certificates.ts';
import { forwardKubernetes } from './wires/kubernetes-forward.ts';
import { type KubernetesTlsServer, serveKubernetes } from './wires/kubernetes-tls.ts';

export interface ClusterInsides {
  readonly clusters: LocalClusters;
  /** @param port 0 chooses a free one */
  readonly serve: (port: number, onCall: (client: string, call: string) => void) => Promise<KubernetesTlsServer>;
  /** After the port is closed. */
  readonly stop: () => Promise<void>;
}

export interface InsidesOptions {
  /** Folder of the local cloud. */
  readonly home: string;
  readonly authority: Authority;
  readonly endpoint: ClusterRuntime['endpoint'];
  readonly onBug: (error: Error) => void;
}

export function emulatedInsides({ authority, endpoint, onBug }: InsidesOptions): ClusterInsides {
  const clusters = makeClusterRuntime({ endpoint });
  return {
    clusters,
    serve: (port, onCall) => serveKubernetes({ onCall, port, authority, apiOf: clusters.apiOf, onBug }),
    stop: async () => {},
  };
}

/** Nobody inside the world looks into these clusters, and their pods answer nothing: that is for stories that go on after the build. */
export function realInsides({ home, authority, endpoint, onBug }: InsidesOptions): ClusterInsides {
  const { start, backendOf, stop } = makeRealClusters({
    endpoint,
    authority,
    home: join(home, 'control-planes'),
    adminTokens: [LOCAL_TOKEN],
    onFailure: onBug,
  });
  return {
    clusters: { start, apiOf: () => undefined, podEndpoints: new PodEndpoints() },
    serve: (port, onCall) => forwardKubernetes({ onCall, port, authority, backendOf }),
    stop,
  };
}
