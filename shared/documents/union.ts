/** Alternatives in a schema: which of them somebody who wrote a value had in mind. */
import { isJsonObject, type Json } from '../domain/json.ts';
import { nearest } from './nearest.ts';
import type { SchemaNode } from './schema-node.ts';

/** Undefined: no union. Beside a type of its own, a node's `oneOf` only says which of its fields go together. */
export function branchesOf({ type, anyOf, oneOf }: SchemaNode): readonly SchemaNode[] | undefined {
  return type === undefined ? (anyOf ?? oneOf) : undefined;
}

/** The place of the alternative that is meant; undefined where nothing that was written points to any of them. */
export function meantBranch(branches: readonly SchemaNode[], value: Json | undefined): number | undefined {
  const scores = branches.map((branch) => scoreOf(branch, value));
  const best = Math.max(...scores);
  return best > 0 ? scores.indexOf(best) : undefined;
}

export interface MixedBranch {
  /** Fields that this alternative alone must have. */
  readonly needed: readonly string[];
  /** Those of them that are there. */
  readonly written: readonly string[];
}

/** Alternatives of which a mapping has fields that each must have alone: nobody can tell which of them is meant. Undefined: no such thing. */
export function mixedBranches(
  branches: readonly SchemaNode[],
  value: Json | undefined,
): readonly MixedBranch[] | undefined {
  if (!isJsonObject(value) || branches.some(({ properties }) => hasWord(properties))) return undefined;
  const found = branches.map((branch) => {
    const others = branches.filter((other) => other !== branch);
    const needed = (branch.required ?? []).filter((key) => others.every((other) => !(key in (other.properties ?? {}))));
    return { needed, written: needed.filter((key) => Object.hasOwn(value, key)) };
  });
  const mixed = found.filter(({ written }) => written.length > 0);
  return mixed.length > 1 ? mixed : undefined;
}

/** A word that tells alternatives apart. */
function hasWord(properties: SchemaNode['properties'] = {}): boolean {
  return Object.values(properties).some((property) => property.const !== undefined);
}

/** The node that a value is held against: of a union the alternative that is meant, its first one where none is. */
export function nodeFor(node: SchemaNode, value: Json | undefined): SchemaNode {
  const branches = branchesOf(node);
  if (branches === undefined) return node;
  return nodeFor(branches[meantBranch(branches, value) ?? 0] ?? {}, value);
}

/** Fields that it knows count, misspelt ones nearly as much; a word that tells alternatives apart counts more than all of them. */
function scoreOf(node: SchemaNode, value: Json | undefined): number {
  if (!isJsonObject(value)) return value !== undefined && isOfType(node, value) ? 1 : 0;
  const { properties } = node;
  if (properties === undefined) return 0;
  const known = Object.keys(properties);
  return Object.entries(value).reduce((score, [key, inner]) => {
    const word = properties[key]?.const;
    if (word !== undefined) return score + (word === inner ? 100 : 0);
    if (Object.hasOwn(properties, key)) return score + 3;
    return score + (nearest(key, known) === undefined ? 0 : 2);
  }, 0);
}

function isOfType({ type, enum: words, const: word }: SchemaNode, value: Json): boolean {
  if (word !== undefined) return word === value;
  if (words !== undefined) return words.some((one) => one === value);
  if (type === 'array') return Array.isArray(value);
  return type === 'integer' ? typeof value === 'number' : typeof value === type;
}
