/** Plays points in a thread of its own: one message per point, with what is wrong at its end. */
import { parentPort, workerData } from 'node:worker_threads';
import { nameOf, type Point } from './points.ts';
import { judge, type StoryEnd } from './story.ts';
import { storyOf } from './stories.ts';

interface Task {
  readonly story: string;
  readonly points: readonly Point[];
  readonly uncut: StoryEnd;
}

const { story: name, points, uncut } = workerData as Task;
const story = storyOf(name);

for (const point of points) {
  const problems = await story.play(point).then(
    (end) => judge(uncut, point, end),
    (thrown: unknown) => [
      `the story broke: ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}`,
    ],
  );
  parentPort?.postMessage({ name: nameOf(point), label: point.label, problems });
}
