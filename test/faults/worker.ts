/** Plays points in a thread of its own: one message per point, with what is wrong at its end. */
import { parentPort } from 'node:worker_threads';
import type { StoryEnd } from './ends.ts';
import type { Order, Played } from './players.ts';
import { lastingNameOf, nameOf, type Point } from './points.ts';
import { judge } from './story.ts';
import { type Story, storyOf } from './stories.ts';

let told: { readonly story: Story; readonly uncut: StoryEnd } | undefined;

// Orders come one at a time: the next one is sent when this one is answered.
parentPort?.on('message', (order: Order) => {
  if ('story' in order) told = { story: storyOf(order.story), uncut: order.uncut };
  else void play(order.point).then((played) => parentPort?.postMessage(played));
});

async function play(point: Point): Promise<Played> {
  const { story, uncut } = told ?? {};
  if (story === undefined || uncut === undefined) throw new Error(`playing ${nameOf(point)}: of no story`);
  const problems = await story.play(point).then(
    (end) => judge(uncut, point, end),
    (thrown: unknown) => [
      `the story broke: ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}`,
    ],
  );
  return { name: nameOf(point), lastingName: lastingNameOf(point), label: point.label, problems };
}
