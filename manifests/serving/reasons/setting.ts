/** Settings of objects: where they are, and which of them a reason is about. Pure. */
import type { Json } from '../../../shared/domain/json.ts';

/** A field, or an entry of a list: by its place, and by its name where it has one. */
export type Step = string | { readonly index: number; readonly name?: string };

/** A value with nothing below it: text, number, truth value, or an empty list or mapping. */
export interface Leaf {
  readonly path: readonly Step[];
  readonly value: Json;
}

export function leavesOf(value: Json, path: readonly Step[] = []): readonly Leaf[] {
  const inner = entriesOf(value);
  return inner.length === 0 ? [{ path, value }] : inner.flatMap(([step, below]) => leavesOf(below, [...path, step]));
}

function entriesOf(value: Json): readonly (readonly [Step, Json])[] {
  if (typeof value !== 'object' || value === null) return [];
  if (!isList(value))
    return Object.entries(value).flatMap(([key, below]) => (below === undefined ? [] : [[key, below]]));
  return value.map((below, index) => [{ index, ...nameOf(below) }, below]);
}

export function valueAt(value: Json, path: readonly Step[]): Json {
  return path.reduce<Json>((inner, step) => entriesOf(inner).find(([at]) => isSame(at, step))?.[1] ?? null, value);
}

function isSame(one: Step, other: Step): boolean {
  return typeof one === 'object' && typeof other === 'object' ? one.index === other.index : one === other;
}

/** `Array.isArray` does not tell a readonly list from the other kinds of JSON. */
function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function nameOf(value: Json): { readonly name?: string } {
  const name = typeof value === 'object' && value !== null && 'name' in value ? value['name'] : undefined;
  return typeof name === 'string' ? { name } : {};
}

/** `spec.template.spec.containers[modelserver].args[0]`. */
export function formatPath(path: readonly Step[]): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'object') return `${text}[${step.name ?? step.index}]`;
    if (!/^[\w-]+$/.test(step)) return `${text}[${JSON.stringify(step)}]`;
    return text === '' ? step : `${text}.${step}`;
  }, '');
}

export interface Subject {
  readonly kind: string;
  readonly name: string;
}

/** What a `Reason.setting` says, read. */
export interface SettingPattern {
  /** `*`: any. */
  readonly kind: string;
  /** With `*` for any letters. */
  readonly name?: string;
  readonly words: readonly string[];
}

export function readSetting(setting: string): SettingPattern {
  const [subject = '', path = '', ...others] = setting.split(' ');
  if (subject === '' || path === '' || others.length > 0) {
    throw new Error(`reading the setting "${setting}": it is no kind and path`);
  }
  if (subject === 'env') return { kind: '*', words: ['**', 'env', path] };
  const [kind = '', name] = subject.split('/');
  return { kind, ...(name !== undefined && { name }), words: path.split('.') };
}

export function isAbout({ kind, name }: SettingPattern, subject: Subject): boolean {
  const fits = kind === '*' || kind === subject.kind;
  return fits && (name === undefined || globOf(name).test(subject.name));
}

function globOf(name: string): RegExp {
  const literal = name.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${literal.join('.*')}$`);
}

/** How many steps of the path the words say, so that all below is covered; the fewest, undefined where they do not fit. */
export function coveredFrom(words: readonly string[], path: readonly Step[]): number | undefined {
  return covered({ words, path }, 0, 0);
}

interface Fitting {
  readonly words: readonly string[];
  readonly path: readonly Step[];
}

function covered(fitting: Fitting, fromWord: number, fromStep: number): number | undefined {
  const { words, path } = fitting;
  const word = words[fromWord];
  if (word === undefined) return fromStep;
  if (word === '**') {
    for (let at = fromStep; at <= path.length; at++) {
      const found = covered(fitting, fromWord + 1, at);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  const step = path[fromStep];
  if (step === undefined) return undefined;
  const taken = word === '*' ? 1 : wordsOf(step, words, fromWord);
  return taken === 0 ? undefined : covered(fitting, fromWord + taken, fromStep + 1);
}

/** How many words say this step: one, or as many as a key or name with dots has parts; 0: another one. */
function wordsOf(step: Step, words: readonly string[], from: number): number {
  if (typeof step === 'string') return wordsOfName(step, words, from);
  const { index, name } = step;
  return wordsOfName(String(index), words, from) || (name === undefined ? 0 : wordsOfName(name, words, from));
}

function wordsOfName(name: string, words: readonly string[], from: number): number {
  if (words[from] === name) return 1;
  if (!name.includes('.')) return 0;
  const parts = name.split('.').length;
  return words.slice(from, from + parts).join('.') === name ? parts : 0;
}
