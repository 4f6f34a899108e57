import { describe, expect, it } from 'vitest';
import { mapValues } from '#shared/domain/json.ts';
import { exitCodes } from '../../../../functions/cli/exit.ts';
import { run } from '../../../../functions/cli/run.ts';
import { type Answer, connectionRefused, makeIo, type Outside } from '../make-io.ts';
import { at, building, busy, failed, makeTarget, ready } from '../make-target.ts';
import { screenOf } from '../screen.ts';

const terminal = { columns: 60, rows: 40 };

async function runWith(line: string, outside: Outside) {
  const io = makeIo(outside);
  const exitCode = await run(line.split(' '), io);
  return { io, exitCode, ...io.printed };
}

const listing = (...items: readonly object[]) => ({ status: { 'GET /targets': [{ body: { items } }] } });
const following = (...answers: readonly Answer[]) => ({ status: { 'GET /targets/cluster/demo': answers } });
const unknown: Answer = { status: 404, body: { error: 'target cluster/demo: nothing is known of it' } };

/** A target that nobody has looked at, accepted 75 s after the first one. */
const second = { ...makeTarget(), target: 'cluster/second', acceptedAtMs: at(75) };

/** Nobody has looked at it for a day and a half. */
const overdue = {
  ...makeTarget(ready),
  automations: makeTarget(ready, { nextCheck: 5_525 }).automations.map((row) => ({ ...row, overdueSeconds: 126_000 })),
};

describe('get', () => {
  it('lists all targets, their ages counted up to the newest instant that is known', async () => {
    const { exitCode, out } = await runWith('get', listing(makeTarget(failed), second));

    expect(exitCode).toBe(exitCodes.ok);
    expect(out).toBe(`\
TARGET          PHASE    STEPS  AGE    WHY
cluster/demo    failed   1/4    1m30s  checks before anything is created: pool h200: wrong zone; price unknown (and 1 more)
cluster/second  pending  -      15s    woken, not yet looked at
`);
  });

  it('cuts and colours the list for a terminal', async () => {
    const { out } = await runWith('get', { ...listing(makeTarget(building)), terminal });

    expect(out).toBe(`\
TARGET        PHASE     STEPS  AGE    WHY
cluster/demo  \u001b[36mbuilding\u001b[0m  6/12   1m00s  waiting for subnet de…
`);
  });

  it.each(['cluster', 'clusters', 'Cluster'])('lists one kind, as %s', async (kind) => {
    const model = { ...second, kind: 'ModelService', target: 'model/demo/default/a' };

    const { out } = await runWith(`get ${kind} -o json`, listing(makeTarget(building), model));

    expect((JSON.parse(out) as { items: object[] }).items).toMatchObject([{ target: 'cluster/demo' }]);
  });

  it('refuses a kind that neither we nor the function know', async () => {
    expect(await runWith('get pods', listing(makeTarget(building)))).toMatchObject({
      exitCode: exitCodes.invalid,
      err: 'inferctl: kind pods does not exist: known: Cluster, ModelService, messages; a target is KIND/NAME\n',
    });
  });

  it.each([
    { word: 'model', expected: 'model/demo/default/a' },
    { word: 'models', expected: 'model/demo/default/a' },
    { word: 'pool', expected: 'pool/demo/h200' },
    { word: 'pools', expected: 'pool/demo/h200' },
  ])('lists targets by their first word: $word', async ({ word, expected }) => {
    const model = { ...second, kind: 'ModelService', target: 'model/demo/default/a' };
    const pool = { ...second, kind: 'NodePool', target: 'pool/demo/h200' };

    const { out } = await runWith(`get ${word} -o json`, listing(makeTarget(building), model, pool));

    expect((JSON.parse(out) as { items: object[] }).items).toMatchObject([{ target: expected }]);
  });

  it('suggests the target whose name is given without its kind', async () => {
    expect((await runWith('get demo', listing(makeTarget(building)))).err).toContain(
      'did you mean the target cluster/demo?\n',
    );
  });

  it.each([
    { name: 'has failed', target: makeTarget(failed), expected: exitCodes.notAsWanted },
    { name: 'holds', target: makeTarget({ ...building, phase: 'holding' }), expected: exitCodes.notAsWanted },
    { name: 'is overdue', target: overdue, expected: exitCodes.notAsWanted },
    { name: 'builds', target: makeTarget(building), expected: exitCodes.ok },
  ])('ends with $expected for one target that $name, with 0 for a list', async ({ target, expected }) => {
    expect((await runWith('get cluster/demo', following({ body: target }))).exitCode).toBe(expected);
    expect((await runWith('get', listing(target))).exitCode).toBe(exitCodes.ok);
  });

  it('shows that nobody looks at a target any more', async () => {
    const { out } = await runWith('get', listing(overdue));

    expect(out).toContain(
      'cluster/demo  ready, overdue  9/9    1h22m05s  overdue since 2026-08-10 13:32:05Z, by 1d11h: nobody has looked; ' +
        'check the timers queue, push subscriptions and function logs | every node, GPU',
    );
  });

  it('says once above the table that everything is paused, and in its row what is paused by itself', async () => {
    const pause = { actor: 'topic:requests/ada@laptop', atMs: at(61), scope: 'all' };
    const first = { ...makeTarget(building), controls: { pause, overrides: {} } };
    const ownPause = { actor: 'topic:requests/bob@desk', atMs: at(30), reason: 'load test' };
    const other = { ...second, controls: { pause, ownPause, overrides: {} } };

    const { out } = await runWith('get', listing(first, other));

    expect(out).toBe(`\
everything is paused by ada@laptop (unverified) since 2026-08-10 12:01:01Z; inferctl resume --all lets it go on
TARGET          PHASE             STEPS  AGE    WHY
cluster/demo    building, paused  6/12   1m15s  waiting for subnet demo-rdma-sub-0, subnet demo-rdma-sub-1
cluster/second  pending, paused   -      0s     paused by bob@desk (unverified) since 2026-08-10 12:00:30Z (load test) | woken, not yet looked at
`);
  });

  it('cuts a reason without an end where no terminal does it', async () => {
    const { out } = await runWith('get', listing(makeTarget({ ...building, reason: 'x'.repeat(4_000) })));

    expect(out).toMatch(/ x{239}…\n$/);
  });

  it('shows one target', async () => {
    expect((await runWith('get cluster/demo', following({ body: makeTarget(ready) }))).out).toBe(`\
TARGET        PHASE  STEPS  AGE       WHY
cluster/demo  ready  9/9    1h22m05s  every node, GPU and RDMA network asked for is there
`);
  });

  it('says that nothing is there, where programs do not see it', async () => {
    expect(await runWith('get', listing())).toMatchObject({
      exitCode: exitCodes.ok,
      out: '',
      err: 'no targets in context local: inferctl apply -f FILE\n',
    });
  });

  it('ends with code 1 for a target that is not known', async () => {
    expect(await runWith('get cluster/demo', following(unknown))).toMatchObject({
      exitCode: exitCodes.notAsWanted,
      err: 'inferctl: nothing is known of cluster/demo: see inferctl get, and inferctl get messages --phase refused\n',
    });
  });

  it.each(['json', 'yaml'])('answers programs in %s with everything that status said', async (format) => {
    const { out } = await runWith(
      `get cluster/demo -o ${format}`,
      following({ body: { ...makeTarget(), newer: 'field' } }),
    );

    expect(out).toMatch(format === 'json' ? /^ {2}"newer": "field"$/m : /^newer: field$/m);
  });

  it.each([
    {
      answer: connectionRefused(),
      err: 'GET http://status.example/status/targets: no answer (ECONNREFUSED): is the deployment of this context running?',
    },
    {
      answer: { status: 404, body: { error: 'no function statu' } },
      err: 'GET /targets: answered 404: check statusUrl of the context',
    },
    {
      answer: { body: { items: [{ target: 1 }] } },
      err: 'reading the targets: the answer is not that of the status function (items.0.kind: ',
    },
  ])('ends with code 3 at once: $err', async ({ answer, err }) => {
    const { exitCode, err: printed } = await runWith('get', { status: { 'GET /targets': [answer] } });

    expect(exitCode).toBe(exitCodes.unreachable);
    expect(printed).toContain(err);
  });
});

describe('get messages', () => {
  const items = [
    {
      messageId: '19',
      phase: 'done',
      receivedAtMs: at(6),
      publishTimeMs: at(6),
      actor: 'topic:inference-fleet-alerts',
      kind: 'Alert',
      target: 'cluster/demo',
      alert: { incident: 'i', state: 'open' },
    },
    {
      messageId: '18',
      phase: 'refused',
      receivedAtMs: at(5),
      publishTimeMs: at(4),
      actor: 'topic:inference-fleet-requests/ada@laptop',
      reason: 'not JSON\nat all',
    },
    {
      messageId: '17',
      phase: 'done',
      receivedAtMs: at(0),
      publishTimeMs: at(0),
      actor: 'alice@example.com',
      kind: 'Cluster',
      target: 'cluster/demo',
    },
  ];

  it('lists what came in', async () => {
    const { out } = await runWith('get messages', { status: { 'GET /messages': [{ body: { items } }] } });

    expect(out).toBe(`\
RECEIVED              PHASE    KIND        TARGET        FROM                                         MESSAGE  REASON
2026-08-10 12:00:06Z  done     Alert open  cluster/demo  a publisher to topic inference-fleet-alerts  19       -
2026-08-10 12:00:05Z  refused  -           -             ada@laptop (unverified)                      18       not JSON (and 1 more)
2026-08-10 12:00:00Z  done     Cluster     cluster/demo  alice@example.com                            17       -
`);
  });

  it.each([
    { line: 'get messages', path: '/messages', err: 'no messages in context local\n' },
    {
      line: 'get messages --phase refused',
      path: '/messages?phase=refused',
      err: 'no messages in phase refused in context local\n',
    },
  ])('says that there are none: $line', async ({ line, path, err }) => {
    const { io } = await runWith(line, { status: { [`GET ${path}`]: [{ body: { items: [] } }] } });

    expect(io.printed).toEqual({ out: '', err });
  });

  it('asks for a phase and a number', async () => {
    const status = { 'GET /messages?phase=refused&limit=1': [{ body: { items: items.slice(0, 1) } }] };

    const { out } = await runWith('get messages --phase refused --limit 1 -o json', { status });

    expect(JSON.parse(out)).toEqual({ items: items.slice(0, 1) });
  });
});

describe('get TARGET --until-ended without a terminal', () => {
  it('prints a line per change and the closing summary, and ends with 0 when it is ready', async () => {
    const answers = [
      unknown,
      unknown,
      { body: makeTarget() },
      { body: makeTarget(building) },
      { body: makeTarget(busy) },
    ];

    const { exitCode, out, err } = await runWith(
      'get cluster/demo --until-ended',
      following(...answers, { body: makeTarget(ready) }),
    );

    expect({ exitCode, err }).toEqual({ exitCode: exitCodes.ok, err: '' });
    expect(out).toBe(`\
cluster/demo is not known yet, waiting for the message to be accepted
cluster/demo is pending
+0s        document 1 accepted
+2s        checks before anything is created: found as wanted
+2s        building: starting network demo-net-0, network demo-net-1, network demo-rdma
+22s       network demo-net-0: done
+36s       subnet demo-rdma-sub-0: under way: op-7
+27m10s    cluster demo: done
+28m20s    GPU pool h200: waits: busy: UPGRADE_MASTER (operation-9) runs on the cluster
+1h12m05s  ready: every node, GPU and RDMA network asked for is there

cluster/demo is ready: every node, GPU and RDMA network asked for is there

Built  3 networks, 11 subnets, 2 firewalls, 1 router
       1 cluster, 2 node pools, 4 nodes, 2 GPU nodes
       16 GPUs, 16 RDMA NICs, 19 in-cluster objects
Took   1h12m05s of world time
Costs  174.77 USD per hour, as seen at the last look (2026-08-10 13:22:05Z)

Try
  inferctl describe cluster/demo
  eval "$(inferctl env)" && kubectl get nodes
  inferctl plan -f FILE
`);
  });

  it('leaves out what to try next when nobody can', async () => {
    const { out } = await runWith('get cluster/demo --until-ended --no-hints', following({ body: makeTarget(ready) }));

    expect(out).toMatch(/\nCosts {2}174\.77 USD per hour, as seen at the last look \(2026-08-10 13:22:05Z\)\n$/);
  });

  it('suggests commands about the file that it was told of', async () => {
    const { out } = await runWith(
      'get cluster/demo --until-ended -f mine.yaml',
      following({ body: makeTarget(ready) }),
    );

    expect(out).toMatch(/\n {2}inferctl plan -f mine\.yaml\n$/);
  });

  it('does not say that nothing is left as it is', async () => {
    const steps = mapValues(failed.steps, (step) => ({ ...step, state: 'failed' as const }));

    const { out } = await runWith(
      'get cluster/demo --until-ended',
      following({ body: makeTarget({ ...failed, steps }) }),
    );

    expect(out).toContain('\nNone of 4 steps is done, after 1m30s of world time.\n');
  });

  it('ends with 1 when it has failed, and says what stands', async () => {
    const { exitCode, out } = await runWith(
      'get cluster/demo -w --until-ended',
      following({ body: makeTarget(failed) }),
    );

    expect(exitCode).toBe(exitCodes.notAsWanted);
    expect(out).toMatch(/^cluster\/demo has failed, 1 of 4 steps done\n/);
    expect(out).toContain(`
cluster/demo has failed: checks before anything is created: pool h200: wrong zone
  price unknown (and 1 more)

1 of 4 steps stands and is left as it is, after 1m30s of world time.
Next: a person changes the document or the world; then the build goes on by itself

Try
  inferctl describe cluster/demo
  inferctl plan -f FILE
  inferctl apply -f FILE
`);
  });

  it('ends with 1 when it holds', async () => {
    const { exitCode, out } = await runWith(
      'get cluster/demo --until-ended',
      following({ body: makeTarget({ ...failed, phase: 'holding' }) }),
    );

    expect(exitCode).toBe(exitCodes.notAsWanted);
    expect(out).toContain('\ncluster/demo holds: checks');
  });

  it('says that the price is unknown instead of nothing', async () => {
    const { usdPerHour: _unknown, ...counts } = ready.report!;

    const { out } = await runWith(
      'get cluster/demo --until-ended',
      following({ body: makeTarget({ ...ready, report: counts }) }),
    );

    expect(out).toContain('\nCosts  unknown\n');
  });
});

describe('patience', () => {
  const down = connectionRefused();
  const asks = (seconds: number) => Array.from({ length: seconds * 4 }, () => down);

  it('outlasts a restart of the function, quietly', async () => {
    const answers = [
      { body: makeTarget(busy) },
      ...asks(59),
      { status: 500, body: { error: 'starting' } },
      { body: makeTarget(ready) },
    ];

    const { exitCode, err } = await runWith('get cluster/demo --until-ended', following(...answers));

    expect({ exitCode, err }).toEqual({ exitCode: exitCodes.ok, err: '' });
  });

  it('begins anew with every answer', async () => {
    const answers = [...asks(50), { body: makeTarget(busy) }, ...asks(50), { body: makeTarget(ready) }];

    expect((await runWith('get cluster/demo --until-ended', following(...answers))).exitCode).toBe(exitCodes.ok);
  });

  it('ends after a minute', async () => {
    const { io, exitCode, err } = await runWith('get cluster/demo -w', following(down));

    expect(exitCode).toBe(exitCodes.unreachable);
    expect(err).toBe(
      'inferctl: no answer for 60 s, given up: GET http://status.example/status/targets/cluster/demo: no answer (ECONNREFUSED): is the deployment of this context running?\n',
    );
    expect(io.nowMs()).toBe(60_000);
  });

  it('is not wasted on a refusal', async () => {
    const { io, exitCode } = await runWith('get cluster/demo -w', following({ status: 403, body: '' }));

    expect(exitCode).toBe(exitCodes.unreachable);
    expect(io.nowMs()).toBe(0);
  });

  it('with a target that never becomes known ends after a minute too', async () => {
    const { io, exitCode, err } = await runWith('get cluster/demo -w', following(unknown));

    expect(exitCode).toBe(exitCodes.notAsWanted);
    expect(err).toBe(
      'inferctl: cluster/demo is not known after 60 s: was its message refused? see inferctl get messages --phase refused\n',
    );
    expect(io.nowMs()).toBe(60_000);
  });
});

describe('on a terminal', () => {
  it('redraws one target in place and leaves its last frame above the summary', async () => {
    const answers = [unknown, { body: makeTarget(building) }, { body: makeTarget(busy) }, { body: makeTarget(ready) }];

    const { exitCode, out } = await runWith('get cluster/demo --until-ended', { ...following(...answers), terminal });

    expect(exitCode).toBe(exitCodes.ok);
    const screen = screenOf(out);
    expect(screen.slice(0, 6)).toEqual([
      'cluster/demo  ready  9 of 9 steps  1h12m05s',
      '  why   every node, GPU and RDMA network asked for is there',
      '  next  a look every 10 minutes',
      '',
      '  ✓ checks before anything is created',
      '  ✓ network (3)                            30s',
    ]);
    expect(screen.filter((line) => line.startsWith('cluster/demo'))).toHaveLength(2);
    expect(screen.at(-1)).toBe('  inferctl plan -f FILE');
  });

  it('never draws more rows than there are', async () => {
    const { out } = await runWith('get cluster/demo --until-ended', {
      ...following({ body: makeTarget(building) }, { body: makeTarget(failed) }),
      terminal: { columns: 60, rows: 9 },
    });

    const [first] = out.split('\u001b[J');
    expect(screenOf(first ?? '')).toHaveLength(8);
  });

  it('draws the list in place until it is interrupted', async () => {
    const lists = [[], [makeTarget(building)], [makeTarget(busy), second]].map((items) => ({ body: { items } }));

    const { out, exitCode } = await runWith('get -w', {
      status: { 'GET /targets': [...lists, connectionRefused()] },
      terminal,
    });

    expect(screenOf(out)).toEqual([
      'TARGET          PHASE     STEPS  AGE     WHY',
      'cluster/demo    building  7/9    28m20s  GPU pool h200: bu…',
      'cluster/second  pending   -      27m05s  woken, not yet lo…',
    ]);
    expect(exitCode).toBe(exitCodes.unreachable);
  });
});

it('get -w prints a row per change without a terminal', async () => {
  const older = { ...makeTarget(building), acceptedAtMs: at(-5) };
  const lists = [[], [makeTarget(building)], [older], [makeTarget(busy), second]].map((items) => ({ body: { items } }));

  const { out } = await runWith('get -w', { status: { 'GET /targets': [...lists, connectionRefused()] } });

  expect(out).toBe(`\
no targets yet
TARGET        PHASE     STEPS  AGE    WHY
cluster/demo  building  6/12   1m00s  waiting for subnet demo-rdma-sub-0, subnet demo-rdma-sub-1
cluster/demo    building  7/9    28m20s  GPU pool h200: busy: UPGRADE_MASTER (operation-9) runs on the cluster
cluster/second  pending   -      27m05s  woken, not yet looked at
`);
});
