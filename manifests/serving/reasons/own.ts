/** Values that need no reason of a part: flags of vLLM and images, whose catalogue row explains them, and what the document asks for. */
import type { Provenance } from '../../../shared/domain/catalogue.ts';
import type { Stack } from '../../../shared/domain/serving/resolved-stack.ts';
import * as pinnedImages from '../../catalogue/images.ts';
import { imageOf, servingImages } from '../../catalogue/serving-images.ts';
import { vllmFlags } from '../../catalogue/vllm-flags.ts';
import type { Explanation } from './explanation.ts';
import { SERVER_CONTAINER } from '../pod/pod.ts';
import { formatPath, type Leaf } from './setting.ts';

export interface OwnReasons {
  readonly reasons: readonly Omit<Explanation, 'object'>[];
  /** They say all of the value; of a script they say its flags alone. */
  readonly areWhole: boolean;
}

export const none: OwnReasons = { reasons: [], areWhole: false };

const images: ReadonlyMap<string, Provenance> = new Map<string, Provenance>([
  ...Object.values(servingImages).map((row) => [imageOf(row), row] as const),
  ...Object.values(pinnedImages).map((row) => [row.image, row] as const),
]);

export function ownReasons(stack: Stack, leaf: Leaf): OwnReasons {
  const { path, value } = leaf;
  if (typeof value !== 'string') return none;
  if (path.at(-1) === 'image') return imageReason(stack, path, value);
  if (isAsked(stack, path)) return asked(path, value);
  return isServerArgument(leaf) ? flagReasons(stack, leaf, value) : none;
}

/** A variable of the document's own. */
function isAsked({ engine }: Stack, path: Leaf['path']): boolean {
  const variable = path.at(-2);
  const isVariable = path.at(-3) === 'env' && typeof variable === 'object' && variable.name !== undefined;
  return isVariable && Object.hasOwn(engine.env, variable.name ?? '');
}

function asked(path: Leaf['path'], value: string): OwnReasons {
  const reason = { path: formatPath(path), value, why: 'the document asks for it', source: 'spec.engine.env' };
  return { reasons: [reason], areWhole: true };
}

function isServerArgument({ path }: Leaf): boolean {
  const container = path.at(-3);
  return path.at(-2) === 'args' && typeof container === 'object' && container.name === SERVER_CONTAINER;
}

/** The argument is a flag, or a script that ends in the server and its flags, one a line (`vllm-command.ts`). */
function flagReasons(stack: Stack, { path }: Leaf, value: string): OwnReasons {
  const areWhole = value.startsWith('--');
  const words = areWhole ? [value] : value.slice(Math.max(0, value.indexOf('vllm serve'))).split(/ \\\n\s*/);
  const reasons = words.flatMap((word) => {
    const [, name, rest = ''] = /^(--[\w.-]+)=?([^]*)$/.exec(word) ?? [];
    if (name === undefined) return [];
    return [{ path: `${formatPath(path)} ${name}`, value: rest === '' ? true : rest, ...flagReason(stack, name) }];
  });
  return { reasons, areWhole };
}

function flagReason({ engine }: Stack, name: string): Pick<Explanation, 'why' | 'source'> {
  // The owner may tune with flags that the builders know and, in this shape, do not write; `false` is written as `--no-`.
  const isOwners = [name, name.replace(/^--no-/, '--')].some((flag) => Object.hasOwn(engine.flags, flag));
  if (isOwners || !isKnownFlag(name)) return { why: 'the document asks for it', source: 'spec.engine.flags' };
  const { why, source, ...gate } = vllmFlags[name];
  return { why: 'since' in gate ? `${why} (since ${gate.since}, this is ${engine.version})` : why, source };
}

function isKnownFlag(name: string): name is keyof typeof vllmFlags {
  return Object.hasOwn(vllmFlags, name);
}

function imageReason({ engine, spec }: Stack, path: Leaf['path'], value: string): OwnReasons {
  const told = (why: string, source: string): OwnReasons => ({
    reasons: [{ path: formatPath(path), value, why, source }],
    areWhole: true,
  });
  if (value === spec.engine?.image) return told('the image that the document names', 'spec.engine.image');
  const row = images.get(value);
  if (row !== undefined)
    return told('pinned: a floating tag changes under a running fleet', `${row.source} (${row.asOf})`);
  if (value === engine.image) return told('vLLM of the version that the document names', 'spec.engine.version');
  return none;
}
