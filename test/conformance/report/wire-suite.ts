/** Titles that the report is made of: what was asked, of whom. */

export interface WireSuite {
  /** What is held against each other, e.g. `Pub/Sub`. */
  readonly wire: string;
  /** Whether the case ran against the real component or against what stands for it here. */
  readonly side: 'real' | 'ours';
  /** Who answered, with its version, e.g. `Google’s Pub/Sub emulator 0.8.20`; `the local cloud`. */
  readonly component: string;
}

const separator = ' | ';
const mark = 'wire';

/** The title of an outermost `describe`, which `readWireSuite` reads back. */
export function wireSuite({ wire, side, component }: WireSuite): string {
  return [mark, wire, side, component].join(separator);
}

/** What a title says; undefined: it is not one of a wire. */
export function readWireSuite(title: string): WireSuite | undefined {
  const [first, wire, side, component] = title.split(separator);
  if (first !== mark || wire === undefined || component === undefined) return undefined;
  if (side !== 'real' && side !== 'ours') throw new Error(`reading the suite ${title}: side is ${side}`);
  return { wire, side, component };
}
