/**
 * Process start → first API call of each function, over process start → first 200 of a bare functions-framework app. Both are
 * started in the same way, by the local cloud, in the same run; the functions are the bundles of `npm run build`.
 */
import { join } from 'node:path';
import { invokerEmail, names, REGION } from '../../emulator/provision.ts';
import { systemTime } from '../../emulator/world/real-time.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import { openSqliteLedger } from '#shared/ledger/sqlite-ledger.ts';
import { prepareWake } from '#shared/wakes.ts';
import { documentKey } from '#shared/ledger/records.ts';
import { type CloudUnderTest, startCloud } from '../support/local-cloud.ts';
import { makeClusterDocument } from '../support/make-cluster.ts';
import { quantile, type Row, round } from './row.ts';

const root = new URL('../..', import.meta.url).pathname;
const framework = join(root, 'node_modules/@google-cloud/functions-framework/build/src/main.js');

/** Starts per function; the median counts. */
const STARTS = 7;

const target = 'cluster/bench';
const wake = { automation: 'build-cluster', target };

/** What is sent to each function; its first effect outside is what is waited for. */
const bodies: Readonly<Record<string, JsonObject>> = {
  intake: {
    message: {
      messageId: '1',
      publishTime: '2026-01-01T00:00:00Z',
      data: Buffer.from(JSON.stringify(makeClusterDocument())).toString('base64'),
    },
    subscription: 'projects/demo/subscriptions/inference-fleet-intake',
  },
  tick: {},
  'build-cluster': {
    message: { messageId: '1', data: Buffer.from(JSON.stringify({ wake })).toString('base64') },
    subscription: 's',
  },
};

export async function coldStartRows(): Promise<readonly Row[]> {
  const bareMs = await measure('bare', join(root, 'test/bench/bare'));
  const rows: Row[] = [
    { name: 'cold start: bare functions-framework app, first 200', value: round(bareMs, 0), unit: 'ms' },
  ];
  for (const name of ['intake', 'tick', 'build-cluster', 'status']) {
    const ms = await measure(name, join(root, 'dist', name));
    const until = name === 'status' ? 'first answer' : 'first API call';
    rows.push({ name: `cold start: ${name}, ${until}`, value: round(ms, 0), unit: 'ms' });
    rows.push({ name: `cold start: ${name} over bare`, value: round(ms / bareMs, 2), unit: 'x' });
  }
  return rows;
}

async function measure(functionName: string, source: string): Promise<number> {
  let onEffect = () => {};
  const cloud = await startCloud({
    functionsEntry: framework,
    functionsEnvironment: { FUNCTION_TARGET: functionName, FUNCTION_SOURCE: source },
    onCall: () => onEffect(),
  });
  cloud.world.journal.onEntry = ({ method }) => (method === 'publish' ? onEffect() : undefined);
  const times: number[] = [];
  for (let start = 0; start < STARTS; start++) {
    // The call of a process that is still at work must not be taken for one of its successor.
    await cloud.untilQuiet();
    await makeDue(cloud, start);
    const { promise, resolve } = Promise.withResolvers<void>();
    const beganMs = systemTime.nowMs();
    cloud.functions.kill();
    onEffect = resolve;
    send(cloud, functionName, resolve);
    await promise;
    times.push(systemTime.nowMs() - beganMs);
  }
  await cloud.stop();
  return quantile(times, 0.5);
}

/** A target that wants looking at, and nobody's lease on it. */
async function makeDue(cloud: CloudUnderTest, start: number): Promise<void> {
  const ledger = openSqliteLedger({
    path: join(cloud.home, 'ledger.sqlite'),
    nowMs: () => cloud.world.clock.nowMs(),
    pause: (upToMs) => new Promise((resolve) => void systemTime.setTimer(upToMs, resolve)),
  });
  const { nowMs } = { nowMs: cloud.world.clock.nowMs() };
  await ledger.transact(async (transaction) => {
    transaction.remove({ collection: 'wakes', id: `${wake.automation}:${target}` });
    transaction.remove({ collection: 'messages', id: '1' });
    transaction.put(documentKey(target), {
      kind: 'Cluster',
      target,
      document: makeClusterDocument({ metadata: { name: 'bench' } }),
      sequence: start + 1,
      publishTimeMs: nowMs,
      messageId: 'm',
      contentHash: 'h',
      acceptedAtMs: nowMs,
      actor: 'bench',
    });
  });
  await ledger.transact(async (transaction) => (await prepareWake(transaction, wake)).write(transaction));
  ledger.close();
}

/** A question for the functions without effects, a task for the others: it brings the token that they ask for. */
function send(cloud: CloudUnderTest, functionName: string, onAnswer: () => void): void {
  const body = bodies[functionName];
  const url = cloud.urlOf(functionName);
  if (body === undefined) {
    void fetch(`${url}/targets`).then(onAnswer);
    return;
  }
  const queue = `projects/demo/locations/${REGION}/queues/${names.queue}`;
  cloud.world.tasks.createTask(queue, {
    httpRequest: {
      url,
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify(body)).toString('base64'),
      oidcToken: { serviceAccountEmail: invokerEmail('demo'), audience: url },
    },
  });
}
