import type { ClusterRuntime } from '../gke/gke-world.ts';
import type { Instance } from '../gke/instance.ts';
import type { InstanceLoss } from '../gke/parts.ts';
import { KubernetesApi } from '../kubernetes/api.ts';
import { KubernetesClient } from '../kubernetes/client.ts';
import { PodEndpoints } from '../kubernetes/pod-endpoints.ts';
import type { WorldBase } from '../world/base.ts';
import type { Cancel } from '../world/clock.ts';
import { installSystemObjects, runMultiNetworking, runServing } from './addons.ts';
import { runDaemonSets } from './daemon-sets.ts';
import { runDeployments } from './deployments.ts';
import { runDisruptionBudgets } from './disruption-budgets.ts';
import { runGarbageCollector } from './garbage-collector.ts';
import { runKubelets } from './kubelet.ts';
import { admitGroupPod } from './leader-worker-objects.ts';
import { Nodes } from './nodes.ts';
import type { PodFacts } from './pod-facts.ts';
import { runReplicaSets } from './replica-sets.ts';
import { serveResourceMetrics } from './resource-metrics.ts';
import { runScheduler } from './scheduler.ts';
import { runStatefulSets } from './stateful-sets.ts';

export interface ClusterRuntimeOptions {
  /** Where the wire serves a cluster's API; asked late, as its port may not be known at first. */
  readonly endpoint: ClusterRuntime['endpoint'];
  /** Durations of pods that differ from what is assumed. */
  readonly podFacts?: Partial<PodFacts>;
}

/** The insides of all clusters, and the way to their APIs for the wire that serves them. */
export interface LocalClusters {
  /** Makes the runtime over the world's base; called once. */
  readonly start: (base: WorldBase) => ClusterRuntime;
  /** The API of a cluster; undefined before its control plane is up and after the cluster is removed. */
  readonly apiOf: (cluster: string) => KubernetesApi | undefined;
  /** What the pods of all clusters answer, clusters of the future included. */
  readonly podEndpoints: PodEndpoints;
}

/** The wire needs the APIs and the world the runtime, before either exists: hence one object for both. */
export function makeClusterRuntime(options: ClusterRuntimeOptions): LocalClusters {
  const running = new Map<string, Running>();
  const podEndpoints = new PodEndpoints();
  return {
    start: (base) => new Runtime(base, { ...options, podEndpoints }, running),
    apiOf: (cluster) => running.get(cluster)?.api,
    podEndpoints,
  };
}

interface RuntimeParts extends ClusterRuntimeOptions {
  readonly podEndpoints: PodEndpoints;
}

/** One cluster while it exists. */
interface Running {
  readonly api: KubernetesApi;
  readonly nodes: Nodes;
  readonly stop: Cancel;
}

/** Told by GKE what machines and control planes do; everything else follows inside the clusters. */
class Runtime implements ClusterRuntime {
  readonly endpoint: ClusterRuntime['endpoint'];
  readonly #base: WorldBase;
  readonly #parts: RuntimeParts;
  readonly #running: Map<string, Running>;

  constructor(base: WorldBase, parts: RuntimeParts, running: Map<string, Running>) {
    this.#base = base;
    this.endpoint = parts.endpoint;
    this.#parts = parts;
    this.#running = running;
  }

  clusterStarted({ name, version, multiNetworking }: Parameters<ClusterRuntime['clusterStarted']>[0]): void {
    const base = this.#base;
    const { podEndpoints, podFacts } = this.#parts;
    const api = new KubernetesApi(base, name, version, podEndpoints);
    const client = (controller: string): KubernetesClient => new KubernetesClient(api, controller);
    const installer = client('gke-addon-manager');
    installSystemObjects(installer);
    serveResourceMetrics(api, client('metrics-server'), base.clock);
    const stops = [
      runDaemonSets(client('daemon-set-controller'), base.clock),
      runKubelets(client('kubelet'), base, podFacts),
      runScheduler(client('kube-scheduler'), base.clock),
      runReplicaSets(client('replicaset-controller'), base.clock),
      runDeployments(client('deployment-controller'), base.clock),
      runStatefulSets(client('statefulset-controller'), base.clock, admitGroupPod),
      runDisruptionBudgets(client('disruption-controller'), base.clock),
      runServing(client, base.clock),
      runGarbageCollector(client('generic-garbage-collector'), base.clock),
      ...(multiNetworking ? [runMultiNetworking(installer, client('gke-network-controller'), base)] : []),
    ];
    const nodes = new Nodes(client('kubelet'), base);
    const stop = (): void => {
      nodes.stop();
      for (const stopOne of stops) stopOne();
    };
    this.#running.set(name, { api, nodes, stop });
  }

  clusterRemoved(name: string): void {
    this.#running.get(name)?.stop();
    this.#running.delete(name);
  }

  instanceStarted(cluster: string, instance: Instance): void {
    this.#require(cluster).nodes.start(instance);
  }

  instanceUnready(cluster: string, name: string, loss: InstanceLoss): void {
    this.#require(cluster).nodes.lose(name, loss);
  }

  instanceRemoved(cluster: string, name: string): void {
    this.#require(cluster).nodes.remove(name);
  }

  #require(cluster: string): Running {
    const running = this.#running.get(cluster);
    if (running === undefined)
      throw new Error(`changing machines of cluster ${cluster}: its control plane is not running`);
    return running;
  }
}
