/**
 * The `ServingStack` document: a model, how it is spread over GPUs, and everything around it that a cluster needs to serve it.
 * `manifests/serving` turns it into Kubernetes objects. Each part below has a file of its own.
 */
import type { API_VERSION, Metadata } from '../document.ts';
import type { Autoscaling } from './autoscaling.ts';
import type { Engine } from './engine.ts';
import type { GatewaySpec } from './gateway.ts';
import type { Hardware } from './hardware.ts';
import type { KvCache } from './kv-cache.ts';
import type { Monitoring } from './monitoring.ts';
import type { StackRoles } from './roles.ts';
import type { Safety } from './safety.ts';
import type { Startup } from './startup.ts';
import type { ModelStorage } from './storage.ts';
import type { Verification } from './verification.ts';

/** As its owner wrote it: a field that was left out is absent here, defaults belong to `resolveStack`. */
export type ServingStackDocument = {
  readonly apiVersion: typeof API_VERSION;
  readonly kind: 'ServingStack';
  readonly metadata: Metadata;
  readonly spec: ServingStackSpec;
};

/** Type aliases throughout, so that a document can be stored as plain JSON. */
export type ServingStackSpec = {
  readonly namespace: string;
  /** Google Cloud project of the cluster, for what names it: Workload Identity, Secret Manager, queries of Cloud Monitoring. */
  readonly project?: string;
  readonly model: ServedModel;
  readonly hardware: Hardware;
  readonly engine?: Engine;
  readonly roles: StackRoles;
  readonly kvCache?: KvCache;
  readonly gateway?: GatewaySpec;
  readonly storage?: ModelStorage;
  readonly startup?: Startup;
  readonly monitoring?: Monitoring;
  readonly safety?: Safety;
  readonly verification?: Verification;
  readonly autoscaling?: Autoscaling;
};

export type ServedModel = {
  /** Name on Hugging Face, `organisation/model`; also where the weights come from unless `storage` says otherwise. */
  readonly id: string;
  /** Commit, tag or branch of the model's repository; pin it for replicas that must stay alike. */
  readonly revision?: string;
  /** Name that requests ask for; the id when left out. */
  readonly servedName?: string;
  /** Format of the weights that are there, which it does not choose; what the repository holds when left out. */
  readonly precision?: Precision;
  /** Tokens of prompt and answer together, `--max-model-len`; the model's own limit when left out. */
  readonly maxContextTokens?: number;
};

/** Formats of weights. `mxfp4` and `nvfp4`: 4 bits with shared scales (OCP and NVIDIA block formats). */
export const precisions = ['bf16', 'fp8', 'mxfp4', 'nvfp4', 'int4'] as const;
export type Precision = (typeof precisions)[number];
