/** What GKE puts into a cluster and runs there, and the controllers of serving kinds: the same whatever API server it is. */
import type { KubernetesClient } from '../kubernetes/client.ts';
import { KubernetesCallError } from '../kubernetes/client-types.ts';
import { nameOf } from '../kubernetes/objects.ts';
import type { WorldBase } from '../world/base.ts';
import type { Cancel, WorldClock } from '../world/clock.ts';
import { deviceNetworkDefinitions, gatewayDefinitions } from './custom-definitions.ts';
import { runDeviceNetworks } from './device-networks.ts';
import { runDisaggregatedSets } from './disaggregated-sets.ts';
import { runLeaderWorkerSets } from './leader-worker-sets.ts';
import { defaultNetworkPair, systemObjects } from './system-objects.ts';
import { whenServed } from './when-served.ts';

/** A real API server makes some of them itself: the namespaces and priorities of Kubernetes. */
export function installSystemObjects(installer: KubernetesClient): void {
  for (const object of [...systemObjects, ...gatewayDefinitions]) {
    try {
      installer.create(object);
    } catch (thrown) {
      if (!(thrown instanceof KubernetesCallError && thrown.reason === 'AlreadyExists')) throw thrown;
    }
  }
}

/** Installs the multi-network kinds; once they are served, GKE's own pair follows and the controller starts. */
export function runMultiNetworking(installer: KubernetesClient, controller: KubernetesClient, base: WorldBase): Cancel {
  for (const definition of deviceNetworkDefinitions) installer.create(definition);
  return whenServed(installer, deviceNetworkDefinitions.map(nameOf), () => {
    const stop = runDeviceNetworks(controller, base);
    for (const object of defaultNetworkPair) installer.create(object);
    return stop;
  });
}

/** The controllers of serving kinds, which come with their definitions (see `installServingKinds`). */
export function runServing(client: (controller: string) => KubernetesClient, clock: WorldClock): Cancel {
  const stops = [
    whenServed(client('lws'), [leaderWorkerSetDefinition], () => runLeaderWorkerSets(client('lws'), clock)),
    whenServed(client('lws'), [leaderWorkerSetDefinition, ...disaggregatedDefinitions], () =>
      runDisaggregatedSets(client('disaggregatedset-controller'), clock),
    ),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

const leaderWorkerSetDefinition = 'leaderworkersets.leaderworkerset.x-k8s.io';
const disaggregatedDefinitions = [
  'disaggregatedsets.disaggregatedset.x-k8s.io',
  'disaggregatedsetrolescalers.disaggregatedset.x-k8s.io',
];
