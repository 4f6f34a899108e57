/** Alerts are hints: however they come, a look a pace is all they cost, and what they say decides nothing. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '#shared/domain/json.ts';
import { collections, MessageRecord } from '#shared/ledger/records.ts';
import { makeOverride } from '../support/make-command.ts';
import { alertOf, looks, patches, sizes } from '../support/scaling-story.ts';
import { makeServedFleet, type ServedFleet } from '../support/served-fleet.ts';

const SUBSCRIPTION = 'projects/demo/subscriptions/inference-fleet-intake-alerts';

const alertRecords = async ({ ledger }: ServedFleet) =>
  (await ledger.find(collections.messages, { limit: 1_000 }))
    .map(({ value }) => MessageRecord.parse(value))
    .filter(({ kind }) => kind === 'Alert');

describe('an alert while nobody looks by himself', () => {
  let fleet: ServedFleet;

  beforeAll(async () => {
    // Without timers only the tick looks, once a minute.
    fleet = await makeServedFleet({ nodes: 1, requestsPerSecond: 0.2, lostTimers: true });
    await fleet.runFor(90);
  }, 60_000);

  /** Looks of ten seconds in the middle of a minute. */
  async function looksAfter(publish: () => void): Promise<number> {
    const second = (fleet.world.clock.nowMs() / 1000) % 60;
    await fleet.runFor(90 - second);
    const before = looks(fleet).length;
    publish();
    await fleet.runFor(10);
    return looks(fleet).length - before;
  }

  it.each<{ readonly name: string; readonly alerts: readonly JsonObject[]; readonly cost: number }>([
    { name: 'nothing: nobody looks', alerts: [], cost: 0 },
    { name: 'one that opens', alerts: [alertOf('one')], cost: 1 },
    { name: 'the same one three times', alerts: [alertOf('two'), alertOf('two'), alertOf('two')], cost: 1 },
    {
      name: 'its end before its beginning',
      alerts: [alertOf('three', { state: 'closed', ended_at: 1_767_225_700 }), alertOf('three')],
      cost: 1,
    },
    { name: 'one that is repeated', alerts: [alertOf('four', { renotify: true })], cost: 1 },
    { name: 'one of five minutes ago', alerts: [alertOf('five', { started_at: 1_767_225_300 })], cost: 1 },
    { name: 'one of an unknown version that names its target', alerts: [alertOf('six', {}, '9.9')], cost: 1 },
    { name: 'a try of the channel', alerts: [alertOf('seven', {}, 'test')], cost: 0 },
    {
      name: 'one about a model that nobody has published',
      alerts: [
        alertOf('eight', {
          policy_user_labels: { fleet_cluster: 'demo', fleet_namespace: 'serving', fleet_model: 'other' },
        }),
      ],
      cost: 0,
    },
    { name: 'one that names no target', alerts: [alertOf('nine', { policy_user_labels: { team: 'a' } })], cost: 0 },
  ])('$name costs $cost looks', async ({ alerts, cost }) => {
    const counted = await looksAfter(() => {
      for (const alert of alerts) fleet.alert(alert);
    });

    expect(counted).toBe(cost);
    expect(patches(fleet)).toEqual([]);
  });

  it('is kept with what it said, and what could not be followed is put aside with a reason', async () => {
    const records = await alertRecords(fleet);

    const refused = records.filter(({ phase }) => phase === 'refused').map(({ reason }) => reason);
    expect(records.every(({ phase }) => phase === 'done' || phase === 'refused')).toBe(true);
    expect(refused).toEqual([
      expect.stringContaining('names model/demo/serving/other, which is not known'),
      expect.stringContaining('names no target'),
    ]);
    expect(fleet.deadLetters.map(({ reason }) => reason)).toEqual(refused);
  });

  it('is delivered twice, late and out of order without a second cost', async () => {
    fleet.world.pubsub.disturb((subscription) => subscription === SUBSCRIPTION, { duplicate: true, reorder: true });

    const counted = await looksAfter(() => {
      for (const state of ['open', 'closed', 'open']) fleet.alert(alertOf('ten', { state }));
    });

    expect(fleet.world.pubsub.counts.duplicates).toBe(3);
    expect(counted).toBe(1);
    expect(fleet.deadLetters).toHaveLength(2);
  });
});

it('a thousand alerts in the middle of a change cost a look per 15 s and one patch', async () => {
  const fleet = await makeServedFleet({ nodes: 1, requestsPerSecond: 0.2 });
  await fleet.runFor(20);
  const before = looks(fleet).length;

  fleet.publish(makeOverride({ sizes: { prefill: 2 } }));
  for (let count = 0; count < 1_000; count++) fleet.alert(alertOf(`i-${count}`));
  await fleet.runFor(60);

  // One more than the pace: the command itself is looked at at once.
  expect(looks(fleet).length - before).toBeLessThanOrEqual(5);
  expect(patches(fleet)).toEqual(['llama-70b-prefill']);
  expect(await sizes(fleet)).toEqual({ prefill: 2, decode: 1 });
}, 60_000);
