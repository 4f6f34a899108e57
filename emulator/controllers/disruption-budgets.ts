/** Counts what each PodDisruptionBudget allows (pkg/controller/disruption of kubernetes/kubernetes). */
import type { KubernetesClient } from '../kubernetes/client.ts';
import {
  isTerminating,
  type KubernetesObject,
  mapAt,
  namespaceOf,
  numberAt,
  stringsAt,
  textAt,
  valueAt,
} from '../kubernetes/objects.ts';
import { matchesAll, requirementsOf } from '../kubernetes/selectors.ts';
import { rfc3339 } from '../kubernetes/state.ts';
import type { Cancel, WorldClock } from '../world/clock.ts';
import { Informer, keyOf, WorkQueue } from './informer.ts';
import { controllerOf, isFinished, isReady, podKind } from './pods.ts';
import { condition, writeStatus } from './status-writer.ts';
import { numberOrShare } from './templates.ts';

const budgetKind = { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget' };

export function runDisruptionBudgets(client: KubernetesClient, clock: WorldClock): Cancel {
  const controller = new DisruptionController(client, clock);
  return () => controller.stop();
}

class DisruptionController {
  readonly #client: KubernetesClient;
  readonly #clock: WorldClock;
  readonly #queue: WorkQueue;
  readonly #budgets: Informer;
  readonly #pods: Informer;

  constructor(client: KubernetesClient, clock: WorldClock) {
    this.#client = client;
    this.#clock = clock;
    this.#queue = new WorkQueue(clock, (key) => this.#reconcile(key));
    this.#budgets = new Informer(client, budgetKind, (_type, budget) => this.#queue.add(keyOf(budget)));
    this.#pods = new Informer(client, podKind, (_type, pod) => {
      for (const budget of this.#budgets.all()) if (covers(budget, pod)) this.#queue.add(keyOf(budget));
    });
  }

  stop(): void {
    this.#queue.stop();
    this.#budgets.stop();
    this.#pods.stop();
  }

  #reconcile(key: string): void {
    const budget = this.#budgets.get(key);
    if (budget === undefined || isTerminating(budget)) return;
    const pods = this.#pods.all().filter((pod) => covers(budget, pod) && !isFinished(pod));
    const { expectedPods, desiredHealthy } = this.#wanted(budget, pods);
    // What an eviction marked counts as gone until it is going; then it is counted as going.
    const currentHealthy = pods.filter((pod) => isReady(pod) && !isTerminating(pod)).length;
    const disruptionsAllowed = expectedPods > 0 ? Math.max(0, currentHealthy - desiredHealthy) : 0;
    const isAllowed = disruptionsAllowed > 0;
    const now = rfc3339(this.#clock.nowMs());
    const state = { isTrue: isAllowed, reason: isAllowed ? 'SufficientPods' : 'InsufficientPods', message: '', now };
    const observedGeneration = numberAt(budget, 'metadata', 'generation');
    writeStatus(this.#client, budgetKind, budget, {
      observedGeneration,
      expectedPods,
      desiredHealthy,
      currentHealthy,
      disruptionsAllowed,
      conditions: [{ ...condition(budget, 'DisruptionAllowed', state), observedGeneration }],
    });
  }

  /** A plain `minAvailable` needs no owner; shares and `maxUnavailable` are of the size that the owners want. */
  #wanted(budget: KubernetesObject, pods: readonly KubernetesObject[]): Wanted {
    const { minAvailable, maxUnavailable } = mapAt(budget, 'spec');
    if (typeof minAvailable === 'number') return { expectedPods: pods.length, desiredHealthy: minAvailable };
    const expectedPods = this.#ownersSize(pods);
    if (minAvailable !== undefined) {
      return { expectedPods, desiredHealthy: numberOrShare(minAvailable, expectedPods, Math.ceil) };
    }
    const unavailable = numberOrShare(maxUnavailable, expectedPods, Math.ceil);
    return { expectedPods, desiredHealthy: Math.max(0, expectedPods - unavailable) };
  }

  #ownersSize(pods: readonly KubernetesObject[]): number {
    const owners = new Map(pods.map((pod) => [textAt(controllerOf(pod), 'uid'), pod]));
    return [...owners.values()].reduce((sum, pod) => sum + this.#ownerSize(pod), 0);
  }

  #ownerSize(pod: KubernetesObject): number {
    const owner = controllerOf(pod);
    if (owner === undefined) return 1;
    const ref = {
      apiVersion: textAt(owner, 'apiVersion'),
      kind: textAt(owner, 'kind'),
      name: textAt(owner, 'name'),
      namespace: namespaceOf(pod),
    };
    return numberAt(this.#client.get(ref), 'spec', 'replicas');
  }
}

interface Wanted {
  readonly expectedPods: number;
  readonly desiredHealthy: number;
}

/** A budget without a selector covers nothing. */
function covers(budget: KubernetesObject, pod: KubernetesObject): boolean {
  const selector = valueAt(budget, 'spec', 'selector');
  if (selector === undefined || namespaceOf(budget) !== namespaceOf(pod)) return false;
  return matchesAll(requirementsOf(selector), stringsAt(pod, 'metadata', 'labels'));
}
