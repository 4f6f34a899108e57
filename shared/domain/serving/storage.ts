/** Where the weights come from and where they are kept. */
export type ModelStorage = {
  /** Hugging Face when left out. */
  readonly weights?: WeightsFrom;
  /** What proves to Hugging Face who asks; the Secret `llm-d-hf-token` when left out, nothing where the weights come from elsewhere. */
  readonly token?: TokenFrom;
  /** For what is downloaded and compiled; of each pod when left out. */
  readonly cache?: CacheSpec;
};

/** At most one of them. `path`: of the model's folder, where its `config.json` is; the root when left out. */
export type WeightsFrom = {
  readonly bucket?: BucketWeights;
  readonly hyperdiskMl?: HyperdiskMlWeights;
  readonly lustre?: LustreWeights;
  readonly claim?: ClaimWeights;
  readonly bootDisk?: BootDiskWeights;
};

/** A folder of Cloud Storage. `mount`: as files, by Cloud Storage FUSE; `stream`: straight into the GPUs, by Run:ai Model Streamer. */
export type BucketWeights = { readonly name: string; readonly path?: string; readonly read?: 'mount' | 'stream' };

/** A disk that many nodes of a zone read at once: exactly one of a disk that is there, and a bucket that a new one is filled from. */
export type HyperdiskMlWeights = {
  readonly zone: string;
  /** Of the disk, 4..65,536. */
  readonly sizeGib: number;
  readonly path?: string;
  /** Name of the disk, in the project of the stack. */
  readonly disk?: string;
  readonly fill?: HyperdiskMlFill;
};

export type HyperdiskMlFill = {
  readonly bucket: string;
  /** Folder that is copied; the whole bucket when left out. */
  readonly path?: string;
  /** Of the new disk, shared by all its readers; 2,400 when left out. */
  readonly throughputMibPerSecond?: number;
};

/** A Managed Lustre instance that is there, in the project of the stack. */
export type LustreWeights = {
  readonly instance: string;
  readonly location: string;
  readonly ip: string;
  readonly filesystem: string;
  readonly sizeGib: number;
  readonly path?: string;
};

/** A PersistentVolumeClaim of the namespace that all pods may read at once. */
export type ClaimWeights = { readonly name: string; readonly path?: string };

/** A secondary boot disk of data: every node of the pool has its own copy. */
export type BootDiskWeights = { readonly image: string; readonly path?: string };

/** Exactly one of them. */
export type TokenFrom = {
  /** Name of a Secret of the namespace that has the key HF_TOKEN. */
  readonly secret?: string;
  /** Name of a secret of Secret Manager, in the project of the stack. */
  readonly secretManager?: string;
  /** None: the model is public. */
  readonly none?: true;
};

export type CacheSpec = {
  /** `pod`: goes with the pod. `node`: on the local SSDs of the node, shared by pods that come after and beside. */
  readonly keptBy?: 'pod' | 'node';
  /** Room that a node must have for it, of its ephemeral storage; of a pod's cache only. A pod that needs more is evicted. */
  readonly sizeGib?: number;
};
