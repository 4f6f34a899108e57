import * as z from 'zod';
import type { ModelStorage } from '../../domain/serving/storage.ts';
import { storageDefaults } from '../../domain/serving/storage-defaults.ts';
import { choice, text, whole } from '../fields.ts';
import { objectName } from '../kubernetes-names.ts';
import { rfc1035 } from '../names.ts';

/** Of a volume or bucket: never from the root, never upwards, and nothing that would end a mount option. */
function folder(describe: string, example = 'llama-3-70b') {
  return text({
    describe: `${describe}; the root when left out`,
    pattern: /^(?!.*(?:^|\/)\.{1,2}(?:\/|$))[\w.-]+(?:\/[\w.-]+){0,31}$/,
    rule: 'must be a relative path of letters, digits, hyphens, underscores or dots, without . or .. as a part',
    example,
  });
}

const modelFolder = folder('Folder of the model, where its config.json is').exactOptional();

/** Cloud Storage documentation, "About Cloud Storage buckets"; names with dots are domains, which must be proved. */
const bucketName = text({
  describe: 'Bucket of Cloud Storage',
  pattern: /^[a-z0-9](?:[-_.a-z0-9]{1,220}[a-z0-9])$/,
  rule: 'must be 3 to 222 lower-case letters, digits, hyphens, underscores or dots, without gs://',
  example: 'my-models',
});

function gib(describe: string, min: number, max: number) {
  return whole({ describe: `${describe}, GiB`, min, max, example: 500 });
}

const bucket = z
  .strictObject({
    name: bucketName,
    path: modelFolder,
    read: choice(['mount', 'stream'], {
      describe: 'As files, by Cloud Storage FUSE, or straight into the GPUs, by Run:ai Model Streamer',
      default: 'mount',
    }).exactOptional(),
  })
  .meta({ description: 'A bucket of Cloud Storage' });

const fill = z
  .strictObject({
    bucket: bucketName,
    path: folder('Folder of the bucket that is copied').exactOptional(),
    throughputMibPerSecond: whole({
      describe: 'Of the new disk, shared by all its readers, MiB/s',
      min: 400,
      max: 1_200_000,
      default: storageDefaults.hyperdiskMibPerSecond,
    }).exactOptional(),
  })
  .meta({ description: 'A bucket that a new disk is filled from, once, by GKE Volume Populator' });

/** Compute Engine documentation, "About Hyperdisk ML": 4 GiB to 64 TiB, 400 to 1,200,000 MiB/s. */
const hyperdiskMl = z
  .strictObject({
    zone: text({
      describe: 'Zone of the disk and so of the pods',
      pattern: /^[a-z]+-[a-z]+\d+-[a-z]$/,
      rule: 'must be a zone',
      example: 'us-east4-b',
    }),
    sizeGib: gib('Size of the disk', 4, 65_536),
    path: modelFolder,
    disk: rfc1035('Disk that is there, in the project of the stack', 'llama-3-70b').exactOptional(),
    fill: fill.exactOptional(),
  })
  .meta({
    description: 'A Hyperdisk ML disk that many nodes read at once: one that is there, or a new one',
    oneOf: [{ required: ['disk'] }, { required: ['fill'] }],
  });

/** An instance begins at 9,000 GiB (GoogleCloudPlatform/lustre-csi-driver examples/pre-prov/preprov-pvc-pv.yaml); the upper end is ours. */
const lustre = z
  .strictObject({
    instance: rfc1035('Managed Lustre instance, in the project of the stack', 'models'),
    location: text({
      describe: 'Zone of the instance',
      pattern: /^[a-z]+-[a-z]+\d+-[a-z]$/,
      rule: 'must be a zone',
      example: 'us-east4-b',
    }),
    ip: text({
      describe: 'Address of its management server',
      pattern: /^\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}$/,
      rule: 'must be an IPv4 address',
      example: '10.90.1.4',
    }),
    filesystem: text({
      describe: 'Name of its file system',
      pattern: /^[a-zA-Z][a-zA-Z0-9]{0,7}$/,
      rule: 'must be at most 8 letters or digits, beginning with a letter',
      example: 'lfs',
    }),
    sizeGib: gib('Size of the instance', 9000, 8_000_000),
    path: modelFolder,
  })
  .meta({ description: 'A Managed Lustre instance that is there' });

const claim = z
  .strictObject({
    name: objectName('PersistentVolumeClaim of the namespace that all pods may read at once', 'models'),
    path: modelFolder,
  })
  .meta({ description: 'A claim that is there' });

const bootDisk = z
  .strictObject({
    image: rfc1035('Disk image that the pool gives its nodes as secondary boot disk', 'llama-3-70b-v1'),
    path: modelFolder,
  })
  .meta({ description: 'A secondary boot disk of data, of which every node has its own copy' });

const weights = z
  .strictObject({
    bucket: bucket.exactOptional(),
    hyperdiskMl: hyperdiskMl.exactOptional(),
    lustre: lustre.exactOptional(),
    claim: claim.exactOptional(),
    bootDisk: bootDisk.exactOptional(),
  })
  .meta({ description: 'Where the weights come from: one of them; Hugging Face when left out' });

const token = z
  .strictObject({
    secret: objectName('Secret of the namespace with the key HF_TOKEN', storageDefaults.tokenSecret).exactOptional(),
    secretManager: text({
      describe: 'Secret of Secret Manager, in the project of the stack; the newest version is read',
      pattern: /^[\w-]{1,255}$/,
      rule: 'must be the name of a secret: at most 255 letters, digits, hyphens or underscores',
      example: 'hf-token',
    }).exactOptional(),
    none: z.literal(true).meta({ description: 'No token: the model is public' }).exactOptional(),
  })
  .meta({
    description: `What proves to Hugging Face who asks: one of them; the Secret ${storageDefaults.tokenSecret} when left out`,
    oneOf: [{ required: ['secret'] }, { required: ['secretManager'] }, { required: ['none'] }],
  });

const cache = z
  .strictObject({
    keptBy: choice(['pod', 'node'], {
      describe: 'Gone with the pod, or on the local SSDs of the node, shared by the pods that come after and beside',
      default: 'pod',
    }).exactOptional(),
    sizeGib: whole({
      describe: 'Ephemeral storage that a pod gets for a cache of its own, GiB; a pod that needs more is evicted',
      min: 1,
      max: 12_000,
      example: 500,
    }).exactOptional(),
  })
  .meta({ description: 'For what is downloaded and compiled' });

export const storage = z
  .strictObject({
    weights: weights.exactOptional(),
    token: token.exactOptional(),
    cache: cache.exactOptional(),
  })
  .meta({ description: 'Where the weights come from and where they are kept' }) satisfies z.ZodType<ModelStorage>;
