/** vLLM without a GPU, which turns prompts into the very tokens that the model servers see (llm-d/llm-d-router config/charts/routerlib/values.yaml). */
import type { Stack } from '../../../shared/domain/serving/resolved-stack.ts';
import { imageOf, servingImages } from '../../catalogue/serving-images.ts';
import { tokenAccess } from '../storage/token.ts';
import { TOKENIZER_PORT } from './picker-config/scoring.ts';
import type { Sidecars } from './sidecars.ts';

/** Where huggingface_hub keeps what it downloaded. */
const CACHE_FOLDER = '/root/.cache/huggingface';

export function tokenizer(stack: Stack): Sidecars {
  const { model, engine } = stack;
  // It downloads the tokenizer, wherever the weights come from, and shows the same token as the model servers.
  const { server: { env = [], volumeMounts = [] } = {}, volumes = [] } = tokenAccess(stack);
  return {
    containers: [
      {
        name: 'tokenizer',
        // Of the model server's version: another one might render a chat differently, and find nothing.
        image: imageOf({ repository: servingImages.tokenizer.repository, version: engine.version }),
        command: ['vllm', 'launch', 'render'],
        args: [
          model.id,
          `--port=${TOKENIZER_PORT}`,
          ...(model.revision === undefined ? [] : [`--revision=${model.revision}`]),
        ],
        ...(env.length > 0 && { env }),
        ports: [{ name: 'render', containerPort: TOKENIZER_PORT }],
        // Ten minutes to download a tokenizer; until then the picker is not asked.
        readinessProbe: {
          httpGet: { path: '/health', port: 'render' },
          periodSeconds: 10,
          timeoutSeconds: 5,
          failureThreshold: 60,
        },
        resources: { requests: { cpu: '4', memory: '8Gi' }, limits: { memory: '12Gi' } },
        volumeMounts: [{ name: 'tokenizer', mountPath: CACHE_FOLDER }, ...volumeMounts],
      },
    ],
    volumes: [{ name: 'tokenizer', emptyDir: { sizeLimit: '5Gi' } }, ...volumes],
    env: [],
  };
}
