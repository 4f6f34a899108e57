/** One removal and one growth of nodes, with one thing going wrong at each of their effects: the end is always the same. */
import { beforeAll, describe, expect, it } from 'vitest';
import { textAt } from '#shared/domain/compare.ts';
import { type Cut, type Effect, type EffectFault, Effects } from '../support/effects.ts';
import { makePoolFleet } from '../support/pool-fleet.ts';

const MINUTES = 60;

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
  await fleet.demand(story === 'removal' ? 2 : 6, 4);
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

/** The calls of the story, and every write and message between them and around. */
function pointsOf({ seen }: Effects): { readonly calls: readonly Effect[]; readonly others: readonly Effect[] } {
  const calls = seen.filter(({ kind, label }) => kind === 'call' && /^(sizes|workloads)\./.test(label));
  const from = (calls[0]?.index ?? 0) - 2;
  const to = (calls.at(-1)?.index ?? 0) + 2;
  const others = seen.filter((effect) => effect.kind !== 'call' && effect.index >= from && effect.index <= to);
  return { calls, others };
}

describe.each(['removal', 'growth'] as const)('a %s of nodes', (story) => {
  let uncut: Run;

  beforeAll(async () => {
    uncut = await play(story);
  }, 60_000);

  it('takes the calls that it should, and each once', () => {
    const { calls } = pointsOf(uncut.effects);
    const [first = ''] =
      /\S+$/.exec(calls.find(({ label }) => label.startsWith('sizes.deleteInstances'))?.label ?? '') ?? [];

    expect(calls.map(({ label }) => label.replace(first, 'N').replace(/llama-\S+/, 'P'))).toEqual(
      story === 'growth'
        ? ['sizes.setNodesPerZone h200 3']
        : ['workloads.setUnschedulable N true', 'workloads.evict P', 'sizes.deleteInstances N'],
    );
    expect(uncut.end).toMatchObject({ running: 2, cordoned: 0, phase: 'ready' });
    expect(uncut.end.nodes).toHaveLength(story === 'growth' ? 3 : 1);
  });

  it.each(faults)(
    'comes to the same end with `%s` at each of its calls',
    async (fault) => {
      for (const { index, label } of pointsOf(uncut.effects).calls) {
        const { end, effects } = await play(story, { index, fault, label });

        expect({ at: label, ...end }).toEqual({ at: label, ...uncut.end });
        expect(effects.struck).toBe(label);
      }
    },
    120_000,
  );

  it('comes to the same end when the process dies around each of its writes and messages', async () => {
    for (const { index, label } of pointsOf(uncut.effects).others) {
      const { end, effects } = await play(story, { index, fault: 'before', label });

      expect({ at: label, ...end }).toEqual({ at: label, ...uncut.end });
      expect(effects.struck).toBe(label);
    }
  }, 120_000);
});
