/** Plays points in a thread of its own: one message per point, with what is wrong at its end. */
import { parentPort, workerData } from 'node:worker_threads';
import { nameOf, type Point } from './points.ts';
import { judge, playStory, type StoryEnd } from './story.ts';

const { points, uncut } = workerData as { readonly points: readonly Point[]; readonly uncut: StoryEnd };

for (const point of points) {
  const problems = await playStory(point).then(
    (end) => judge(uncut, point, end),
    (thrown: unknown) => [
      `the story broke: ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}`,
    ],
  );
  parentPort?.postMessage({ name: nameOf(point), label: point.label, problems });
}
