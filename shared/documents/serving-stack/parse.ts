import type { ClusterDocument } from '../../domain/cluster.ts';
import { resolveStack } from '../../domain/serving/resolve-stack.ts';
import type { Stack } from '../../domain/serving/resolved-stack.ts';
import { type ServingCatalogue, stackFactsOf } from '../../domain/serving/serving-catalogue.ts';
import type { ServingStackDocument } from '../../domain/serving/stack.ts';
import { parseAs, type Parsed } from '../parse-as.ts';
import { readText } from '../text.ts';
import { servingStackKind } from './kind.ts';
import { clusterWarnings, onCluster } from './on-cluster.ts';

/** Parsed JSON → document, or everything that is wrong with it at once. */
export function parseServingStack(value: unknown, catalogue: ServingCatalogue): Parsed<ServingStackDocument> {
  return parseAs({ ServingStack: servingStackKind }, value, catalogue);
}

/** The same from YAML or JSON text; `cluster`: where it goes, which says what the document leaves out. */
export function parseServingStackText(
  text: string,
  catalogue: ServingCatalogue,
  cluster?: ClusterDocument,
): Parsed<ServingStackDocument> {
  const read = readText(text);
  if (!('value' in read)) return read;
  return cluster === undefined
    ? parseServingStack(read.value, catalogue)
    : parseOnCluster(read.value, catalogue, cluster);
}

function parseOnCluster(
  written: unknown,
  catalogue: ServingCatalogue,
  cluster: ClusterDocument,
): Parsed<ServingStackDocument> {
  const { value, problems } = onCluster(written, cluster);
  const parsed = parseServingStack(value, catalogue);
  const [first, ...more] = [...problems, ...(parsed.ok ? [] : parsed.problems)];
  if (first !== undefined) return { ok: false, problems: [first, ...more] };
  if (!parsed.ok) return parsed;
  return { ...parsed, warnings: [...parsed.warnings, ...clusterWarnings(parsed.content, cluster)] };
}

/** Of a document that was parsed with the same catalogue. */
export function stackOf(document: ServingStackDocument, catalogue: ServingCatalogue): Stack {
  const facts = stackFactsOf(document, catalogue);
  if (facts === undefined) {
    throw new Error(`resolving ${document.metadata.name}: the catalogue has no ${document.spec.hardware.machineType}`);
  }
  return resolveStack(document, facts);
}
