/** Why each value of a rendered stack is what it is, for people: object, path and value, reason, source. Pure. */
import type { Explanation, ExplainedObject } from '#manifests/serving/reasons/explanation.ts';
import { isJsonObject, type Json } from '#shared/domain/json.ts';
import { type Line, plain, span } from '../text/line.ts';
import { wrap } from '../text/wrap.ts';

const INDENT = '      ';

/** Characters of a value that say something. */
const MIN_ROOM = 24;

/** What an earlier object of the kind has in the same words (decode after prefill) is counted, not told again. */
export function explanationLines(explanations: readonly Explanation[], columns: number): readonly Line[] {
  const toldBy = new Map<string, string>();
  const byObject = Map.groupBy(explanations, ({ object }) => nameOf(object));
  return [...byObject].flatMap(([name, own], index) => {
    const again = own.map((one) => toldBy.get(wordsOf(one)));
    const news = own.filter((_, at) => again[at] === undefined);
    for (const one of news) toldBy.set(wordsOf(one), name);
    return [
      ...(index === 0 ? [] : [plain('')]),
      [span(name, 'bold')],
      ...groupsOf(news).flatMap((group) => linesOf(group, columns)),
      ...[...new Set(again)].flatMap((other) => sameLines(other, again)),
    ];
  });
}

function nameOf({ kind, namespace, name }: ExplainedObject): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

function wordsOf({ object: { kind }, path, value, why, source }: Explanation): string {
  return JSON.stringify([kind, path, value, why, source]);
}

/** Neighbours with one reason are told together. */
function groupsOf(explanations: readonly Explanation[]): readonly (readonly Explanation[])[] {
  const groups: Explanation[][] = [];
  for (const one of explanations) {
    const [last] = groups.at(-1) ?? [];
    if (last !== undefined && last.why === one.why && last.source === one.source) groups.at(-1)?.push(one);
    else groups.push([one]);
  }
  return groups;
}

function linesOf(group: readonly Explanation[], columns: number): readonly Line[] {
  const [{ why, source }] = group as readonly [Explanation, ...Explanation[]]; // made of one at least
  const room = columns - INDENT.length;
  return [
    ...group.flatMap((one) => valueLines(one, columns)),
    ...wrap(why, room).map((text) => plain(`${INDENT}${text}`)),
    ...wrap(source, room).map((text): Line => [span(`${INDENT}${text}`, 'dim')]),
  ];
}

/** A value that has no room beside its path stands below it; a long one is cut, since the objects have it whole. */
function valueLines({ path, value }: Explanation, columns: number): readonly Line[] {
  const written = writtenOf(value);
  const beside = columns - path.length - 5;
  if (written.length <= beside || beside >= MIN_ROOM) {
    return [[span('  '), span(path, 'cyan'), span(` = ${cut(written, beside)}`)]];
  }
  return [[span('  '), span(path, 'cyan'), span(' =')], plain(`    ${cut(written, columns - 4)}`)];
}

/** Of a variable or another entry with a name, which the path has already, the rest. */
function writtenOf(value: Json): string {
  if (typeof value === 'string') return value.includes('\n') ? `${value.split('\n', 1).join('')} …` : value;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const { name, ...rest } = value;
  const [only, ...more] = Object.values(rest);
  return name !== undefined && only !== undefined && more.length === 0 ? writtenOf(only) : JSON.stringify(value);
}

function cut(text: string, columns: number): string {
  return text.length <= columns ? text : `${text.slice(0, columns - 1)}…`;
}

function sameLines(other: string | undefined, all: readonly (string | undefined)[]): readonly Line[] {
  if (other === undefined) return [];
  return [[span(`  and ${all.filter((one) => one === other).length} as in ${other}`, 'dim')]];
}
