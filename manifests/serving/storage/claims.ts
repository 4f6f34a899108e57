/** Claims of weights that are on a disk or file system, and the volumes behind them. */
import type { V1PersistentVolume, V1PersistentVolumeClaim, V1StorageClass } from '@kubernetes/client-node';
import type { Stack } from '../../../shared/domain/serving/resolved-stack.ts';
import type { HyperdiskMlFill, HyperdiskMlWeights, LustreWeights } from '../../../shared/domain/serving/storage.ts';
import { storageDefaults, storageOf } from '../../../shared/domain/serving/storage-defaults.ts';
import { DATA_LAYER_GROUP, type GcpDataSource } from '../../kubernetes/volume-populator.ts';
import type { Applied, Wire } from '../../kubernetes/wire.ts';
import { stackLabels } from '../labels.ts';
import { serviceAccountName } from '../safety/identity.ts';
import { clusterWideWeightsName, joined, projectOf, weightsName } from './names.ts';

export function weightsObjects(stack: Stack): readonly Applied[] {
  const { weights } = storageOf(stack);
  if (weights.from === 'lustre') return lustre(stack, weights);
  if (weights.from !== 'hyperdiskMl') return [];
  const { fill, disk } = weights;
  if (fill !== undefined) return filledDisk(stack, weights, fill);
  return disk === undefined ? [] : existingDisk(stack, weights, disk);
}

const ZONE_LABEL = 'topology.gke.io/zone';
const DISK_DRIVER = 'pd.csi.storage.gke.io';

/** GoogleCloudPlatform/accelerated-platforms use-cases/inferencing/serving/vllm/hyperdisk-ml. */
function existingDisk(stack: Stack, { zone, sizeGib }: HyperdiskMlWeights, disk: string): readonly Applied[] {
  const volumeHandle = `projects/${projectOf(stack)}/zones/${zone}/disks/${disk}`;
  const here = { matchExpressions: [{ key: ZONE_LABEL, operator: 'In', values: [zone] }] };
  return boundTo(stack, {
    sizeGib,
    accessMode: 'ReadOnlyMany',
    csi: { driver: DISK_DRIVER, volumeHandle, fsType: 'ext4', readOnly: true },
    nodeAffinity: { required: { nodeSelectorTerms: [here] } },
    // Weights are read from front to end.
    mountOptions: ['read_ahead_kb=4096'],
  });
}

/** GoogleCloudPlatform/lustre-csi-driver examples/pre-prov/preprov-pvc-pv.yaml. */
function lustre(stack: Stack, { instance, location, ip, filesystem, sizeGib }: LustreWeights): readonly Applied[] {
  const volumeHandle = joined(projectOf(stack), location, instance);
  return boundTo(stack, {
    sizeGib,
    accessMode: 'ReadWriteMany',
    csi: { driver: 'lustre.csi.storage.gke.io', volumeHandle, volumeAttributes: { ip, filesystem } },
  });
}

interface Volume extends Pick<NonNullable<Wire<V1PersistentVolume>['spec']>, 'csi' | 'nodeAffinity' | 'mountOptions'> {
  readonly sizeGib: number;
  readonly accessMode: 'ReadOnlyMany' | 'ReadWriteMany';
}

/** A volume and a claim that name each other, so that neither is bound to another one. */
function boundTo(stack: Stack, { sizeGib, accessMode, ...volume }: Volume): readonly Applied[] {
  const storage = `${sizeGib}Gi`;
  const claimRef = { namespace: stack.namespace, name: weightsName(stack) };
  const persistentVolume: Applied<V1PersistentVolume> = {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: clusterWideWeightsName(stack), labels: stackLabels(stack) },
    spec: {
      // None: what is left out is the default class of the cluster, which would provision an empty disk.
      storageClassName: '',
      capacity: { storage },
      accessModes: [accessMode],
      persistentVolumeReclaimPolicy: 'Retain',
      claimRef,
      ...volume,
    },
  };
  const spec = { storageClassName: '', volumeName: persistentVolume.metadata.name, accessModes: [accessMode] };
  return [persistentVolume, claim(stack, { ...spec, resources: { requests: { storage } } })];
}

/** GKE documentation, "Automate data transfer to Hyperdisk ML using GKE Volume Populator". */
function filledDisk(stack: Stack, { zone, sizeGib }: HyperdiskMlWeights, fill: HyperdiskMlFill): readonly Applied[] {
  const { throughputMibPerSecond = storageDefaults.hyperdiskMibPerSecond } = fill;
  const storageClass: Applied<V1StorageClass> = {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: clusterWideWeightsName(stack), labels: stackLabels(stack) },
    provisioner: DISK_DRIVER,
    parameters: { type: 'hyperdisk-ml', 'provisioned-throughput-on-create': `${throughputMibPerSecond}Mi` },
    allowVolumeExpansion: false,
    reclaimPolicy: 'Delete',
    // The copy begins when the claim is made, not when GPUs wait for it.
    volumeBindingMode: 'Immediate',
    allowedTopologies: [{ matchLabelExpressions: [{ key: ZONE_LABEL, values: [zone] }] }],
  };
  const source = dataSource(stack, fill);
  const filled = claim(stack, {
    storageClassName: storageClass.metadata.name,
    accessModes: ['ReadOnlyMany'],
    resources: { requests: { storage: `${sizeGib}Gi` } },
    dataSourceRef: { apiGroup: DATA_LAYER_GROUP, kind: source.kind, name: source.metadata.name },
  });
  return [storageClass, source, filled];
}

/** Read with the stack's own service account, which needs the right to. */
function dataSource(stack: Stack, { bucket, path }: HyperdiskMlFill): GcpDataSource {
  return {
    apiVersion: 'datalayer.gke.io/v1',
    kind: 'GCPDataSource',
    metadata: { name: weightsName(stack), namespace: stack.namespace, labels: stackLabels(stack) },
    spec: {
      cloudStorage: { serviceAccountName: serviceAccountName(stack), uri: `gs://${joined(bucket, path)}/` },
    },
  };
}

/** Pods name it, whatever the volume behind it is. */
function claim(
  stack: Stack,
  spec: NonNullable<Wire<V1PersistentVolumeClaim>['spec']>,
): Applied<V1PersistentVolumeClaim> {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: weightsName(stack), namespace: stack.namespace, labels: stackLabels(stack) },
    spec,
  };
}
