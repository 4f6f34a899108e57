/** Ids as Firestore takes them. */

/**
 * What an id may not hold there: `/`, to be `.` or `..`, and to look like `__…__` (Firestore documentation, "Quotas and limits"). Lists
 * are paged by id, so the order stays as it was: nothing stands between `.` and `/`, and a digit follows all three of them only here.
 */
const replacements: ReadonlyMap<string, string> = new Map([
  ['.', '.0'],
  ['/', '.1'],
  ['_', '_0'],
]);

const originals: ReadonlyMap<string, string> = new Map([...replacements].map(([plain, escaped]) => [escaped, plain]));

export function escapeId(id: string): string {
  return id.replaceAll(/[./_]/g, (character) => replacements.get(character) ?? character);
}

export function unescapeId(escaped: string): string {
  return escaped.replaceAll(/\.[01]|_0/g, (pair) => originals.get(pair) ?? pair);
}
