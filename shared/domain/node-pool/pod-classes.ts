/** Which demand a pod belongs to. Pure. */
import { isLeavingPod, type PoolNode } from './node-states.ts';
import type { DemandFacts, PendingPod, PodOnNode } from './types.ts';

/** Pods that nothing tells apart: those that one line of a demand selects, or else those of one namespace and size. */
export interface PodClass {
  /** Of each pod that is asked for. */
  readonly gpus: number;
  /** Labels of its pods, by which no stranger's pod is taken for one; undefined: namespace and GPUs are all that is known. */
  readonly labels: Readonly<Record<string, string>> | undefined;
  readonly namespace: string;
  readonly wanted: readonly string[];
  /** When what is wanted last changed; 0: nobody wants any. */
  readonly changedAtMs: number;
  readonly settled: PodOnNode[];
  readonly moving: PodOnNode[];
  /** Being deleted for too long: they serve nobody, and hold what they have. */
  readonly stuck: PodOnNode[];
  readonly pending: PendingPod[];
}

export interface PodsFacts {
  readonly nowMs: number;
  readonly nodes: readonly PoolNode[];
  readonly pendingPods: readonly PendingPod[];
  readonly demands: readonly DemandFacts[];
}

/** Pods without GPUs take no node, so they are of no class. */
export function classifyPods({ nowMs, nodes, pendingPods, demands }: PodsFacts): readonly PodClass[] {
  const classes = wantedClasses(demands);
  const classOf = (pod: PendingPod): PodClass => {
    const known = findClass(classes, pod);
    if (known !== undefined) return known;
    const { namespace, gpus } = pod;
    const fresh = makeClass({ namespace, gpus, labels: undefined, wanted: [], changedAtMs: 0 });
    classes.push(fresh);
    return fresh;
  };
  for (const { state, pods } of nodes.filter((node) => node.state !== 'leaving')) {
    for (const pod of pods.filter((one) => one.gpus > 0 && !isLeavingPod(one, nowMs))) {
      const { stuck, moving, settled } = classOf(pod);
      const place = pod.terminatesAtMs !== undefined ? stuck : state === 'chosen' ? moving : settled;
      place.push(pod);
    }
  }
  for (const pod of pendingPods.filter(({ gpus }) => gpus > 0)) classOf(pod).pending.push(pod);
  return classes;
}

type Wanted = Pick<PodClass, 'namespace' | 'gpus' | 'labels' | 'wanted' | 'changedAtMs'>;

function makeClass(wanted: Wanted): PodClass {
  return { ...wanted, settled: [], moving: [], stuck: [], pending: [] };
}

/** What the demands ask for, as classes without pods yet. */
export function wantedClasses(demands: readonly DemandFacts[]): PodClass[] {
  const found = new Map<string, Wanted>();
  for (const { namespace, items, decidedAtMs } of demands) {
    for (const { what, pods, gpusPerPod, labels } of items) {
      const gpus = Math.ceil(gpusPerPod);
      const selected = Object.entries(labels ?? {}).map(([name, value]) => `${name}=${value}`);
      const key = [namespace, gpus, ...selected.toSorted()].join(',');
      const known = found.get(key);
      found.set(key, {
        namespace,
        gpus,
        labels,
        wanted: [...(known?.wanted ?? []), ...Array.from({ length: pods }, () => what)],
        changedAtMs: Math.max(known?.changedAtMs ?? 0, decidedAtMs),
      });
    }
  }
  return [...found.values()].filter(({ gpus }) => gpus > 0).map(makeClass);
}

/** Labels before size, more labels before fewer; among equals the one that asks for as many GPUs as the pod has. */
export function findClass(classes: readonly PodClass[], pod: PendingPod): PodClass | undefined {
  const rank = ({ labels, gpus }: PodClass) => Object.keys(labels ?? {}).length * 2 + (gpus === pod.gpus ? 1 : 0);
  return classes
    .filter((one) => one.namespace === pod.namespace && hasPod(one, pod))
    .toSorted((a, b) => rank(b) - rank(a))[0];
}

function hasPod({ labels, gpus }: PodClass, pod: PendingPod): boolean {
  if (labels === undefined) return gpus === pod.gpus;
  return Object.entries(labels).every(([key, value]) => pod.labels?.[key] === value);
}
