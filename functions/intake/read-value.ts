/** Text of a message → value that may be looked at: whatever a message is about, it passes here first. */
import { parseJson } from '#shared/domain/json.ts';
import { brokenBoundOf } from '#shared/domain/json-bounds.ts';

/**
 * A larger message (bytes of JSON) is not even parsed: a document could not be stored with its record, since the ledger's own limit
 * is 1 MiB, and finding out what is wrong in megabytes takes longer than a delivery has.
 */
const MAX_MESSAGE_BYTES = 512 * 1024;

/** People write YAML, and many a console takes any text for a message. */
const NOT_JSON =
  'the message is not JSON: publish one document as JSON; the topic takes no YAML, which inferctl turns into JSON';

export type Reading =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'refused'; readonly reason: string };

export function readValue(text: string): Reading {
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_MESSAGE_BYTES) {
    return refused(`the message has ${bytes} bytes, at most ${MAX_MESSAGE_BYTES} are read: make it smaller`);
  }
  const value = parseJson(text);
  if (value === undefined) return refused(NOT_JSON);
  const bound = brokenBoundOf(value);
  if (bound !== undefined) return refused(`the message ${bound.rule}: ${bound.fix}`);
  return { kind: 'value', value };
}

function refused(reason: string): Reading {
  return { kind: 'refused', reason };
}
