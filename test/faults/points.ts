import type { Cut } from '../support/process.ts';
import type { StoryEnd } from './story.ts';

/** One way to be cut off, written `17:after`. */
export interface Point extends Cut {
  readonly label: string;
}

/** Before and after every effect of the uncut run, each once. */
export function allPoints(uncut: StoryEnd): readonly Point[] {
  return uncut.effects.flatMap(({ index, label }): Point[] => [
    { effect: index, when: 'before', label },
    { effect: index, when: 'after', label },
  ]);
}

export function nameOf({ effect, when }: Cut): string {
  return `${effect}:${when}`;
}

/** `17:after` → the cut; undefined if the text is none. */
export function parsePoint(text: string): Cut | undefined {
  const [, effect, when] = /^(\d+):(before|after)$/.exec(text) ?? [];
  if (effect === undefined) return undefined;
  return { effect: Number(effect), when: when === 'before' ? 'before' : 'after' };
}
