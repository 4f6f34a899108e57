/**
 * `npm run faults`: the whole build, disturbed in one way at one effect or delivery, all of them in turn. Ends with
 * `N points, M failed`; each failure prints the command that repeats it.
 *   --only 17:after    one point
 *   --wires            a sample over the wires: the functions' process is killed with SIGKILL at 20 of its calls
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { allPoints, findPoint, type Point } from './points.ts';
import { judge, playStory, type StoryEnd } from './story.ts';
import { playWires } from './wires.ts';

const { values } = parseArgs({ options: { only: { type: 'string' }, wires: { type: 'boolean' } } });
process.exitCode = values.wires === true ? await playWires(say) : await playPoints(values.only);

async function playPoints(only: string | undefined): Promise<number> {
  const uncut = await playStory();
  const { phase, standing, effects, deliveries } = uncut;
  say(
    `uncut: ${phase}, ${standing.length} things standing, ${effects.length} effects, ${deliveries.length} deliveries`,
  );
  const amiss = [...uncut.loose, ...uncut.breaches];
  if (phase !== 'ready' || amiss.length > 0) throw new Error(`playing the uncut run: ${phase}, ${amiss.join('; ')}`);
  if (only !== undefined) return await playOne(only, uncut);
  const points = allPoints(uncut);
  let failed = 0;
  await playAll(points, uncut, ({ name, label, problems }) => {
    if (problems.length === 0) return;
    failed++;
    say(`FAILED ${name} (${label})`);
    for (const problem of problems) say(`  ${problem}`);
    say(`  repeat with: npm run faults -- --only ${name}`);
  });
  say(`${points.length} points, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

interface Played {
  readonly name: string;
  readonly label: string;
  readonly problems: readonly string[];
}

async function playAll(points: readonly Point[], uncut: StoryEnd, report: (played: Played) => void): Promise<void> {
  const threads = availableParallelism();
  const share = (thread: number) => points.filter((_, index) => index % threads === thread);
  let played = 0;
  await Promise.all(
    Array.from({ length: threads }, (_, thread) => {
      const worker = new Worker(new URL('worker.ts', import.meta.url), {
        workerData: { points: share(thread), uncut },
      });
      worker.on('message', (message: Played) => {
        report(message);
        if (++played % 100 === 0) say(`${played} of ${points.length}`);
      });
      return new Promise((resolve, reject) => {
        worker.once('exit', resolve);
        worker.once('error', reject);
      });
    }),
  );
  if (played !== points.length) throw new Error(`playing the points: ${played} of ${points.length} were played`);
}

async function playOne(name: string, uncut: StoryEnd): Promise<number> {
  const point = findPoint(uncut, name);
  if (point === undefined) {
    say(`--only ${name}: no such point; one is written like 17:after, 82:late or d5:twice (test/README.md, "Faults")`);
    return 2;
  }
  const problems = judge(uncut, point, await playStory(point));
  say(`${name} (${point.label}): ${problems.length === 0 ? 'same end' : problems.join('; ')}`);
  return problems.length === 0 ? 0 : 1;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
