/** How long the stages of a pod take. A pod's annotations say it for that pod, in seconds; scenarios use them. */
import { type KubernetesObject, mapAt, mapsAt, nameOf, textAt } from '../kubernetes/objects.ts';
import type { KeyedRandom } from '../world/random.ts';
import { controllerOf, nodeNameOf } from './pods.ts';
import { requestsOf } from './quantities.ts';

interface RangeMs {
  readonly from: number;
  readonly to: number;
}

export interface PodFacts {
  /** Starting the containers of a pod whose image is small, or on the node already. */
  readonly start: RangeMs;
  /** One init container, its image included. */
  readonly init: RangeMs;
  /** The image of a model server, once for each node. */
  readonly modelImage: RangeMs;
  /** From a running model server to one that is ready: weights, graphs, warm-up. */
  readonly modelLoad: RangeMs;
  /** From SIGTERM to the end of all containers; never longer than the grace period. */
  readonly drain: RangeMs;
}

/**
 * All assumed. The RDMA installer, one init container, takes about 40 s with `start` and `init` (llm-d and cluster-toolkit wait for it
 * in minutes). Images of vLLM have some 10 GB; startup probes of llm-d's guides leave a model server up to 60 min, and large models
 * are known to take minutes.
 */
export const assumedPodFacts: PodFacts = {
  start: { from: 10_000, to: 15_000 },
  init: { from: 20_000, to: 35_000 },
  modelImage: { from: 90_000, to: 150_000 },
  modelLoad: { from: 150_000, to: 240_000 },
  drain: { from: 1_000, to: 5_000 },
};

/** Annotations of a pod (or its template) that set a stage to so many seconds. */
export const stageAnnotations = {
  /** From being bound to running, whatever is on the node. */
  start: 'local-cloud/start-seconds',
  /** From running to ready; 0: at once. */
  load: 'local-cloud/load-seconds',
  drain: 'local-cloud/drain-seconds',
} as const;

/** Durations of one pod's stages; drawn by what the pod is, so that every run of a seed draws the same. */
export class PodStages {
  readonly #random: KeyedRandom;
  readonly #facts: PodFacts;
  /** `<node> <image>` of what has been pulled. */
  readonly #pulled = new Set<string>();

  constructor(random: KeyedRandom, facts: PodFacts) {
    this.#random = random;
    this.#facts = facts;
  }

  /** From being bound to running containers. Init containers run one after another, sidecars start and stay. */
  startMs(pod: KubernetesObject): number {
    const annotated = annotatedMs(pod, stageAnnotations.start);
    if (annotated !== undefined) return annotated;
    const inits = mapsAt(pod, 'spec', 'initContainers').filter((one) => one['restartPolicy'] !== 'Always');
    const initMs = inits.map((container) => this.#draw(this.#facts.init, pod, textAt(container, 'name')));
    return initMs.reduce((sum, one) => sum + one, this.#draw(this.#facts.start, pod, 'start') + this.#pullMs(pod));
  }

  loadMs(pod: KubernetesObject): number {
    const annotated = annotatedMs(pod, stageAnnotations.load);
    return annotated ?? (isModelServer(pod) ? this.#draw(this.#facts.modelLoad, pod, 'load') : 0);
  }

  drainMs(pod: KubernetesObject): number {
    return annotatedMs(pod, stageAnnotations.drain) ?? this.#draw(this.#facts.drain, pod, 'drain');
  }

  #pullMs(pod: KubernetesObject): number {
    if (!isModelServer(pod)) return 0;
    const images = mapsAt(pod, 'spec', 'containers').map((container) => textAt(container, 'image'));
    const missing = images.map((image) => `${nodeNameOf(pod)} ${image}`).filter((key) => !this.#pulled.has(key));
    for (const key of missing) this.#pulled.add(key);
    return missing.length === 0 ? 0 : this.#draw(this.#facts.modelImage, pod, 'image');
  }

  /** Of a DaemonSet by node and owner, as one pod's name says nothing; of everything else by the name. */
  #draw(range: RangeMs, pod: KubernetesObject, stage: string): number {
    const owner = controllerOf(pod);
    const who = owner?.['kind'] === 'DaemonSet' ? textAt(owner, 'name') : nameOf(pod);
    return Math.round(this.#random.between(range.from, range.to, 'pod', nodeNameOf(pod), who, stage));
  }
}

/** Here a pod with GPUs of its own serves a model. */
const isModelServer = (pod: KubernetesObject): boolean => requestsOf(mapAt(pod, 'spec')).has('nvidia.com/gpu');

function annotatedMs(pod: KubernetesObject, annotation: string): number | undefined {
  const text = textAt(pod, 'metadata', 'annotations', annotation);
  return text === '' ? undefined : Number(text) * 1000;
}
