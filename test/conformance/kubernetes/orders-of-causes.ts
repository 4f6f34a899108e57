/** A refusal with several causes, as it might have been written as well: a real server names them in random order. */
import { isMap, type JsonMap, type JsonValue } from '../../../emulator/world/json.ts';

/** Among more than these many causes there would be too many orders to try. */
const MAX_CAUSES = 5;

/** The holder of a body in every order of that body's causes, in its message too; first as it is. */
export function inEveryOrder<T extends { readonly body: JsonValue }>(holder: T): readonly T[] {
  const { body } = holder;
  const details = isMap(body) ? body['details'] : undefined;
  const found = isMap(details) ? details['causes'] : undefined;
  if (!isMap(body) || !isMap(details) || !Array.isArray(found)) return [holder];
  const causes = found.filter(isMap);
  if (causes.length < 2 || causes.length > MAX_CAUSES) return [holder];
  const text = causes.map(textOf).join(', ');
  return permutations(causes).map((order) => {
    const message = String(body['message']).replace(text, () => order.map(textOf).join(', '));
    return { ...holder, body: { ...body, message, details: { ...details, causes: [...order] } } };
  });
}

const textOf = (cause: JsonMap): string => `${String(cause['field'])}: ${String(cause['message'])}`;

function permutations<T>(items: readonly T[]): readonly (readonly T[])[] {
  if (items.length === 0) return [[]];
  return items.flatMap((first, at) => permutations(items.toSpliced(at, 1)).map((rest) => [first, ...rest]));
}
