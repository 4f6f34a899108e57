/** `npm run bench`: a table of name, value, unit, target, met; `-- -o json` for programs, `-- --only NAME` for one part. Fails when a target is missed. */
import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { makeFleet } from '../support/fleet.ts';
import { makeClusterDocument } from '../support/make-cluster.ts';
import { startDelays } from '../scenarios/start-delays.ts';
import { alertStormRows } from './alert-storm.ts';
import { coldStartRows } from './cold-start.ts';
import { latencyRows } from './latency.ts';
import { patchLatencyRows } from './patch-latency.ts';
import { isMet, type Row, round, toTable } from './row.ts';
import { tickLoadRows } from './tick-load.ts';

/** Longest wait of a step for its look (issue "One published message builds an RDMA GKE cluster"), world seconds. */
const MAX_START_DELAY_SECONDS = 30;

/** What can be measured by itself: `-- --only cold-start`. */
const parts: Readonly<Record<string, () => Promise<readonly Row[]>>> = {
  'start-delay': startDelayRows,
  latency: latencyRows,
  'patch-latency': patchLatencyRows,
  'alert-storm': alertStormRows,
  'tick-load': tickLoadRows,
  'cold-start': coldStartRows,
};

const { values } = parseArgs({
  options: { output: { type: 'string', short: 'o' }, only: { type: 'string', multiple: true } },
});
const rows: Row[] = [];
for (const [name, measure] of Object.entries(parts)) {
  if (values.only?.includes(name) ?? true) rows.push(...(await measure()));
}
// Who else works on the machine makes every time longer; ratios and counts stay.
process.stderr.write(`${availableParallelism()} cores, load of the last 15 min: ${loadavg()[2]?.toFixed(1)}\n`);
const text =
  values.output === 'json'
    ? JSON.stringify(
        rows.map((row) => ({ ...row, met: isMet(row) })),
        null,
        2,
      )
    : toTable(rows);
process.stdout.write(`${text}\n`);
process.exit(rows.some((row) => isMet(row) === false) ? 1 : 0);

async function startDelayRows(): Promise<readonly Row[]> {
  const fleet = makeFleet();
  const publishedAtMs = fleet.world.clock.nowMs();
  fleet.publish(makeClusterDocument());
  await fleet.runUntil('cluster/demo', ['ready', 'failed', 'holding']);
  const delays = await startDelays(fleet, publishedAtMs);
  const largest = Math.max(...delays.map(({ delaySeconds }) => delaySeconds));
  const buildSeconds = (fleet.world.clock.nowMs() - publishedAtMs) / 1000;
  return [
    {
      name: 'largest start delay of a step',
      value: round(largest),
      unit: 's of world time',
      target: MAX_START_DELAY_SECONDS,
    },
    { name: 'whole build, published to ready', value: round(buildSeconds / 60), unit: 'min of world time' },
  ];
}
