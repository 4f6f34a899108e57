/** Where the weights come from, what pods see of them, and what has to be there for it. */
import { describe, expect, it } from 'vitest';
import { renderStack } from '#manifests/serving/render.ts';
import { storage as objectsOf } from '#manifests/serving/storage/storage.ts';
import type { ModelStorage } from '#shared/domain/serving/storage.ts';
import { envOf, flagOf, makeStack, podOf, serverOf } from '../../../support/make-serving-stack.ts';

const stackWith = (storage: ModelStorage) => makeStack({ project: 'acme', storage });

function weightsOf(storage: ModelStorage) {
  const stack = stackWith(storage);
  const server = serverOf(stack);
  return {
    model: server.args?.[0],
    served: flagOf(server, '--served-model-name'),
    volume: podOf(stack, 'aggregated').spec.volumes?.find(({ name }) => name === 'weights'),
    mount: server.volumeMounts?.find(({ name }) => name === 'weights'),
  };
}

const mount = { name: 'weights', mountPath: '/models', readOnly: true };
const claim = { name: 'weights', persistentVolumeClaim: { claimName: 'demo-weights', readOnly: true } };
const lustre = { instance: 'models', location: 'us-east4-b', ip: '10.0.0.2', filesystem: 'lfs', sizeGib: 9000 };

describe('weights', () => {
  it.each([
    { name: 'Hugging Face', weights: {}, model: 'org/model' },
    {
      name: 'a disk',
      weights: { hyperdiskMl: { zone: 'us-east4-b', sizeGib: 200, disk: 'd', path: 'a/b' } },
      model: '/models/a/b',
      volume: claim,
    },
    { name: 'Lustre', weights: { lustre }, model: '/models', volume: claim },
    {
      name: 'a claim',
      weights: { claim: { name: 'mine', path: 'm' } },
      model: '/models/m',
      volume: { name: 'weights', persistentVolumeClaim: { claimName: 'mine', readOnly: true } },
    },
    {
      name: 'a boot disk',
      weights: { bootDisk: { image: 'img' } },
      model: '/models',
      volume: { name: 'weights', hostPath: { path: '/mnt/disks/gke-secondary-disks/gke-img-disk', type: 'Directory' } },
    },
    { name: 'a stream of a bucket', weights: { bucket: { name: 'b', path: 'm', read: 'stream' } }, model: 'gs://b/m' },
  ] as const)('of $name are loaded under the name that requests ask for', ({ weights, model, ...expected }) => {
    const volume = 'volume' in expected ? expected.volume : undefined;

    expect(weightsOf({ weights })).toEqual({
      model,
      served: 'org/model',
      volume,
      mount: volume === undefined ? undefined : mount,
    });
  });

  it('of a bucket are mounted from the folder of the model on, with a sidecar that has no limits', () => {
    const { spec, metadata } = podOf(stackWith({ weights: { bucket: { name: 'b', path: 'llama' } } }), 'aggregated');
    const csi = spec.volumes?.find(({ name }) => name === 'weights')?.csi;

    expect(csi).toMatchObject({ driver: 'gcsfuse.csi.storage.gke.io', readOnly: true });
    expect(csi?.volumeAttributes?.['mountOptions']?.split(',')).toEqual(
      expect.arrayContaining(['only-dir:llama', 'implicit-dirs', 'file-cache:enable-parallel-downloads:true']),
    );
    expect(metadata?.annotations).toEqual({
      'gke-gcsfuse/volumes': 'true',
      'gke-gcsfuse/cpu-limit': '0',
      'gke-gcsfuse/memory-limit': '0',
      'gke-gcsfuse/ephemeral-storage-limit': '0',
    });
  });

  it.each([
    { localSsdCount: 32, caches: [] },
    { localSsdCount: 0, caches: [{ name: 'gke-gcsfuse-cache', emptyDir: { medium: 'Memory' } }] },
  ])(
    'of a bucket are cached in memory where the node has $localSsdCount local SSDs: $caches.length',
    ({ localSsdCount, caches }) => {
      const stack = stackWith({ weights: { bucket: { name: 'b' } } });
      const { spec } = podOf({ ...stack, machine: { ...stack.machine, localSsdCount } }, 'aggregated');

      expect(spec.volumes?.filter(({ name }) => name === 'gke-gcsfuse-cache')).toEqual(caches);
    },
  );

  it.each([
    {
      name: 'a stream',
      weights: { bucket: { name: 'b', read: 'stream' } },
      flag: '--load-format',
      value: 'runai_streamer',
    },
    { name: 'Lustre', weights: { lustre }, flag: '--safetensors-load-strategy', value: 'eager' },
    { name: 'a claim', weights: { claim: { name: 'c' } }, flag: '--load-format', value: undefined },
  ] as const)('of $name are read with $flag $value', ({ weights, flag, value }) => {
    expect(flagOf(serverOf(stackWith({ weights })), flag)).toBe(value);
  });

  it('of elsewhere ask nothing of Hugging Face, and show it nothing', () => {
    const env = envOf(serverOf(stackWith({ weights: { claim: { name: 'c' } } })));

    expect(env).toMatchObject({ HF_HUB_OFFLINE: '1' });
    expect(Object.keys(env)).not.toEqual(expect.arrayContaining(['HF_TOKEN']));
  });
});

describe('a disk or instance that is there', () => {
  it('is bound to the claim by name, in both directions', () => {
    const [volume, found] = objectsOf(stackWith({ weights: { lustre } }));

    expect(volume).toMatchObject({
      kind: 'PersistentVolume',
      metadata: { name: 'serving.demo-weights' },
      spec: {
        storageClassName: '',
        accessModes: ['ReadWriteMany'],
        persistentVolumeReclaimPolicy: 'Retain',
        claimRef: { namespace: 'serving', name: 'demo-weights' },
        csi: { driver: 'lustre.csi.storage.gke.io', volumeHandle: 'acme/us-east4-b/models' },
      },
    });
    expect(found).toMatchObject({
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'demo-weights', namespace: 'serving' },
      spec: {
        storageClassName: '',
        volumeName: 'serving.demo-weights',
        resources: { requests: { storage: '9000Gi' } },
      },
    });
  });

  it('as a disk stays in its zone, and many may read it', () => {
    const [volume] = objectsOf(
      stackWith({ weights: { hyperdiskMl: { zone: 'us-east4-b', sizeGib: 200, disk: 'd' } } }),
    );

    expect(volume).toMatchObject({
      spec: {
        accessModes: ['ReadOnlyMany'],
        csi: {
          driver: 'pd.csi.storage.gke.io',
          volumeHandle: 'projects/acme/zones/us-east4-b/disks/d',
          fsType: 'ext4',
          readOnly: true,
        },
        nodeAffinity: {
          required: {
            nodeSelectorTerms: [
              { matchExpressions: [{ key: 'topology.gke.io/zone', operator: 'In', values: ['us-east4-b'] }] },
            ],
          },
        },
      },
    });
  });
});

describe('a disk that is filled', () => {
  it('is read by as many pods as there are, and filled as the account of the stack', () => {
    const fill = { bucket: 'acme-models', path: 'llama' };
    const stack = stackWith({ weights: { hyperdiskMl: { zone: 'us-east4-b', sizeGib: 200, fill } } });
    const [storageClass, source, found] = objectsOf(stack);
    const account = renderStack(stack).find(({ kind }) => kind === 'ServiceAccount')?.metadata.name;

    expect(storageClass).toMatchObject({
      kind: 'StorageClass',
      parameters: { type: 'hyperdisk-ml', 'provisioned-throughput-on-create': '2400Mi' },
    });
    expect(source).toMatchObject({
      kind: 'GCPDataSource',
      spec: { cloudStorage: { uri: 'gs://acme-models/llama/', serviceAccountName: account } },
    });
    expect(found).toMatchObject({
      spec: {
        storageClassName: storageClass?.metadata.name,
        accessModes: ['ReadOnlyMany'],
        dataSourceRef: { apiGroup: 'datalayer.gke.io', kind: 'GCPDataSource', name: source?.metadata.name },
      },
    });
  });
});
