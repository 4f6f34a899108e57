/** Types of what is applied, from those of the official client: as the wire has it, and read-only. */
import type { V1ObjectMeta } from '@kubernetes/client-node';

/**
 * A type of `@kubernetes/client-node` as JSON: times are text, and names that are words of JavaScript lose the underscore that the
 * client gives them (`_from` of a NetworkPolicy).
 */
export type Wire<T> = T extends Date
  ? string
  : T extends readonly (infer E)[]
    ? readonly Wire<E>[]
    : T extends object
      ? { readonly [K in keyof T as K extends `_${infer Name}` ? Name : K]: Wire<T[K]> }
      : T;

/** An object that can be applied: what it is and what it is called are always there. */
export type Applied<T = object> = Omit<Wire<T>, 'apiVersion' | 'kind' | 'metadata'> & {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: AppliedMeta;
};

export type AppliedMeta = Pick<Wire<V1ObjectMeta>, 'namespace' | 'labels' | 'annotations'> & { readonly name: string };
