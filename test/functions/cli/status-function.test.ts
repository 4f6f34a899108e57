/** The command line against the real status function over a real ledger, in one process: both sides mean the same fields. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '#shared/domain/json.ts';
import { documentKey, messageKey, progressKey, wakeKey } from '#shared/ledger/records.ts';
import type { Ledger } from '#shared/ports/ledger.ts';
import type { Io } from '../../../functions/cli/io.ts';
import { exitCodes } from '../../../functions/cli/exit.ts';
import { run } from '../../../functions/cli/run.ts';
import type { Runtime } from '../../../functions/runtime.ts';
import { status } from '../../../functions/status/index.ts';
import { type LoopBench, makeLoopBench } from '../../support/loop-ports.ts';
import { readingLedger } from '../../support/reading-ledger.ts';
import { makeIo, STATUS_URL } from './make-io.ts';
import { at, ready, START_MS } from './make-target.ts';

const wake = { automation: 'build-cluster', target: 'cluster/demo' };

let bench: LoopBench;
let ledger: Ledger;

beforeEach(async () => {
  bench = makeLoopBench();
  bench.setNow(at(4_950));
  ({ ledger } = bench);
  await ledger.transact(async (transaction) => {
    transaction.put(progressKey(wake), ready);
    transaction.put(wakeKey(wake), { ...wake, wakeSeq: 1, seenSeq: 1, nextCheckAtMs: at(5_525), fence: 1 });
    const place = { sequence: 1, publishTimeMs: START_MS, messageId: '17', contentHash: 'h' };
    const record = { kind: 'Cluster', target: 'cluster/demo', document: { kind: 'Cluster' }, ...place };
    transaction.put(documentKey('cluster/demo'), { ...record, acceptedAtMs: START_MS, actor: 'topic:intake' });
    const message = { receivedAtMs: START_MS, publishTimeMs: START_MS, actor: 'topic:intake' };
    const putMessage = (messageId: string, outcome: JsonObject) =>
      transaction.put(messageKey({ subscription: 's', messageId }), { messageId, ...message, ...outcome });
    putMessage('17', { phase: 'done', kind: 'Cluster', target: 'cluster/demo' });
    putMessage('18', { phase: 'refused', reason: 'not JSON' });
  });
});

/** Sends what the command line fetches to the function's door. */
async function runAgainstStatus(line: string) {
  const runtime: Partial<Runtime> = {
    begin: async () => ({ ...bench, ledger: readingLedger(ledger) }),
    pushTo: (name) => ({ endpoint: `https://functions.example/${name}`, serviceAccount: 'invoker@demo.example' }),
  };
  const answer = await status.open(runtime as Runtime); // reading needs nothing else
  const fetchStatus: Io['fetch'] = async (url, { method }) => {
    const { pathname, searchParams } = new URL(url.slice(STATUS_URL.length), 'http://status');
    const reply = await answer({
      method,
      path: pathname,
      query: searchParams,
      authorization: undefined,
      body: undefined,
    });
    return Response.json(reply.body, { status: reply.status });
  };
  const io = { ...makeIo(), fetch: fetchStatus };
  const exitCode = await run(line.split(' '), io);
  return { exitCode, ...io.printed };
}

describe('the status function is understood by', () => {
  it('get', async () => {
    expect((await runAgainstStatus('get')).out).toBe(`\
TARGET        PHASE  STEPS  AGE       WHY
cluster/demo  ready  9/9    1h22m05s  every node, GPU and RDMA network asked for is there
`);
  });

  it('get -w --until-ended', async () => {
    const { exitCode, out } = await runAgainstStatus('get cluster/demo -w --until-ended');

    expect(exitCode).toBe(exitCodes.ok);
    expect(out).toContain(
      '\nTook   1h12m05s of world time\nCosts  174.77 USD per hour, as seen at the last look (2026-08-10 13:22:05Z)\n',
    );
  });

  it('get messages', async () => {
    const { out } = await runAgainstStatus('get messages --phase refused');

    expect(out.split('\n').slice(1)).toEqual([
      '2026-08-10 12:00:00Z  refused  -     -       a publisher to topic intake  18       not JSON',
      '',
    ]);
  });

  it('describe', async () => {
    const { out } = await runAgainstStatus('describe cluster/demo');

    expect(out).toContain(
      '\nBy when            2026-08-10 13:32:05Z, 10m00s after the last look (2026-08-10 13:22:05Z)\n',
    );
  });

  it('describe, of what nobody looks at any more, and how to begin again what somebody stopped', async () => {
    bench.setNow(at(5_525 + 126_000));

    const { exitCode, out } = await runAgainstStatus('describe cluster/demo');

    expect(exitCode).toBe(exitCodes.notAsWanted);
    expect(out).toContain('\nBy when            overdue since 2026-08-10 13:32:05Z, by 1d11h: ');
    expect(out).toContain(
      ' --push-endpoint=https://functions.example/build-cluster --push-auth-service-account=invoker@demo.example ',
    );
  });

  it('describe, of what it does not know', async () => {
    expect((await runAgainstStatus('describe cluster/none')).exitCode).toBe(exitCodes.notAsWanted);
  });
});
