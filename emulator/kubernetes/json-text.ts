/** Answers as text. Stored objects are frozen, and most answers say again what others said: the text of each is made once. */
import { isMap, type JsonMap, type JsonValue } from '../world/json.ts';

const texts = new WeakMap<JsonMap, string>();

export function jsonText(object: JsonMap): string {
  const known = texts.get(object);
  if (known !== undefined) return known;
  const { items, ...head } = object;
  const text = Array.isArray(items) ? listText(head, items) : JSON.stringify(object);
  if (Object.isFrozen(object)) texts.set(object, text);
  return text;
}

/** Items come last, as in every list of the API. */
function listText(head: JsonMap, items: readonly JsonValue[]): string {
  const itemTexts = items.map((item) => (isMap(item) ? jsonText(item) : JSON.stringify(item)));
  const fields = [JSON.stringify(head).slice(1, -1), `"items":[${itemTexts.join(',')}]`];
  return `{${fields.filter((text) => text !== '').join(',')}}`;
}
