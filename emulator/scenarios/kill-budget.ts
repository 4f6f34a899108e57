/** How many kills each part of a build gets, so that none of them is spared. Pure. */
import type { JournalEntry } from '../world/journal.ts';

/** Parts of a build in their order, by what the functions have changed last. */
export type Phase = 'networks' | 'cluster creation' | 'in-cluster objects' | 'pool creation' | 'readiness';

/**
 * Kills up to the end of each phase. What a short phase has left over falls to the next one, and none can use up what is kept for those
 * that follow. The two creations take nearly all the time of a build, the others make nearly all the changes.
 */
export const killsUntilEndOf: Readonly<Record<Phase, number>> = {
  networks: 8,
  'cluster creation': 16,
  'in-cluster objects': 22,
  'pool creation': 32,
  readiness: 36,
};

/** The change that each phase begins with. */
const beginnings: readonly {
  readonly phase: Phase;
  readonly isBegunBy: (change: Pick<JournalEntry, 'service' | 'method'>) => boolean;
}[] = [
  { phase: 'cluster creation', isBegunBy: ({ method }) => method === 'createCluster' },
  { phase: 'in-cluster objects', isBegunBy: ({ service }) => service === 'kubernetes' },
  { phase: 'pool creation', isBegunBy: ({ method }) => method === 'createNodePool' },
  // The installer is the first thing that is put into the cluster once the pool stands.
  { phase: 'readiness', isBegunBy: ({ service }) => service === 'kubernetes' },
];

/** Phase that a build with these changes is in. A phase begins only after the one before it. */
export function phaseAfter(changes: readonly Pick<JournalEntry, 'service' | 'method'>[]): Phase {
  let begun = 0;
  for (const change of changes) if (beginnings[begun]?.isBegunBy(change) === true) begun++;
  return beginnings[begun - 1]?.phase ?? 'networks';
}

/** Whether one more kill leaves enough for the phases that follow. Example: 16 kills are enough until something is in the cluster. */
export function mayKill(phase: Phase, kills: number): boolean {
  return kills < killsUntilEndOf[phase];
}
