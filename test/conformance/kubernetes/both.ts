/** The same calls to two servers, and where their answers differ once identities, versions and times are left out. */
import { isDeepStrictEqual } from 'node:util';
import { isMap, type JsonMap, type JsonValue } from '../../../emulator/world/json.ts';
import type { Call } from './cases.ts';
import { inEveryOrder } from './orders-of-causes.ts';
import { type Answer, ask, operate, type Target } from './replayer.ts';

/** A call that may depend on what the same server answered to the call before. */
export type Step = Call | ((before: JsonValue) => Call);

export interface Servers {
  readonly real: Target;
  readonly ours: Target;
}

/** The first difference, with everything that was asked before it; undefined: both answered alike throughout. */
export async function compare(
  namespace: string,
  steps: readonly Step[],
  servers: Servers,
): Promise<string | undefined> {
  const sides = [servers.real, servers.ours].map((target) => ({ target, names: new Map<string, string>() }));
  for (const { target } of sides) await operate({ op: 'ensureNamespace', name: namespace }, target);
  const asked: string[] = [];
  let before: readonly JsonValue[] = [null, null];
  for (const step of steps) {
    const answers = await Promise.all(
      sides.map(async ({ target, names }, at) => {
        const call = typeof step === 'function' ? step(before[at] ?? null) : step;
        if (at === 1) asked.push(`${call.method} ${call.path} ${JSON.stringify(call.body ?? call.rawBody ?? '')}`);
        const answer = await ask(call, target, new Map());
        return { answer, plain: withoutIdentity(answer, names) };
      }),
    );
    const [real, ours] = answers;
    if (real === undefined || ours === undefined) throw new Error('comparing two servers: one did not answer');
    const isSame = inEveryOrder(real.plain).some((plain) => isDeepStrictEqual(sorted(plain), sorted(ours.plain)));
    if (!isSame)
      return [
        ...asked,
        `real: ${JSON.stringify(sorted(real.plain))}`,
        `ours: ${JSON.stringify(sorted(ours.plain))}`,
      ].join('\n');
    before = answers.map(({ answer }) => answer.body);
  }
  return undefined;
}

/** Every value of these is called by when it came up first, so that equal ones stay equal. */
const identities = new Set(['uid', 'resourceVersion']);
const times = new Set(['creationTimestamp', 'deletionTimestamp', 'time']);

function withoutIdentity(answer: Answer, names: Map<string, string>): Answer {
  const named = (kind: string, value: string): string => {
    const place = `${kind} ${value}`;
    const known = names.get(place) ?? `${kind} ${[...names.keys()].filter((name) => name.startsWith(kind)).length}`;
    names.set(place, known);
    return known;
  };
  const plain = (value: JsonValue, key: string): JsonValue => {
    if (typeof value === 'string') {
      if (identities.has(key)) return named(key, value);
      // The exception refused-patch-key-order (exceptions.ts); `differing.ts` shows that it is still one.
      return times.has(key) ? 'a time' : value.replace(/(patch: )?Invalid value: "\{.*\}": /s, 'Invalid value: {…}: ');
    }
    if (Array.isArray(value)) {
      const items = value.map((item) => plain(item, ''));
      return key === 'managedFields' ? items.toSorted((a, b) => (textOf(a) < textOf(b) ? -1 : 1)) : items;
    }
    if (!isMap(value)) return value;
    const fields = Object.entries(value).map(([name, field]) => [name, plain(field ?? null, name)] as const);
    return Object.fromEntries(fields);
  };
  return { ...answer, body: plain(answer.body, '') };
}

const textOf = (value: JsonValue): string => JSON.stringify(sorted(value));

/** With keys in one order, so that the text of two equal values is equal. */
function sorted<T>(value: T): T {
  const order = (_: string, field: unknown): unknown =>
    isMap(field)
      ? Object.fromEntries(Object.entries(field satisfies JsonMap).sort(([a], [b]) => (a < b ? -1 : 1)))
      : field;
  // Made of the same value, so of the same type.
  return JSON.parse(JSON.stringify(value, order)) as T;
}
