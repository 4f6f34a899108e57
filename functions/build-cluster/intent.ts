/** The wanted document → a cluster with nothing left to decide. Pure. */
import { catalogue } from '#manifests/catalogue/index.ts';
import { formatProblem, parseDocument } from '#shared/documents/index.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import { resolveCluster } from '#shared/domain/resolve-cluster.ts';
import type { ResolvedCluster } from '#shared/domain/resolved-cluster.ts';
import { AutomationError } from '#shared/errors.ts';

/** Throws `permanent` for a document that was accepted under other rules and no longer passes: it stays visible, with the reason. */
export function parseIntent(wanted: JsonObject): ResolvedCluster {
  const parsed = parseDocument(wanted, catalogue);
  if (parsed.ok) return resolveCluster(parsed.document, catalogue);
  throw new AutomationError('permanent', `reading the document: ${parsed.problems.map(formatProblem).join('; ')}`);
}
