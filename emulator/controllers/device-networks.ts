/**
 * The controllers of GKE's multi-network objects: GKENetworkParamSets are validated, the Networks that refer to them get
 * `ParamsReady` and `Ready` (pkg/controller/gkenetworkparamset of kubernetes/cloud-provider-gcp; conditions of
 * GoogleCloudPlatform/gke-networking-api apis/network/v1).
 */
import type { KubernetesClient } from '../kubernetes/client.ts';
import {
  isEqual,
  isTerminating,
  type KubernetesObject,
  listAt,
  mapAt,
  mapsAt,
  nameOf,
  numberAt,
  textAt,
  valueAt,
} from '../kubernetes/objects.ts';
import { rfc3339 } from '../kubernetes/state.ts';
import type { WorldBase } from '../world/base.ts';
import type { Cancel } from '../world/clock.ts';
import type { JsonMap } from '../world/json.ts';
import { Informer } from './informer.ts';

const apiVersion = 'networking.gke.io/v1';
const finalizer = 'networking.gke.io/gnp-controller';

/** From a change to the conditions that follow from it, milliseconds; assumed: a few seconds. */
const settleMs = { from: 2_000, to: 6_000 };

export function runDeviceNetworks(client: KubernetesClient, base: WorldBase): Cancel {
  const controller = new DeviceNetworks(client, base);
  return () => controller.stop();
}

/** Looks at a pair some seconds after either half changed. */
class DeviceNetworks {
  readonly #client: KubernetesClient;
  readonly #base: WorldBase;
  readonly #parameters: Informer;
  readonly #networks: Informer;
  /** Names of parameters that are going to be looked at. */
  readonly #timers = new Map<string, Cancel>();

  constructor(client: KubernetesClient, base: WorldBase) {
    this.#client = client;
    this.#base = base;
    const kind = (name: string): { apiVersion: string; kind: string } => ({ apiVersion, kind: name });
    this.#parameters = new Informer(client, kind('GKENetworkParamSet'), (_type, set) => this.#lookAt(nameOf(set)));
    this.#networks = new Informer(client, kind('Network'), (_type, network) => this.#lookAt(parametersOf(network)));
  }

  stop(): void {
    this.#parameters.stop();
    this.#networks.stop();
    for (const cancel of this.#timers.values()) cancel();
  }

  #lookAt(name: string): void {
    if (name === '' || this.#timers.has(name)) return;
    const delayMs = Math.round(this.#base.random.between(settleMs.from, settleMs.to, 'device-network', name));
    const cancel = this.#base.clock.after(delayMs, () => {
      this.#timers.delete(name);
      this.#reconcile(name);
    });
    this.#timers.set(name, cancel);
  }

  #reconcile(name: string): void {
    const set = this.#parameters.get(`/${name}`);
    const network = this.#networks.all().find((candidate) => parametersOf(candidate) === name);
    if (set === undefined) {
      if (network !== undefined) this.#markOrphaned(network, name);
      return;
    }
    if (isTerminating(set)) {
      if (network === undefined) this.#hold(set, false);
      return;
    }
    this.#hold(set, true);
    const problem = this.#problemOf(set);
    const isUsed = problem === undefined && network !== undefined;
    this.#setParameters(set, problem, isUsed ? nameOf(network) : undefined);
    if (isUsed) this.#setNetwork(network, mismatchOf(network, set));
  }

  /** A Network that had parameters loses them; one that waits for its first ones is not touched. */
  #markOrphaned(network: KubernetesObject, name: string): void {
    if (listAt(network, 'status', 'conditions').length === 0) return;
    this.#setNetwork(network, { reason: 'GNPDeleted', message: `GKENetworkParamSet resource was deleted: ${name}` });
  }

  /** Parameters stay until no Network refers to them any more. */
  #hold(set: KubernetesObject, wanted: boolean): void {
    const present = listAt(set, 'metadata', 'finalizers');
    if (present.includes(finalizer) === wanted) return;
    const finalizers = wanted ? [...present, finalizer] : present.filter((one) => one !== finalizer);
    this.#client.patch({ apiVersion, kind: 'GKENetworkParamSet', name: nameOf(set) }, { metadata: { finalizers } });
  }

  /** What is wrong with the parameters themselves. Whether VPC and subnet exist is not looked up here. */
  #problemOf(set: KubernetesObject): Problem | undefined {
    const deviceMode = valueAt(set, 'spec', 'deviceMode');
    const vpcSubnet = textAt(set, 'spec', 'vpcSubnet');
    const hasRanges = listAt(set, 'spec', 'podIPv4Ranges', 'rangeNames').length > 0;
    if (deviceMode === undefined && !hasRanges) {
      const message = 'One of PodIPV4Ranges or DeviceMode must be specified.';
      return { reason: 'SecondaryRangeAndDeviceModeUnspecified', message };
    }
    if (deviceMode !== undefined && hasRanges) {
      const message = 'PodIPv4Ranges and DeviceMode can not be specified at the same time';
      return { reason: 'DeviceModeCantBeUsedWithSecondaryRange', message };
    }
    const created = textAt(set, 'metadata', 'creationTimestamp');
    const older = this.#parameters
      .all()
      .find(
        (other) =>
          deviceMode !== undefined &&
          nameOf(other) !== nameOf(set) &&
          mapAt(other, 'spec')['vpcSubnet'] === vpcSubnet &&
          textAt(other, 'metadata', 'creationTimestamp') < created,
      );
    if (older === undefined) return undefined;
    const message = `GNP with deviceMode can't reference a subnet already in use. Subnet '${vpcSubnet}' is already in use by '${nameOf(older)}'`;
    return { reason: 'DeviceModeSubnetAlreadyInUse', message };
  }

  #setParameters(set: KubernetesObject, problem: Problem | undefined, networkName: string | undefined): void {
    const ready = this.#condition('Ready', problem, 'GNPReady');
    const status = { conditions: merged(set, [ready]), ...(networkName !== undefined && { networkName }) };
    this.#write('GKENetworkParamSet', set, status);
  }

  #setNetwork(network: KubernetesObject, problem: Problem | undefined): void {
    const params = this.#condition('ParamsReady', problem, 'GNPParamsReady');
    const cause = problem === undefined ? undefined : { reason: 'ParamsNotReady', message: problem.message };
    const ready = this.#condition('Ready', cause, 'NetworkReady');
    this.#write('Network', network, { conditions: merged(network, [params, ready]) });
  }

  #condition(type: string, problem: Problem | undefined, goodReason: string): JsonMap {
    const lastTransitionTime = rfc3339(this.#base.clock.nowMs());
    if (problem === undefined) return { type, status: 'True', reason: goodReason, message: '', lastTransitionTime };
    return { type, status: 'False', ...problem, lastTransitionTime };
  }

  #write(kind: string, object: KubernetesObject, status: JsonMap): void {
    if (isEqual({ ...mapAt(object, 'status'), ...status }, mapAt(object, 'status'))) return;
    this.#client.patchStatus({ apiVersion, kind, name: nameOf(object) }, status);
  }
}

/** Reason and message of a condition that is False. */
interface Problem {
  readonly reason: string;
  readonly message: string;
}

function parametersOf(network: KubernetesObject): string {
  return textAt(network, 'spec', 'parametersRef', 'name');
}

/** What is wrong with the two together. */
function mismatchOf(network: KubernetesObject, set: KubernetesObject): Problem | undefined {
  const type = textAt(network, 'spec', 'type');
  if (type === 'Device' && textAt(set, 'spec', 'deviceMode') === '') {
    return {
      reason: 'DeviceModeMissing',
      message: 'Device type network requires device mode to be specified in params',
    };
  }
  if (type === 'L3' && listAt(set, 'spec', 'podIPv4Ranges', 'rangeNames').length === 0) {
    const message =
      'L3 type network referring to params with (VPC + VPCSUbnet) pair requires secondary range to be specified in params';
    return { reason: 'L3SecondaryMissing', message };
  }
  return undefined;
}

/** The object's conditions with some replaced. One that keeps its status keeps its transition time. */
function merged(object: KubernetesObject, conditions: readonly JsonMap[]): JsonMap[] {
  const before = mapsAt(object, 'status', 'conditions');
  const observedGeneration = numberAt(object, 'metadata', 'generation');
  const renewed = conditions.map((condition) => {
    const known = before.find((candidate) => candidate['type'] === condition['type']);
    const isSame = known !== undefined && known['status'] === condition['status'];
    const lastTransitionTime = isSame ? known['lastTransitionTime'] : condition['lastTransitionTime'];
    return { ...condition, lastTransitionTime, observedGeneration };
  });
  const others = before.filter((known) => !conditions.some((condition) => condition['type'] === known['type']));
  return [...others, ...renewed];
}
