/** Why each value that is nobody's default stands where it stands: the reasons of all parts held against rendered objects. Pure. */
import type { Json } from '../../shared/domain/json.ts';
import type { Stack } from '../../shared/domain/serving/resolved-stack.ts';
import type { Applied } from '../kubernetes/wire.ts';
import type { ExplainedObject, Explanation } from './reasons/explanation.ts';
import { reasons } from './reasons/index.ts';
import { none, ownReasons } from './reasons/own.ts';
import type { Reason } from './reasons/reason.ts';
import {
  coveredFrom,
  formatPath,
  isAbout,
  type Leaf,
  leavesOf,
  readSetting,
  type SettingPattern,
  valueAt,
} from './reasons/setting.ts';
import { isStructural } from './reasons/structure.ts';

export interface Explained {
  /** In the order of the objects and of what is in them. */
  readonly explanations: readonly Explanation[];
  /** Values that no reason is about, as `Kind/name path`. */
  readonly unexplained: readonly string[];
  /** Reasons that explain something here. */
  readonly used: ReadonlySet<Reason>;
}

interface ReadReason {
  readonly reason: Reason;
  readonly pattern: SettingPattern;
}

/** A reason, and how many steps of a path it says: what is below them is covered. */
interface Match extends ReadReason {
  readonly depth: number;
}

const readReasons: readonly ReadReason[] = reasons.map((reason) => ({ reason, pattern: readSetting(reason.setting) }));

export function explainObjects(stack: Stack, objects: readonly Applied[]): Explained {
  const each = objects.map((object) => explainObject(stack, object));
  return {
    explanations: each.flatMap(({ explanations }) => explanations),
    unexplained: each.flatMap(({ unexplained }) => unexplained),
    used: new Set(each.flatMap(({ used }) => [...used])),
  };
}

function explainObject(stack: Stack, applied: Applied): Explained {
  const object = subjectOf(applied);
  // What is applied is plain JSON; no type says that of an interface.
  const json = applied as unknown as Json;
  const about = readReasons.filter(({ pattern }) => isAbout(pattern, object));
  // A reason that covers several leaves is told once.
  const explanations = new Map<string, Explanation>();
  const unexplained: string[] = [];
  const used = new Set<Reason>();
  for (const leaf of leavesOf(json).filter(({ path }) => !isStructural(object, path))) {
    const match = bestOf(about, leaf);
    // Who says something of exactly this image knows more of it than its row.
    const own = isExact(match, leaf) ? none : ownReasons(stack, leaf);
    for (const told of own.reasons) explanations.set(told.path, { object, ...told });
    if (own.areWhole) continue;
    if (match === undefined) {
      unexplained.push(`${object.kind}/${object.name} ${formatPath(leaf.path)}`);
      continue;
    }
    used.add(match.reason);
    const told = explanationOf(stack, match, { object, json, leaf });
    explanations.set(`${told.path} of ${match.reason.setting}`, told);
  }
  return { explanations: [...explanations.values()], unexplained, used };
}

function subjectOf({ kind, metadata: { name, namespace } }: Applied): ExplainedObject {
  return { kind, name, ...(namespace !== undefined && { namespace }) };
}

/** The one that says most: the deepest, then the one of a named object, then the one of a kind. */
function bestOf(about: readonly ReadReason[], { path }: Leaf): Match | undefined {
  const matches = about.flatMap((read): readonly Match[] => {
    const depth = coveredFrom(read.pattern.words, path);
    return depth === undefined ? [] : [{ ...read, depth }];
  });
  const [best] = matches.toSorted((a, b) => b.depth - a.depth || precisionOf(b) - precisionOf(a));
  return best;
}

function isExact(match: Match | undefined, { path }: Leaf): boolean {
  return match?.depth === path.length && path.at(-1) === 'image';
}

function precisionOf({ pattern: { kind, name } }: ReadReason): number {
  return (name === undefined ? 0 : 2) + (kind === '*' ? 0 : 1);
}

interface Place {
  readonly object: ExplainedObject;
  readonly json: Json;
  readonly leaf: Leaf;
}

function explanationOf(stack: Stack, { reason, depth }: Match, { object, json, leaf }: Place): Explanation {
  const path = leaf.path.slice(0, depth);
  const { why, source } = reason;
  return {
    object,
    path: formatPath(path),
    value: valueAt(json, path),
    why: typeof why === 'string' ? why : why(stack),
    source,
  };
}
