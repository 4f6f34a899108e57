/** Images that serve, by what they are for. Tags are pinned: a floating one changes under a running fleet. */
import type { Provenance } from '../../shared/domain/catalogue.ts';

/** An image and how its versions are written. */
export interface ServingImage extends Provenance {
  readonly repository: string;
  /** Without the `v` of the tag. */
  readonly version: string;
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
} as const satisfies { readonly [use: string]: ServingImage };

/** `repository:vX.Y.Z`, as vLLM and llm-d tag their images. */
export function imageOf({ repository, version }: Pick<ServingImage, 'repository' | 'version'>): string {
  return `${repository}:v${version}`;
}
