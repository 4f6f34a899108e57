/** Sizes of roles at a glance. Pure. */
import * as z from 'zod';
import type { TargetRow } from '../status-answers.ts';

const Size = z.looseObject({ role: z.string(), desiredReplicas: z.number(), readyReplicas: z.number() });

/** `prefill 2/2 decode 3/4`: ready ones of those that are wanted; undefined for a target without sizes. */
export function sizesText({ automations }: Pick<TargetRow, 'automations'>): string | undefined {
  const sizes = automations.flatMap((row) =>
    (row.sizes ?? []).flatMap((size) => {
      const parsed = Size.safeParse(size);
      return parsed.success ? [parsed.data] : [];
    }),
  );
  if (sizes.length === 0) return undefined;
  return sizes
    .map(({ role, desiredReplicas, readyReplicas }) => `${role} ${readyReplicas}/${desiredReplicas}`)
    .join(' ');
}
