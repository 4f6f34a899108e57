/** What tells a role's pods from those of strangers, for whoever counts them on a pool's nodes. Pure. */

/** Only leaders serve and are selected; nodes are needed for the workers as well (kubernetes-sigs/lws api/leaderworkerset/v1, labels). */
const WORKER_INDEX = 'leaderworkerset.sigs.k8s.io/worker-index';

/**
 * The equalities of a selector (`app=llama,tier in (a,b)` → `app`); undefined: it has none. What is left out selects less, so a
 * stranger's pod has to bear all of these to be taken for one.
 */
export function demandLabels(podSelector: string | undefined): Readonly<Record<string, string>> | undefined {
  // Values in brackets hold commas, and no equality.
  const parts = (podSelector ?? '').replaceAll(/\([^)]*\)/g, '').split(',');
  const pairs = parts.flatMap((part): [string, string][] => {
    const [, key = '', value = ''] = /^\s*([^\s=!]+)\s*==?\s*([^\s=]*)\s*$/.exec(part) ?? [];
    return key === '' || key === WORKER_INDEX ? [] : [[key, value]];
  });
  return pairs.length === 0 ? undefined : Object.fromEntries(pairs);
}
