/**
 * `npm run faults`: each story, disturbed in one way at one effect or delivery, all of them in turn. Ends each with
 * `NAME: N points, M failed`; each failure prints the command that repeats it.
 *   --story scale-up   one story
 *   --only 17:after    one point, of the build unless --story names another
 *   --wires            samples over the wires: the functions' process is killed with SIGKILL at some of its calls
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { findPoint, type Point } from './points.ts';
import { judge, type StoryEnd } from './story.ts';
import { stories, type Story, storyOf } from './stories.ts';
import { playWires } from './wires.ts';
import { playScalingWires } from './wires-scaling.ts';

const { values } = parseArgs({
  options: { only: { type: 'string' }, story: { type: 'string' }, wires: { type: 'boolean' } },
});
process.exitCode = values.wires === true ? await playAllWires() : await playStories();

/** Exit code: the worse of both. */
async function playAllWires(): Promise<number> {
  const { story = 'all' } = values;
  const build = story === 'scale-up' ? 0 : await playWires(say);
  return story === 'build' ? build : Math.max(build, await playScalingWires(say));
}

/** Exit code: the worst of all stories. */
async function playStories(): Promise<number> {
  const { only, story: name } = values;
  if (only !== undefined) return await playPoints(storyOf(name ?? 'build'), only);
  const chosen = name === undefined ? stories : [storyOf(name)];
  let worst = 0;
  for (const story of chosen) worst = Math.max(worst, await playPoints(story, undefined));
  return worst;
}

async function playPoints(story: Story, only: string | undefined): Promise<number> {
  const uncut = await story.play();
  const { phase, standing, effects, deliveries } = uncut;
  const counts = `${standing.length} things standing, ${effects.length} effects, ${deliveries.length} deliveries`;
  say(`${story.name}, uncut: ${phase}, ${counts}`);
  const amiss = [...uncut.loose, ...uncut.breaches, ...uncut.twice];
  if (phase !== story.endsIn || amiss.length > 0) {
    throw new Error(`playing the uncut run of ${story.name}: ${phase}, ${amiss.join('; ')}`);
  }
  if (only !== undefined) return await playOne(story, only, uncut);
  const points = story.points(uncut);
  let failed = 0;
  await playAll(story, { points, uncut }, ({ name, label, problems }) => {
    if (problems.length === 0) return;
    failed++;
    say(`FAILED ${name} (${label})`);
    for (const problem of problems) say(`  ${problem}`);
    say(`  repeat with: npm run faults -- --story ${story.name} --only ${name}`);
  });
  say(`${story.name}: ${points.length} points, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

interface Played {
  readonly name: string;
  readonly label: string;
  readonly problems: readonly string[];
}

async function playAll(
  { name: story }: Story,
  { points, uncut }: { readonly points: readonly Point[]; readonly uncut: StoryEnd },
  report: (played: Played) => void,
): Promise<void> {
  const threads = availableParallelism();
  const share = (thread: number) => points.filter((_, index) => index % threads === thread);
  let played = 0;
  await Promise.all(
    Array.from({ length: threads }, (_, thread) => {
      const worker = new Worker(new URL('worker.ts', import.meta.url), {
        workerData: { story, points: share(thread), uncut },
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

async function playOne(story: Story, name: string, uncut: StoryEnd): Promise<number> {
  const point = findPoint(story.points(uncut), name);
  if (point === undefined) {
    say(`--only ${name}: no such point; one is written like 17:after, 82:late or d5:twice (test/README.md, "Faults")`);
    return 2;
  }
  const problems = judge(uncut, point, await story.play(point));
  say(`${name} (${point.label}): ${problems.length === 0 ? 'same end' : problems.join('; ')}`);
  return problems.length === 0 ? 0 : 1;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
