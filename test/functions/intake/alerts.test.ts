import { beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '#shared/domain/json.ts';
import { AutomationError } from '#shared/errors.ts';
import { WakeRecord, wakeKey } from '#shared/ledger/records.ts';
import type { Ledger } from '#shared/ports/ledger.ts';
import { parseAlert } from '../../../functions/intake/alert.ts';
import type { IntakePorts } from '../../../functions/intake/ports.ts';
import { makeModelServiceDocument } from '../../support/make-model-service.ts';
import { makeBench, subscription } from './intake-bench.ts';

const alerts = 'projects/p/subscriptions/inference-fleet-intake-alerts';
const model = 'model/demo/serving/llama-70b';
const wake = { automation: 'scale-replicas', target: model };
const labels = { fleet_cluster: 'demo', fleet_namespace: 'serving', fleet_model: 'llama-70b' };

/** Shaped as the page "Create and manage notification channels" shows version 1.2. */
function makeAlert(incident: JsonObject = {}, over: JsonObject = {}): JsonObject {
  return {
    version: '1.2',
    incident: {
      incident_id: '0.n1abc',
      scoping_project_id: 'p',
      scoping_project_number: 12,
      url: 'https://console.cloud.google.com/monitoring/alerting/alerts/0.n1abc',
      started_at: 1_700_000_000,
      ended_at: null,
      state: 'open',
      policy_name: 'queue depth',
      policy_user_labels: labels,
      condition_name: 'held requests',
      threshold_value: '0.8',
      observed_value: '0.93',
      summary: 'held requests is met',
      ...incident,
    },
    ...over,
  };
}

describe('a notification', () => {
  it.each([
    { name: 'open', alert: makeAlert(), state: 'open' },
    { name: 'closed', alert: makeAlert({ state: 'closed', ended_at: '1700000100' }), state: 'closed' },
    { name: 'repeated', alert: makeAlert({ renotify: true }), state: 'renotified' },
    { name: 'repeated, in a text', alert: makeAlert({ renotify: 'true' }), state: 'renotified' },
    { name: 'in capitals', alert: makeAlert({ state: 'OPEN' }), state: 'open' },
    { name: 'in a state of a later day', alert: makeAlert({ state: 'acknowledged' }), state: 'acknowledged' },
    { name: 'without a state', alert: makeAlert({ state: null }), state: 'unknown' },
    { name: 'of a later version', alert: makeAlert({}, { version: '2.0' }), state: 'open' },
    { name: 'of a version that is a number', alert: makeAlert({}, { version: 1.2 }), state: 'open' },
    {
      name: 'with nothing but what names its target',
      alert: { version: 'x', incident: { policy_user_labels: labels } },
      state: 'unknown',
    },
  ])('$name is a hint', ({ alert, state }) => {
    expect(parseAlert(alert)).toMatchObject({ kind: 'hint', target: model, notice: { state } });
  });

  it.each([
    { given: labels, target: model },
    { given: { fleet_cluster: 'demo', fleet_pool: 'h200' }, target: 'pool/demo/h200' },
    { given: { fleet_cluster: 'demo', team: 'a' }, target: 'cluster/demo' },
  ])('names $target by its labels', ({ given, target }) => {
    expect(parseAlert(makeAlert({ policy_user_labels: given }))).toMatchObject({ kind: 'hint', target });
  });

  it.each([
    {
      name: 'no labels',
      given: {},
      reason:
        'the alert policy queue depth names no target: it has no user labels that begin with fleet_; set fleet_cluster alone, ',
    },
    { name: 'labels that are none', given: 'x', reason: 'it has no user labels that begin with fleet_' },
    { name: 'others’ labels', given: { team: 'a' }, reason: 'it has no user labels that begin with fleet_' },
    {
      name: 'no cluster',
      given: { fleet_pool: 'h200' },
      reason: 'its user labels fleet_pool=h200 do not go together; set ',
    },
    {
      name: 'half a model',
      given: { fleet_cluster: 'demo', fleet_model: 'a' },
      reason: 'fleet_cluster=demo, fleet_model=a do not go together',
    },
    { name: 'a pool and a model', given: { ...labels, fleet_pool: 'h200' }, reason: 'do not go together' },
    {
      name: 'a label that is no text',
      given: { fleet_cluster: ['demo'] },
      reason: 'fleet_cluster=(not a text) do not go together',
    },
  ])('with $name is refused, with what to set', ({ given, reason }) => {
    const parsed = parseAlert(makeAlert({ policy_user_labels: given }));

    expect(parsed).toMatchObject({ kind: 'refused', reason: expect.stringContaining(reason) });
    expect(parsed).toMatchObject({ about: { kind: 'Alert', alert: { incident: '0.n1abc' } } });
  });

  it('of another version that names no target says both', () => {
    expect(parseAlert({ version: '3', incident: 'gone' })).toMatchObject({
      reason: expect.stringMatching(
        /^schema version 3 is not known here, and the alert policy \(unnamed\) names no target: /,
      ),
    });
  });

  it.each([
    { name: 'a document', value: makeModelServiceDocument() },
    { name: 'an incident without a version', value: { incident: {} } },
    { name: 'a text', value: 'version incident' },
    { name: 'nothing', value: null },
  ])('is not $name', ({ value }) => {
    expect(parseAlert(value)).toBeUndefined();
  });
});

describe('an alert that came in', () => {
  let bench: ReturnType<typeof makeBench>;

  beforeEach(async () => {
    bench = makeBench();
    await bench.send(makeModelServiceDocument());
    bench.loop.published.length = 0;
    await lookedAt(900_000);
  });

  /** As the loop leaves it: nobody holds it, the next look is far away. */
  async function lookedAt(lookBeganAtMs: number, nextCheckAtMs = 9_000_000): Promise<void> {
    const record = { ...wake, wakeSeq: 1, seenSeq: 1, fence: 1, lookBeganAtMs, nextCheckAtMs };
    await bench.loop.ledger.transact(async (tx) => tx.put(wakeKey(wake), record));
  }

  const send = (alert: JsonObject, id = 'a1', ports?: IntakePorts) =>
    bench.send(alert, { id, subscription: alerts, ...(ports !== undefined && { ports }) });
  const recordOf = (id: string) => bench.read.message(id, alerts);

  it('wakes the automations of its target and is recorded', async () => {
    await send(makeAlert());

    expect(bench.loop.published).toEqual([wake]);
    expect(await recordOf('a1')).toMatchObject({
      phase: 'done',
      kind: 'Alert',
      target: model,
      alert: { incident: '0.n1abc', state: 'open', policy: 'queue depth' },
    });
  });

  it('on the topic of requests is an alert too: its body says so', async () => {
    await bench.send(makeAlert(), { id: 'a1' });

    expect(await bench.read.message('a1', subscription)).toMatchObject({ phase: 'done', kind: 'Alert' });
  });

  it('wakes nobody while a look that began a moment ago has planned the next one', async () => {
    await lookedAt(995_000, 1_010_000);

    await send(makeAlert());

    expect(bench.loop.published).toEqual([]);
    expect(await recordOf('a1')).toMatchObject({ phase: 'done' });
  });

  it('twice, late and in another order changes nothing but the record', async () => {
    const opened = makeAlert();
    const closed = makeAlert({ state: 'closed' });

    await send(closed, 'a2');
    await send(opened, 'a1');
    await send(opened, 'a1');
    await send(closed, 'a2');

    expect(bench.loop.published).toEqual([wake]);
    expect((await recordOf('a1')).alert?.state).toBe('open');
    expect((await recordOf('a2')).alert?.state).toBe('closed');
  });

  it('whose first delivery stopped before the wake was out is completed by the second', async () => {
    const failing = { publish: () => Promise.reject(new AutomationError('transient', 'reset')) };
    await expect(send(makeAlert(), 'a1', { ...bench.ports, wakes: failing })).rejects.toThrow('reset');

    await send(makeAlert(), 'a1');

    expect(bench.loop.published).toEqual([wake]);
    expect(await recordOf('a1')).toMatchObject({ phase: 'done' });
  });

  it('of a test is acknowledged and recorded as one', async () => {
    await send(makeAlert({ state: 'OPEN', policy_user_labels: { example: 'label' } }, { version: 'test' }));

    expect(await recordOf('a1')).toMatchObject({ phase: 'done', kind: 'Alert', alert: { state: 'test' } });
    expect(bench.loop.published).toEqual([]);
    expect(bench.letters).toEqual([]);
  });

  it('about a target that nobody knows is refused, with what to set', async () => {
    await send(makeAlert({ policy_user_labels: { ...labels, fleet_model: 'lama' } }));

    expect(await recordOf('a1')).toMatchObject({
      phase: 'refused',
      kind: 'Alert',
      target: 'model/demo/serving/lama',
      alert: { incident: '0.n1abc', state: 'open' },
      reason: expect.stringMatching(
        /^the alert policy queue depth names model\/demo\/serving\/lama, which is not known: .*; set fleet_cluster alone/,
      ),
    });
    expect(bench.letters).toHaveLength(1);
    expect(bench.loop.published).toEqual([]);
  });

  it('a thousand times at once costs one wake, and one write each besides it', async () => {
    let writes = 0;
    const counted = counting(bench.loop.ledger, () => (writes += 1));
    const ports = { ...bench.ports, ledger: counted };

    await Promise.all(
      Array.from({ length: 1_000 }, (_, n) => send(makeAlert({ incident_id: `i${n}` }), `a${n}`, ports)),
    );

    expect(bench.loop.published).toEqual([wake]);
    // Each alert's record once; the first one's twice, and the wake.
    expect(writes).toBe(1_000 + 2);
    expect(WakeRecord.parse(await bench.loop.ledger.get(wakeKey(wake)))).toMatchObject({ wakeSeq: 2, seenSeq: 1 });
  });
});

function counting(inner: Ledger, onWrite: () => void): Ledger {
  return {
    get: (key) => inner.get(key),
    find: (collection, query) => inner.find(collection, query),
    transact: (body) =>
      inner.transact((transaction) =>
        body({
          get nowMs() {
            return transaction.nowMs;
          },
          get: (key) => transaction.get(key),
          put: (key, value) => {
            onWrite();
            transaction.put(key, value);
          },
          remove: (key) => transaction.remove(key),
        }),
      ),
  };
}
