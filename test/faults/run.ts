/**
 * `npm run faults`: the whole build, cut off before and after every single effect, each point once. Ends with
 * `N points, M failed`; each failure prints the command that repeats it.
 *   --only 17:after    one point, with the log lines of the run
 *   --wires            a sample over the wires: the functions' process is killed with SIGKILL at 20 of its calls
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { allPoints, type Point, parsePoint } from './points.ts';
import { compareEnds, playStory, type StoryEnd } from './story.ts';
import { playWires } from './wires.ts';

const { values } = parseArgs({ options: { only: { type: 'string' }, wires: { type: 'boolean' } } });
process.exitCode = values.wires === true ? await playWires(say) : await playPoints(values.only);

async function playPoints(only: string | undefined): Promise<number> {
  const uncut = await playStory();
  say(`uncut: ${uncut.phase}, ${uncut.standing.length} things standing, ${uncut.effects.length} effects`);
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
  const cut = parsePoint(name);
  if (cut === undefined || cut.effect >= uncut.effects.length) {
    say(`--only ${name}: must be 0:before to ${uncut.effects.length - 1}:after`);
    return 2;
  }
  const end = await playStory(cut);
  const problems = compareEnds(uncut, end);
  say(`${name} (${uncut.effects[cut.effect]?.label}): ${problems.length === 0 ? 'same end' : problems.join('; ')}`);
  return problems.length === 0 ? 0 : 1;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
