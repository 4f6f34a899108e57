/** What is meant where the storage of a stack says nothing. */
import type { Stack } from './resolved-stack.ts';
import type {
  BootDiskWeights,
  BucketWeights,
  CacheSpec,
  ClaimWeights,
  HyperdiskMlWeights,
  LustreWeights,
  TokenFrom,
  WeightsFrom,
} from './storage.ts';

export const storageDefaults = {
  /** llm-d/llm-d guides/pd-disaggregation/modelserver/gpu/vllm/base. */
  tokenSecret: 'llm-d-hf-token',
  /** GKE documentation, "About GKE Volume Populator": the throughput of its Hyperdisk ML example, MiB/s. */
  hyperdiskMibPerSecond: 2400,
} as const;

export type Weights =
  | { readonly from: 'hugging-face' }
  | ({ readonly from: 'bucket' } & BucketWeights)
  | ({ readonly from: 'hyperdiskMl' } & HyperdiskMlWeights)
  | ({ readonly from: 'lustre' } & LustreWeights)
  | ({ readonly from: 'claim' } & ClaimWeights)
  | ({ readonly from: 'bootDisk' } & BootDiskWeights);

export type Token =
  | { readonly from: 'secret'; readonly name: string }
  | { readonly from: 'secret-manager'; readonly name: string }
  | { readonly from: 'nobody' };

export interface ResolvedStorage {
  readonly weights: Weights;
  readonly token: Token;
  readonly cache: CacheSpec & { readonly keptBy: 'pod' | 'node' };
}

export function storageOf(stack: Stack): ResolvedStorage {
  const { storage = {} } = stack.spec;
  const weights = weightsOf(storage.weights ?? {});
  const token = tokenOf(storage.token ?? {}, asksHuggingFace(stack));
  return { weights, token, cache: { keptBy: 'pod', ...storage.cache } };
}

/** The model servers for weights; an endpoint picker that knows prefixes, and a load test, for the tokenizer. */
export function asksHuggingFace({ spec: { storage, gateway, verification } }: Stack): boolean {
  const isTokenizerAsked = gateway?.scoring === 'precise-prefix' || verification?.load !== undefined;
  return isTokenizerAsked || weightsOf(storage?.weights ?? {}).from === 'hugging-face';
}

function weightsOf({ bucket, hyperdiskMl, lustre, claim, bootDisk }: WeightsFrom): Weights {
  if (bucket !== undefined) return { from: 'bucket', ...bucket };
  if (hyperdiskMl !== undefined) return { from: 'hyperdiskMl', ...hyperdiskMl };
  if (lustre !== undefined) return { from: 'lustre', ...lustre };
  if (claim !== undefined) return { from: 'claim', ...claim };
  return bootDisk === undefined ? { from: 'hugging-face' } : { from: 'bootDisk', ...bootDisk };
}

/** Whoever does not ask Hugging Face shows it no token: a secret that nobody reads can only be lost. */
function tokenOf({ secret, secretManager, none }: TokenFrom, asks: boolean): Token {
  if (secretManager !== undefined) return { from: 'secret-manager', name: secretManager };
  if (secret !== undefined) return { from: 'secret', name: secret };
  return asks && none === undefined ? { from: 'secret', name: storageDefaults.tokenSecret } : { from: 'nobody' };
}
