/** What the GPUs of a service may cost. The cap stops growth; it takes nothing away. */
import { type Draft, limitTo } from './recommend.ts';

/** Drafts of all roles. An unknown price of any of them means that the cost of more is unknown too: nothing grows. */
export function applySpendCap(drafts: readonly Draft[], capUsdPerHour: number | undefined): readonly Draft[] {
  if (capUsdPerHour === undefined || !drafts.some(grows)) return drafts;
  const unpriced = drafts.find(({ role }) => role.usdPerGpuHour === undefined);
  if (unpriced !== undefined) {
    const formula = `the price of ${unpriced.role.role}'s GPUs is unknown (state usdPerGpuHour of the role), the cap is ${capUsdPerHour.toFixed(2)} USD/h`;
    return drafts.map((draft) =>
      grows(draft) ? limitTo(draft, draft.role.currentReplicas, { by: 'priceUnknown', formula }) : draft,
    );
  }
  const granted = grant(drafts, capUsdPerHour);
  const usdPerHour = granted.reduce((sum, replicas, at) => sum + replicas * priceOf(drafts[at]), 0);
  return drafts.map((draft, at) => {
    const replicas = granted[at] ?? draft.desiredReplicas;
    if (replicas === draft.desiredReplicas) return draft;
    const formula = `${draft.desiredReplicas} wanted; all roles at ${usdPerHour.toFixed(2)} of at most ${capUsdPerHour.toFixed(2)} USD/h`;
    return limitTo(draft, replicas, { by: 'spendCap', formula });
  });
}

/** One replica at a time to whoever has the smallest part of what it wants; decode first, since prefill waits for it and not the reverse. */
function grant(drafts: readonly Draft[], capUsdPerHour: number): readonly number[] {
  const sizes = drafts.map(({ role, desiredReplicas }) => Math.min(role.currentReplicas, desiredReplicas));
  let usdPerHour = sizes.reduce((sum, replicas, at) => sum + replicas * priceOf(drafts[at]), 0);
  for (;;) {
    const next = drafts
      .map((draft, at) => ({ draft, at, size: sizes[at] ?? 0 }))
      .filter(({ draft, size }) => size < draft.desiredReplicas && usdPerHour + priceOf(draft) <= capUsdPerHour)
      .sort((a, b) => share(a) - share(b) || rank(a.draft) - rank(b.draft))[0];
    if (next === undefined) return sizes;
    sizes[next.at] = next.size + 1;
    usdPerHour += priceOf(next.draft);
  }
}

const share = ({ draft, size }: { readonly draft: Draft; readonly size: number }) => size / draft.desiredReplicas;
const rank = ({ role }: Draft) => (role.role === 'decode' ? 0 : 1);

/** USD an hour of one replica. */
function priceOf(draft: Draft | undefined): number {
  return (draft?.role.usdPerGpuHour ?? 0) * (draft?.role.gpusPerReplica ?? 0);
}

function grows({ role, desiredReplicas }: Draft): boolean {
  return desiredReplicas > role.currentReplicas;
}
