/** The stored record of a pool → what we are to keep. Pure. Intake writes the record (shared/domain/pool-declaration.ts). */
import { z } from 'zod';
import type { JsonObject } from '#shared/domain/json.ts';
import type { PoolSpec } from '#shared/domain/pool-declaration.ts';
import { AutomationError } from '#shared/errors.ts';

const nodes = z.number().int().min(0);

/** Ours alone: no document of this kind is accepted from outside. */
const NodePoolRecord = z.object({
  spec: z.object({
    project: z.string(),
    location: z.string(),
    cluster: z.string(),
    pool: z.string(),
    size: z.object({ min: nodes, max: nodes, owner: z.enum(['inference-fleet', 'gke', 'fixed']) }),
    declaredBy: z.string(),
  }),
});

/** Throws `permanent` for a record that another version has written. */
export function parseIntent(wanted: JsonObject): PoolSpec {
  const parsed = NodePoolRecord.safeParse(wanted);
  if (parsed.success) return parsed.data.spec;
  const [issue] = parsed.error.issues;
  const problem = issue === undefined ? 'not as expected' : `${issue.path.join('.')}: ${issue.message}`;
  throw new AutomationError('permanent', `reading the record of the node pool: ${problem}`);
}
