/** `npm run faults`: ends each story with `NAME: N points, M failed`; `options.ts` has the usage. */
import { availableParallelism } from 'node:os';
import type { StoryEnd } from './ends.ts';
import { examplePoints, type FaultOptions, parseFaultOptions, pointsOf, type Share, usage } from './options.ts';
import { Players } from './players.ts';
import { findPoint } from './points.ts';
import { judge } from './story.ts';
import { stories, type Story, storyOf } from './stories.ts';
import { playWires } from './wires.ts';
import { playScalingWires } from './wires-scaling.ts';

const parsed = parseFaultOptions(process.argv.slice(2));
if (parsed.ok) process.exitCode = await play(parsed.options);
else {
  process.stderr.write(`${parsed.message}\n`);
  process.exitCode = 2;
}

async function play(options: FaultOptions): Promise<number> {
  if (options.help) {
    process.stdout.write(usage());
    return 0;
  }
  return options.wires ? await playAllWires(options) : await playStories(options);
}

/** Exit code: the worse of both. */
async function playAllWires({ story, share }: FaultOptions): Promise<number> {
  const build = story === 'scale-up' ? 0 : await playWires(say, share);
  return story === 'build' ? build : Math.max(build, await playScalingWires(say, share));
}

/** Exit code: the worst of all stories. */
async function playStories({ only, story: name, share }: FaultOptions): Promise<number> {
  if (only !== undefined) return await playOne(storyOf(name ?? 'build'), only);
  // They load what a story is made of while its uncut run is played here.
  const players = new Players(availableParallelism());
  let worst = 0;
  for (const story of name === undefined ? stories : [storyOf(name)]) {
    worst = Math.max(worst, await playAll(story, players, share));
  }
  await players.close();
  return worst;
}

async function playUncut(story: Story): Promise<StoryEnd> {
  const uncut = await story.play();
  const { phase, standing, effects, deliveries } = uncut;
  const counts = `${standing.length} things standing, ${effects.length} effects, ${deliveries.length} deliveries`;
  say(`${story.name}, uncut: ${phase}, ${counts}`);
  const amiss = [...uncut.loose, ...uncut.breaches, ...uncut.twice];
  if (phase !== story.endsIn || amiss.length > 0) {
    throw new Error(`playing the uncut run of ${story.name}: ${phase}, ${amiss.join('; ')}`);
  }
  return uncut;
}

async function playAll(story: Story, players: Players, share: Share | undefined): Promise<number> {
  const uncut = await playUncut(story);
  const all = story.points(uncut);
  const points = pointsOf(all, share);
  let played = 0;
  let failed = 0;
  await players.play({ story: story.name, uncut, points }, ({ name, lastingName, label, problems }) => {
    if (++played % 100 === 0) say(`${played} of ${points.length}`);
    if (problems.length === 0) return;
    failed++;
    say(`FAILED ${name} (${label})`);
    for (const problem of problems) say(`  ${problem}`);
    say(`  repeat with: npm run faults -- --story ${story.name} --only '${lastingName}'`);
  });
  const left = share === undefined ? '' : ` (share ${share.index}/${share.of} of ${all.length})`;
  say(`${story.name}: ${points.length} points, ${failed} failed${left}`);
  return failed === 0 ? 0 : 1;
}

async function playOne(story: Story, name: string): Promise<number> {
  const uncut = await playUncut(story);
  const point = findPoint(story.points(uncut), name);
  if (point === undefined) {
    process.stderr.write(
      `--only ${name}: ${story.name} has no such point; one is written like ${examplePoints.join(', ')}\n`,
    );
    return 2;
  }
  const problems = judge(uncut, point, await story.play(point));
  say(`${name} (${point.label}): ${problems.length === 0 ? 'same end' : problems.join('; ')}`);
  return problems.length === 0 ? 0 : 1;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
