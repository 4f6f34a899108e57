/** The insides of GKE clusters, each on a real control plane of its own. */
import { join } from 'node:path';
import type { ClusterRuntime } from '../gke/gke-world.ts';
import type { Instance } from '../gke/instance.ts';
import type { InstanceLoss } from '../gke/parts.ts';
import type { Authority } from '../wires/certificates.ts';
import type { Backend } from '../wires/kubernetes-forward.ts';
import type { WorldBase } from '../world/base.ts';
import { type RealCluster, type RealClusterOptions, startRealCluster } from './real-cluster.ts';

export interface RealClustersOptions extends Pick<RealClusterOptions, 'adminTokens' | 'podFacts'> {
  /** Where the wire serves a cluster's API; asked late, as its port may not be known at first. */
  readonly endpoint: ClusterRuntime['endpoint'];
  /** Folder of the data and logs of all clusters. */
  readonly home: string;
  readonly authority: Authority;
  readonly onFailure: (error: Error) => void;
}

export interface RealClusters {
  /** Makes the runtime over the world's base; called once. */
  readonly start: (base: WorldBase) => ClusterRuntime;
  /** The server of a cluster, once it answers; undefined before its control plane starts and after the cluster is removed. */
  readonly backendOf: (cluster: string) => Promise<Backend> | undefined;
  readonly stop: () => Promise<void>;
}

export function makeRealClusters(options: RealClustersOptions): RealClusters {
  const running = new Map<string, Promise<RealCluster>>();
  const stopping = new Set<Promise<void>>();
  return {
    start: (base) => new RealRuntime(base, options, { running, stopping }),
    backendOf: (cluster) => running.get(cluster)?.then(backend),
    stop: async () => {
      for (const cluster of running.values()) stopping.add(stopOne(cluster));
      await Promise.all(stopping);
    },
  };
}

function backend({ controlPlane, stir }: RealCluster): Backend {
  return { server: controlPlane.server, caCertificate: controlPlane.caCertificate, onWrite: stir };
}

/** One that did not start has nothing to be stopped; that was told when it happened. */
async function stopOne(cluster: Promise<RealCluster>): Promise<void> {
  const started = await cluster.catch(() => undefined);
  await started?.stop();
}

interface Clusters {
  readonly running: Map<string, Promise<RealCluster>>;
  /** Control planes of removed clusters that are on their way out. */
  readonly stopping: Set<Promise<void>>;
}

/**
 * A control plane takes seconds to start, and the world cannot wait in the middle of an event: whatever happens to its cluster
 * meanwhile is done when it is there, in the same order. Until then the clock is held.
 */
class RealRuntime implements ClusterRuntime {
  readonly endpoint: ClusterRuntime['endpoint'];
  readonly #base: WorldBase;
  readonly #options: RealClustersOptions;
  readonly #clusters: Clusters;
  #count = 0;

  constructor(base: WorldBase, options: RealClustersOptions, clusters: Clusters) {
    this.#base = base;
    this.#options = options;
    this.#clusters = clusters;
    this.endpoint = options.endpoint;
  }

  clusterStarted({ name, multiNetworking }: Parameters<ClusterRuntime['clusterStarted']>[0]): void {
    const { home, authority, adminTokens, podFacts, onFailure } = this.#options;
    const cluster = startRealCluster({
      // A cluster of the same name may come again, and has nothing of the one before.
      home: join(home, `${name}-${++this.#count}`),
      authority,
      base: this.#base,
      onFailure,
      ...(adminTokens !== undefined && { adminTokens }),
      ...(podFacts !== undefined && { podFacts }),
    });
    this.#clusters.running.set(name, cluster);
    this.#do(name, ({ installAddons }) => installAddons(multiNetworking));
  }

  clusterRemoved(name: string): void {
    const cluster = this.#clusters.running.get(name);
    this.#clusters.running.delete(name);
    if (cluster !== undefined) this.#clusters.stopping.add(stopOne(cluster));
  }

  instanceStarted(cluster: string, instance: Instance): void {
    this.#do(cluster, ({ nodes }) => nodes.start(instance));
  }

  instanceUnready(cluster: string, name: string, loss: InstanceLoss): void {
    this.#do(cluster, ({ nodes }) => nodes.lose(name, loss));
  }

  instanceRemoved(cluster: string, name: string): void {
    this.#do(cluster, ({ nodes }) => nodes.remove(name));
  }

  #do(name: string, action: (cluster: RealCluster) => void): void {
    const cluster = this.#clusters.running.get(name);
    if (cluster === undefined) throw new Error(`changing cluster ${name}: its control plane is not running`);
    const release = this.#base.clock.hold();
    void cluster
      .then(action)
      .catch((thrown: unknown) => this.#options.onFailure(thrown instanceof Error ? thrown : new Error(String(thrown))))
      .finally(release);
  }
}
