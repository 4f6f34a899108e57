/**
 * Which pods of a role should go when it shrinks, so that what is left shares nodes and whole nodes become free. Pure.
 *
 * A ReplicaSet's controller takes pods by stage, and within a stage the cheaper to delete first (`ActivePodsWithRanks` in
 * kubernetes/kubernetes pkg/controller/controller_utils.go). So of each stage but the last one all go, and only within that one is there
 * anything to choose. First row that matches goes first; of equal nodes the first by name, so that two roles choose alike:
 *   | the pod's node                              | order                                               |
 *   | is cordoned: it goes, or a person drains it | first                                               |
 *   | is held by no other GPU pod                 | fewest GPUs of this role first: it is emptied soonest |
 *   | is held by others                           | fewest GPUs that have to stay, then fewest in all   |
 * Example: one of a: 1 decode; b: 1 decode beside a prefill; c: 2 decode goes: the one on a, and a is free.
 */

/** How far a pod has come; the controller takes the first of them first. */
export const podStages = ['unscheduled', 'pending', 'notReady', 'ready'] as const;
export type PodStage = (typeof podStages)[number];

export interface RolePod {
  readonly name: string;
  readonly stage: PodStage;
  /** Absent: none yet. */
  readonly node?: string;
  readonly gpus: number;
}

/** Somebody else's GPUs: of another role, another service, or nobody that is known. */
export interface OtherPod {
  readonly node: string;
  readonly gpus: number;
  /** Of a role that shrinks too: its node may be left by it in the same moment. */
  readonly mayGo: boolean;
}

export interface RemovalQuestion {
  /** All of the role that are not leaving already. */
  readonly pods: readonly RolePod[];
  /** On nodes, and not leaving already. */
  readonly others: readonly OtherPod[];
  /** Nodes that take no pods any more. */
  readonly cordoned: ReadonlySet<string>;
  /** How many are to go. */
  readonly remove: number;
}

export interface Removal {
  /** Names of all that go, in the order in which they do. */
  readonly gone: readonly string[];
  /** Those of them that would not go by themselves; empty: there is nothing to choose. */
  readonly chosen: readonly string[];
  /** Nodes on which no GPU pod is left by it, by name. */
  readonly emptied: readonly string[];
}

export function chooseReplicasToRemove(question: RemovalQuestion): Removal {
  const gone: RolePod[] = [];
  let chosen: readonly RolePod[] = [];
  for (const stage of podStages) {
    const left = Math.max(0, question.remove - gone.length);
    const candidates = question.pods.filter((pod) => pod.stage === stage);
    if (candidates.length <= left) {
      gone.push(...candidates);
      continue;
    }
    const order = inOrder(candidates, staying(question, gone, stage), question.cordoned);
    const first = order.slice(0, left);
    // On one node, or on none, any of them is as good as the other.
    const hasChoice = new Set(candidates.map(({ node }) => node)).size > 1;
    chosen = hasChoice ? first : [];
    gone.push(...first);
    break;
  }
  return {
    gone: gone.map(({ name }) => name),
    chosen: chosen.map(({ name }) => name),
    emptied: emptiedNodes(question, gone),
  };
}

/** What else holds nodes while candidates of one stage are compared: others, and pods of the role that come later by their stage. */
function staying({ pods, others }: RemovalQuestion, gone: readonly RolePod[], stage: PodStage): readonly OtherPod[] {
  const own = pods.filter((pod) => pod.stage !== stage && !gone.includes(pod));
  return [...others, ...own.flatMap(({ node, gpus }) => (node === undefined ? [] : [{ node, gpus, mayGo: false }]))];
}

/** One node, as far as it matters for the order; smaller goes first. */
interface Hold {
  readonly own: number;
  readonly others: number;
  readonly fixed: number;
}

function inOrder(
  candidates: readonly RolePod[],
  others: readonly OtherPod[],
  cordoned: ReadonlySet<string>,
): readonly RolePod[] {
  const holds = new Map(candidates.map(({ node }) => [node, holdOf(node, candidates, others)]));
  const rank = ({ node, name }: RolePod) => {
    const { own, others: held, fixed } = holds.get(node) ?? { own: 0, others: 0, fixed: 0 };
    const isCordoned = node !== undefined && cordoned.has(node);
    return { numbers: [isCordoned ? 0 : 1, held === 0 ? 0 : 1, fixed, own + held], texts: [node ?? '', name] };
  };
  return candidates
    .map((pod) => ({ pod, rank: rank(pod) }))
    .toSorted((a, b) => compare(a.rank.numbers, b.rank.numbers) || compare(a.rank.texts, b.rank.texts))
    .map(({ pod }) => pod);
}

function holdOf(node: string | undefined, candidates: readonly RolePod[], others: readonly OtherPod[]): Hold {
  const beside = others.filter((pod) => pod.node === node);
  return {
    own: sumGpus(candidates.filter((pod) => pod.node === node)),
    others: sumGpus(beside),
    fixed: sumGpus(beside.filter(({ mayGo }) => !mayGo)),
  };
}

function sumGpus(pods: readonly { readonly gpus: number }[]): number {
  return pods.reduce((sum, { gpus }) => sum + gpus, 0);
}

function compare<T extends number | string>(left: readonly T[], right: readonly T[]): number {
  for (const [index, one] of left.entries()) {
    const other = right[index];
    if (other === undefined || one === other) continue;
    return one < other ? -1 : 1;
  }
  return 0;
}

function emptiedNodes({ pods, others }: RemovalQuestion, gone: readonly RolePod[]): readonly string[] {
  const held = new Set([...others, ...pods.filter((pod) => !gone.includes(pod))].map(({ node }) => node));
  const left = gone.flatMap(({ node }) => (node === undefined || held.has(node) ? [] : [node]));
  return [...new Set(left)].toSorted();
}
