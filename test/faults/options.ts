import { parseArgs } from 'node:util';
import { stories } from './stories.ts';

export interface FaultOptions {
  readonly help: boolean;
  /** Samples over the wires instead of all points in one process. */
  readonly wires: boolean;
  /** Absent: all. */
  readonly story?: string;
  /** Name of one point. */
  readonly only?: string;
  /** Absent: every point. */
  readonly share?: Share;
}

/** Every so-manieth point, counted from one: all shares together are all points. */
export interface Share {
  readonly index: number;
  readonly of: number;
}

export function pointsOf<P>(points: readonly P[], share: Share | undefined): readonly P[] {
  if (share === undefined) return points;
  return points.filter((_, at) => at % share.of === share.index - 1);
}

export type ParsedFaultOptions =
  | { readonly ok: true; readonly options: FaultOptions }
  | { readonly ok: false; readonly message: string };

/** Points of the build that the texts name; a test holds that they exist. */
export const examplePoints = ['frozen networks.insert demo-rdma', '17:after', 'd5:twice'] as const;

const storyNames = stories.map(({ name }) => name);

/** Those of which there are samples over the wires. */
const wiredStories: readonly string[] = ['build', 'scale-up'];

export function parseFaultOptions(argv: readonly string[]): ParsedFaultOptions {
  try {
    const { values } = parseArgs({ args: [...argv], options: flags, allowPositionals: false });
    const problem = checkStory(values) ?? checkOnly(values) ?? checkShare(values);
    if (problem !== undefined) return { ok: false, message: problem };
    const { share, ...others } = values;
    return { ok: true, options: share === undefined ? others : { ...others, share: readShare(share) } };
  } catch (thrown) {
    // parseArgs says in its first sentence which flag it does not know or which value is missing; the rest is advice.
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return { ok: false, message: `${message.split('. ')[0]}; --help lists the options` };
  }
}

function checkStory({ story, wires }: Pick<FaultOptions, 'story' | 'wires'>): string | undefined {
  const known = wires ? wiredStories : storyNames;
  if (story === undefined || known.includes(story)) return undefined;
  return `--story ${story}: must be one of ${known.join(', ')}${wires ? ' over the wires' : ''}`;
}

function checkOnly({ only, wires }: Pick<FaultOptions, 'only' | 'wires'>): string | undefined {
  if (only === undefined || !wires) return undefined;
  return `--only ${only}: the samples over the wires have no names; leave out --wires`;
}

const SHARE = /^([1-9]\d{0,3})\/([1-9]\d{0,3})$/;

function readShare(text: string): Share {
  const [index = 0, of = 0] = (SHARE.exec(text)?.slice(1) ?? []).map(Number);
  return { index, of };
}

interface ShareValues extends Pick<FaultOptions, 'only'> {
  readonly share?: string;
}

function checkShare({ share, only }: ShareValues): string | undefined {
  if (share === undefined) return undefined;
  if (only !== undefined) return `--share ${share}: is of all points; leave out --only`;
  const { index, of } = readShare(share);
  return index >= 1 && index <= of ? undefined : `--share ${share}: must be I/N with 1 <= I <= N, e.g. 2/4`;
}

const flags = {
  help: { type: 'boolean', short: 'h', default: false },
  wires: { type: 'boolean', default: false },
  story: { type: 'string' },
  only: { type: 'string' },
  share: { type: 'string' },
} as const;

export function usage(): string {
  return `npm run faults -- [options]

Tells each story uncut, and then once per point with one fault at one effect or delivery. Every such run must end like the uncut one;
of each that does not, it prints what is wrong and the command that repeats it. Exit code: 0 all alike, 1 some not, 2 wrong options.

  --story NAME   one story: ${storyNames.join(', ')}
  --only POINT   one point, of the build unless --story names another:
                 ${examplePoints.map((name) => `'${name}'`).join(', ')}
  --share I/N    every Nth point of each story, from the Ith: shares 1/N to N/N are all points
  --wires        samples over the wires (${wiredStories.join(', ')}): the functions' process gets a SIGKILL at some of its calls
  --help         this text
`;
}
