/**
 * Kinds that are read where they are written and published by nobody: names only, so that functions, which must know what to refuse, do
 * not load what such a document may hold.
 */
const localKinds = ['ServingStack'] as const;

export type LocalKind = (typeof localKinds)[number];

export function isLocalKind(kind: unknown): kind is LocalKind {
  return localKinds.some((local) => local === kind);
}
