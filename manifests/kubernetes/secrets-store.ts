/** Secrets of Secret Manager as files, by GKE's add-on (Google Cloud documentation, "Use Secret Manager add-on with Google Kubernetes Engine"). */
import type { Applied } from './wire.ts';

/** The managed add-on's; the one that is installed by hand is called `secrets-store.csi.k8s.io` and its provider `gcp`. */
export const SECRETS_STORE_DRIVER = 'secrets-store-gke.csi.k8s.io';

export interface SecretProviderClass extends Applied {
  readonly apiVersion: 'secrets-store.csi.x-k8s.io/v1';
  readonly kind: 'SecretProviderClass';
  readonly spec: {
    readonly provider: 'gke';
    /** A list of `SecretFile` as text: YAML, and so JSON too. */
    readonly parameters: { readonly secrets: string };
  };
}

export interface SecretFile {
  /** `projects/P/secrets/S/versions/V`. */
  readonly resourceName: string;
  /** Name of the file. */
  readonly path: string;
}
