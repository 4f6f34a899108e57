/**
 * One cluster on a real control plane. What Kubernetes itself does is done by its own programs; what is GKE's, of the nodes and of the
 * serving kinds is done by the same controllers as in an emulated cluster, as clients.
 */
import { installSystemObjects, runMultiNetworking, runServing } from '../controllers/addons.ts';
import { runKubelets } from '../controllers/kubelet.ts';
import { Nodes } from '../controllers/nodes.ts';
import type { PodFacts } from '../controllers/pod-facts.ts';
import { KubernetesClient } from '../kubernetes/client.ts';
import type { Authority } from '../wires/certificates.ts';
import type { WorldBase } from '../world/base.ts';
import type { Cancel } from '../world/clock.ts';
import { clusterPrograms } from './programs.ts';
import { RemoteApi } from './remote-api.ts';
import { type ControlPlane, startControlPlane } from './start.ts';

export interface RealClusterOptions {
  /** Folder of its data and logs. */
  readonly home: string;
  readonly authority: Authority;
  /** Tokens that may do everything. */
  readonly adminTokens?: readonly string[];
  readonly base: WorldBase;
  readonly podFacts?: Partial<PodFacts>;
  /** A program that ended by itself, or a watch that cannot go on. */
  readonly onFailure: (error: Error) => void;
}

export interface RealCluster {
  readonly controlPlane: ControlPlane;
  readonly nodes: Nodes;
  /** Something from outside changes the cluster: the world's time waits for what follows. */
  readonly stir: () => void;
  readonly client: (name: string) => KubernetesClient;
  /** What GKE brings. */
  readonly installAddons: (multiNetworking: boolean) => void;
  readonly stop: () => Promise<void>;
}

export async function startRealCluster(options: RealClusterOptions): Promise<RealCluster> {
  const { home, authority, base, podFacts, onFailure } = options;
  const controlPlane = await startControlPlane({
    home,
    authority,
    adminTokens: options.adminTokens ?? [],
    programs: clusterPrograms,
    onCrash: (message) => onFailure(new Error(message)),
  });
  const { server, caCertificate: ca, tokens } = controlPlane;
  const api = new RemoteApi({ server, ca, token: tokens.admin, webhook: authority, clock: base.clock, onFailure });
  const client = (name: string): KubernetesClient => new KubernetesClient(api, name);
  api.serveWebhook();
  const nodes = new Nodes(client('kubelet'), base);
  const stops: Cancel[] = [
    runKubelets(client('kubelet'), base, podFacts),
    runServing(client, base.clock),
    () => nodes.stop(),
  ];
  const installAddons = (multiNetworking: boolean): void => {
    const installer = client('gke-addon-manager');
    installSystemObjects(installer);
    if (multiNetworking) stops.push(runMultiNetworking(installer, client('gke-network-controller'), base));
  };
  const stop = async (): Promise<void> => {
    for (const stopOne of stops) stopOne();
    await api.close();
    await controlPlane.stop();
  };
  return { controlPlane, nodes, stir: () => api.stir(), client, installAddons, stop };
}
