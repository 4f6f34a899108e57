import type { JsonObject } from '../../shared/domain/json.ts';

/** A Kubernetes object as it is applied. A type alias, so that it is assignable to a JSON object. */
export type KubernetesObject = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels: { readonly [key: string]: string };
  };
  readonly spec?: JsonObject;
};
