import type { Stack } from '../../shared/domain/serving/resolved-stack.ts';

/**
 * Of what belongs to no namespace, or stands in somebody else's: two namespaces may have stacks of one name. Neither namespaces nor stacks
 * have dots in their names, so that `a` with `b-chat` is told from `a-b` with `chat`.
 */
export function clusterWideName({ namespace }: Stack, name: string): string {
  return `${namespace}.${name}`;
}
