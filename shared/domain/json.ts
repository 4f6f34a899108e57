/** Plain data as it travels over a wire or into the ledger. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export type JsonObject = { readonly [key: string]: Json | undefined };

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The JSON value that a text is; undefined if it is none. The caller knows what the text should have been, and says so. */
export function parseJson(text: string): Json | undefined {
  try {
    const parsed: Json = JSON.parse(text);
    return parsed;
  } catch {
    // Where in the text the parser stopped helps nobody: what comes here is a message or an answer of something else.
    return undefined;
  }
}

/** Data as it will be stored or sent: without the members that are undefined. It must be plain, which no type says of an interface. */
export function toPlainJson(value: object): JsonObject {
  return JSON.parse(JSON.stringify(value));
}

/** The same keys with changed values. */
export function mapValues<From, To>(
  record: Readonly<Record<string, From>>,
  change: (value: From, key: string) => To,
): Readonly<Record<string, To>> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]));
}
