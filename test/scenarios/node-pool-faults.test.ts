/** One removal and one growth of nodes, with one thing going wrong at each of their effects: the end is always the same. */
import { beforeAll, describe, expect, it } from 'vitest';
import { textAt } from '#shared/domain/compare.ts';
import { type Cut, type Effect, type EffectFault, Effects } from '../support/effects.ts';
import { makePoolFleet } from '../support/pool-fleet.ts';

const MINUTES = 60;

/** A sample of the writes and messages, to keep the suite short; with 1 all of them are played. */
const EVERY = 3;

/** What a run has come to. */
interface End {
  readonly nodes: readonly string[];
  readonly targetSize: number;
  readonly running: number;
  readonly cordoned: number;
  readonly phase: string;
  readonly changes: readonly string[];
}

interface Run {
  readonly end: End;
  readonly effects: Effects;
}

async function play(story: 'removal' | 'growth', cut?: Cut): Promise<Run> {
  const effects = new Effects(cut);
  const fleet = await makePoolFleet({ effects });
  fleet.deploy('llama', 2);
  // On the way down there is one pod more than is asked for: it may be missing for as long as it takes to move.
  await fleet.demand(story === 'removal' ? 1 : 6, 4);
  await fleet.runFor(45 * MINUTES);
  const nodes = await fleet.nodes();
  const isCordoned = (node: object) => (node as { spec?: { unschedulable?: boolean } }).spec?.unschedulable === true;
  return {
    effects,
    end: {
      nodes: nodes.map((node) => textAt(node, 'metadata.name') ?? '').toSorted(),
      targetSize: fleet.targetSize(),
      running: (await fleet.running()).length,
      cordoned: nodes.filter(isCordoned).length,
      phase: (await fleet.progress()).phase,
      changes: fleet.changes(),
    },
  };
}

const faults: readonly EffectFault[] = ['before', 'after', 'late', 'lost', 'stall'];

/** The calls of the story, and a sample of the writes and messages between them and around. */
function pointsOf({ seen }: Effects): { readonly calls: readonly Effect[]; readonly others: readonly Effect[] } {
  const calls = seen.filter(({ kind, label }) => kind === 'call' && /^(sizes|workloads)\./.test(label));
  const from = (calls[0]?.index ?? 0) - 2;
  const to = (calls.at(-1)?.index ?? 0) + 2;
  const around = seen.filter((effect) => effect.kind !== 'call' && effect.index >= from && effect.index <= to);
  const others = around.filter((_, position) => position % EVERY === 0);
  return { calls, others };
}

describe.each(['removal', 'growth'] as const)('a %s of nodes', (story) => {
  let uncut: Run;

  beforeAll(async () => {
    uncut = await play(story);
  }, 60_000);

  it('takes the calls that it should, and each once', () => {
    const labels = pointsOf(uncut.effects).calls.map(({ label }) => label.replace(/gke-demo-\S+|llama-\S+/, '…'));

    expect(labels).toEqual(
      story === 'growth'
        ? ['sizes.setNodesPerZone h200 3']
        : ['workloads.setUnschedulable … true', 'workloads.evict …', 'sizes.deleteInstances …'],
    );
    expect(uncut.end).toMatchObject({ running: 2, cordoned: 0, phase: 'ready' });
    expect(uncut.end.nodes).toHaveLength(story === 'growth' ? 3 : 1);
  });

  it.each(faults)(
    'comes to the same end with `%s` at each of its calls',
    async (fault) => {
      for (const { nth, label } of pointsOf(uncut.effects).calls) {
        const { end, effects } = await play(story, { nth, fault, label });

        expect({ at: label, ...end }).toEqual({ at: label, ...uncut.end });
        expect(effects.struck).toBe(label);
      }
    },
    120_000,
  );

  it('comes to the same end when the process dies at its writes and messages', async () => {
    for (const { nth, label } of pointsOf(uncut.effects).others) {
      const { end, effects } = await play(story, { nth, fault: 'before', label });

      expect({ at: label, ...end }).toEqual({ at: label, ...uncut.end });
      expect(effects.struck).toBe(label);
    }
  }, 120_000);
});
