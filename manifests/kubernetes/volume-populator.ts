/** A volume that begins as a copy of a bucket (GKE documentation, "About GKE Volume Populator"). */
import type { Applied } from './wire.ts';

export const DATA_LAYER_GROUP = 'datalayer.gke.io';

export interface GcpDataSource extends Applied {
  readonly apiVersion: 'datalayer.gke.io/v1';
  readonly kind: 'GCPDataSource';
  readonly spec: {
    readonly cloudStorage: {
      /** Of the namespace; the transfer acts as it. */
      readonly serviceAccountName: string;
      /** `gs://bucket/folder/`: the slash at the end says that it is a folder. */
      readonly uri: string;
    };
  };
}
