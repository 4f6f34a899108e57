import type { ClusterRuntime } from '../gke/gke-world.ts';
import type { Instance } from '../gke/instance.ts';
import { KubernetesApi } from '../kubernetes/api.ts';
import { KubernetesClient } from '../kubernetes/client.ts';
import { isEstablished } from '../kubernetes/custom-kinds.ts';
import { nameOf } from '../kubernetes/objects.ts';
import type { WorldBase } from '../world/base.ts';
import type { Cancel } from '../world/clock.ts';
import type { JsonMap } from '../world/json.ts';
import { deviceNetworkDefinitions, gatewayDefinitions } from './custom-definitions.ts';
import { runDaemonSets } from './daemon-sets.ts';
import { runDeviceNetworks } from './device-networks.ts';
import { runGarbageCollector } from './garbage-collector.ts';
import { Informer } from './informer.ts';
import { runKubelets } from './kubelet.ts';
import { Nodes } from './nodes.ts';
import { defaultNetworkPair, systemObjects } from './system-objects.ts';

export interface ClusterRuntimeOptions {
  /** Where the wire serves a cluster's API; asked late, as its port may not be known at first. */
  readonly endpoint: ClusterRuntime['endpoint'];
}

/** The insides of all clusters, and the way to their APIs for the wire that serves them. */
export interface LocalClusters {
  /** Makes the runtime over the world's base; called once. */
  readonly start: (base: WorldBase) => ClusterRuntime;
  /** The API of a cluster; undefined before its control plane is up and after the cluster is removed. */
  readonly apiOf: (cluster: string) => KubernetesApi | undefined;
}

/** The wire needs the APIs and the world the runtime, before either exists: hence one object for both. */
export function makeClusterRuntime({ endpoint }: ClusterRuntimeOptions): LocalClusters {
  const running = new Map<string, Running>();
  return {
    start: (base) => new Runtime(base, endpoint, running),
    apiOf: (cluster) => running.get(cluster)?.api,
  };
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
  readonly #running: Map<string, Running>;

  constructor(base: WorldBase, endpoint: ClusterRuntime['endpoint'], running: Map<string, Running>) {
    this.#base = base;
    this.endpoint = endpoint;
    this.#running = running;
  }

  clusterStarted({ name, version, multiNetworking }: Parameters<ClusterRuntime['clusterStarted']>[0]): void {
    const base = this.#base;
    const api = new KubernetesApi(base, name, version);
    const client = (controller: string): KubernetesClient => new KubernetesClient(api, controller);
    const installer = client('gke-addon-manager');
    for (const object of [...systemObjects, ...gatewayDefinitions]) installer.create(object);
    const stops = [
      runDaemonSets(client('daemon-set-controller'), base.clock),
      runKubelets(client('kubelet'), base),
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

const definitionKind = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' };

/** Installs the multi-network kinds; once they are served, GKE's own pair follows and the controller starts. */
function runMultiNetworking(installer: KubernetesClient, controller: KubernetesClient, base: WorldBase): Cancel {
  for (const definition of deviceNetworkDefinitions) installer.create(definition);
  const awaited = new Set(deviceNetworkDefinitions.map(nameOf));
  let stopController: Cancel | undefined;
  const definitions = new Informer(installer, definitionKind, (_type, definition: JsonMap) => {
    if (isEstablished(definition)) awaited.delete(nameOf(definition));
    if (awaited.size > 0 || stopController !== undefined) return;
    stopController = runDeviceNetworks(controller, base);
    for (const object of defaultNetworkPair) installer.create(object);
  });
  return () => {
    definitions.stop();
    stopController?.();
  };
}
