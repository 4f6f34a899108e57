/** Images that serve, by what they are for. Tags are pinned: a floating one changes under a running fleet. */
import type { Provenance } from '../../shared/domain/catalogue.ts';

/** An image and how its versions are written. */
export interface ServingImage extends Provenance {
  readonly repository: string;
  /** Without the `v` of the tag. */
  readonly version: string;
  /** Empty where tags are bare versions; `v` when absent. */
  readonly tagPrefix?: '';
}

export const servingImages = {
  vllm: {
    repository: 'docker.io/vllm/vllm-openai',
    version: '0.30.0',
    source: 'llm-d/llm-d guides/recipes/modelserver/components/images',
    asOf: '2026-09',
  },
  /** The routing sidecar of decode pods. */
  disaggregationSidecar: {
    repository: 'ghcr.io/llm-d/llm-d-router-disagg-sidecar',
    version: '0.10.0',
    source: 'llm-d/llm-d docs/api-reference/artifacts.md',
    asOf: '2026-09',
  },
  endpointPicker: {
    repository: 'ghcr.io/llm-d/llm-d-router-endpoint-picker',
    version: '0.10.0',
    source: 'llm-d/llm-d docs/api-reference/artifacts.md',
    asOf: '2026-09',
  },
  /** Reads the model's name from the body of a request (formerly body-based routing of the inference extension). */
  payloadProcessor: {
    repository: 'ghcr.io/llm-d/llm-d-inference-payload-processor',
    version: '0.1.0',
    source: 'llm-d/llm-d pull request 2075',
    asOf: '2026-07-20',
  },
  /** Renders and tokenizes prompts as the model server does, without a GPU. Its versions are vLLM's. */
  tokenizer: {
    repository: 'docker.io/vllm/vllm-openai-cpu',
    version: '0.30.0',
    source: 'llm-d/llm-d docs/api-reference/artifacts.md',
    asOf: '2026-09',
  },
  /** Both halves of the latency predictor, in the version that goes with the endpoint picker 0.10.0. */
  latencyTraining: {
    repository: 'ghcr.io/llm-d/llm-d-latency-predictor-training-server',
    version: '0.9.0',
    tagPrefix: '',
    source: 'kserve/kserve charts/kserve-runtime-configs/files/llmisvcconfigs/resources.yaml',
    asOf: '2026-09',
  },
  latencyPrediction: {
    repository: 'ghcr.io/llm-d/llm-d-latency-predictor-prediction-server',
    version: '0.9.0',
    tagPrefix: '',
    source: 'kserve/kserve charts/kserve-runtime-configs/files/llmisvcconfigs/resources.yaml',
    asOf: '2026-09',
  },
} as const satisfies { readonly [use: string]: ServingImage };

/** `repository:vX.Y.Z`, as vLLM and llm-d tag nearly all of their images. */
export function imageOf(image: Pick<ServingImage, 'repository' | 'version' | 'tagPrefix'>): string {
  const { repository, version, tagPrefix = 'v' } = image;
  return `${repository}:${tagPrefix}${version}`;
}
