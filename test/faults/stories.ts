/** The stories that are told uncut once, and then with one fault at each of their points. */
import type { StoryEnd } from './ends.ts';
import { allPoints, type Point } from './points.ts';
import { type Direction, playScaling, type ScalingEnd, scalingPoints } from './scaling.ts';
import { playStory } from './story.ts';

export interface Story {
  readonly name: string;
  /** Phase in which it ends uncut. */
  readonly endsIn: string;
  play(point?: Point): Promise<StoryEnd>;
  /** Of an uncut run of the same story. */
  points(uncut: StoryEnd): readonly Point[];
}

function scaling(direction: Direction): Story {
  return {
    name: `scale-${direction}`,
    endsIn: 'ready, ready',
    play: (point) => playScaling(direction, point),
    points: (uncut) => scalingPoints(uncut as ScalingEnd), // what `play` of this story returned
  };
}

export const stories: readonly Story[] = [
  { name: 'build', endsIn: 'ready', play: playStory, points: allPoints },
  scaling('up'),
  scaling('down'),
];

export function storyOf(name: string): Story {
  const found = stories.find((story) => story.name === name);
  if (found === undefined) {
    throw new Error(`telling story ${name}: there are ${stories.map((story) => story.name).join(', ')}`);
  }
  return found;
}
