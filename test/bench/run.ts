/** `npm run bench`: a table of name, value, unit, target, met; `-- -o json` for programs, `-- --only NAME` for one part (README of test/). */
import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { systemTime } from '../../emulator/world/real-time.ts';
import { alertStormRows } from './alert-storm.ts';
import { coldStartRows } from './cold-start.ts';
import { latencyRows } from './latency.ts';
import { measurePart, type Part } from './part.ts';
import { patchLatencyRows } from './patch-latency.ts';
import { exitCode, missed, type Row, toJson, toTable } from './row.ts';
import { renderStackRows } from './render-stack.ts';
import { startDelayRows } from './start-delay.ts';
import { tickLoadRows } from './tick-load.ts';

const parts: readonly Part[] = [
  { name: 'render-stack', maxSeconds: 20, measure: renderStackRows },
  { name: 'start-delay', maxSeconds: 30, measure: startDelayRows },
  { name: 'latency', maxSeconds: 120, measure: latencyRows },
  { name: 'patch-latency', maxSeconds: 90, measure: patchLatencyRows },
  { name: 'alert-storm', maxSeconds: 30, measure: alertStormRows },
  { name: 'tick-load', maxSeconds: 300, measure: tickLoadRows },
  { name: 'cold-start', maxSeconds: 190, measure: coldStartRows },
];

const { values } = parseArgs({
  options: { output: { type: 'string', short: 'o' }, only: { type: 'string', multiple: true } },
});
const say = (line: string) => void process.stderr.write(`${line}\n`);
const unknown = values.only?.find((only) => parts.every(({ name }) => name !== only));
if (unknown !== undefined) {
  say(`there is no part ${unknown}; the parts are ${parts.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}

const rows: Row[] = [];
const broken: string[] = [];
for (const part of parts) {
  if (values.only?.includes(part.name) === false) continue;
  const result = await measurePart(part, systemTime, say);
  rows.push(...result.rows);
  if (result.broken !== undefined) broken.push(`${part.name}: ${result.broken}`);
}
process.stdout.write(`${values.output === 'json' ? toJson(rows) : toTable(rows)}\n`);

const { failing, reported } = missed(rows);
for (const { name } of reported) say(`missed, which is only reported: ${name}`);
for (const name of [...failing.map((row) => row.name), ...broken]) say(`FAILS THE RUN: ${name}`);
// Who else works on the machine makes every time longer; counts and ratios of CPU stay.
say(`${availableParallelism()} cores, load of the last 15 min: ${loadavg()[2]?.toFixed(1)}`);
// A part that took too long still has its processes: they end with this one, which holds their standard input.
process.exit(exitCode(rows, broken));
