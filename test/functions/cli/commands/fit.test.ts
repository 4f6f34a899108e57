import { describe, expect, it } from 'vitest';
import { exitCodes } from '../../../../functions/cli/exit.ts';
import { run } from '../../../../functions/cli/run.ts';
import { makeIo } from '../make-io.ts';

async function runFit(line: string) {
  const io = makeIo({ files: {} });
  const exitCode = await run(['fit', ...line.split(' ').filter(Boolean)], io);
  return { exitCode, ...io.printed };
}

describe('a model that fits', () => {
  it('is shown with its shapes, the arithmetic, what was assumed and every source', async () => {
    const { exitCode, out, err } = await runFit('Qwen3-32B-FP8 --machine a3-highgpu-2g --concurrency 4 --tokens 4096');

    expect({ exitCode, err }).toEqual({ exitCode: exitCodes.ok, err: '' });
    expect(out).toBe(`\
Qwen/Qwen3-32B  32.76 B parameters, weights in fp8 (Qwen/Qwen3-32B-FP8)
4 sequences of 4,096 tokens at the same time

MACHINE        GPU   GPUS    PARALLELISM  WEIGHTS   KV ROOM   TOKENS   SEQUENCES  USD/HOUR
a3-highgpu-2g  H100  1 of 2  tensor 1     32.0 GiB  35.3 GiB  144,392  35         11.06 of 22.12
a3-highgpu-2g  H100  2       tensor 2     16.0 GiB  51.2 GiB  419,689  102        22.12

By the memory of all GPUs together, least first. GiB are of each GPU; TOKENS and SEQUENCES of a replica.
USD/HOUR A of B: A is the share of these GPUs, B the node, which is paid whole.
A ServingStack cannot name a3-highgpu-2g: it is built for machines with a fabric between nodes
(a3-ultragpu-8g, a4-highgpu-8g, a4x-highgpu-4g, a3-megagpu-8g, a3-highgpu-8g).

1 GPU of a3-highgpu-2g, tensor 1
  weights      32.0 GiB = 31.20 B parameters of linear layers x 8 bits (fp8) + 1.56 B others x 2 bytes
  on each GPU  32.0 GiB: all
  usable       72.8 GiB = 79.11 GiB of the H100 x 0.92
  reserve      5.6 GiB: 4.84 of activations, CUDA and NCCL (measured with Llama 3 8B on 2 H100) + 0.73 of CUDA
               graphs
  KV room      35.3 GiB = 72.8 - 32.0 - 5.6
  a sequence   1.000 GiB: 4,096 tokens x 64 layers x 4,096 bytes (key and value x 8 heads x 128 x 2)
  sequences    35 of 4,096 tokens = 35.3 / 1.000 = 35; asked for 4

Assumed
  - Every sequence has its whole length and shares no prefix: the worst case. A token is 262,144 bytes in BF16
    (--kv-cache-dtype auto).
  - --gpu-memory-utilization 0.92, vLLM's default, with default batch sizes; nothing else runs on the GPUs.
  - Not counted: speculative decoding, LoRA adapters, images, offload to CPU memory.
  - This is whether it fits, not how fast it is: latency may ask for more GPUs. Prefill and decode are a
    replica each.
  - List prices on demand of the GPUs that are used, in us-central1 where no other region is named; a node is
    paid whole.

Sources
  - model: ai-dynamo/aiconfigurator aic-core/src/aiconfigurator_core/model_configs/Qwen--Qwen3-32B_config.json
    (2026-08)
  - weights: vllm-project/recipes models/Qwen/Qwen3-32B.yaml (2026-08)
  - vLLM: vllm-project/vllm vllm/config/cache.py (0.92 since 0.22, 0.9 before); vllm/engine/arg_utils.py
    get_batch_defaults (2026-09)
  - memory of the H100: vllm-project/vllm issue 27508 (PyTorch: total capacity 79.11 GiB) (2025-10)
  - reserve: vllm-project/vllm pull request 10511 (2024-12)
  - CUDA graphs: vllm-project/vllm pull request 39559 (2026-04)
  - price of a3-highgpu-2g: cloudpilot-ai/karpenter-provider-gcp pkg/providers/pricing/initial-prices.json
    (2026-08-03)
`);
  });

  it('is shown with the smallest shape of each GPU, the unknown price as unknown', async () => {
    const { out } = await runFit('meta-llama/Llama-3.3-70B-Instruct --precision fp8');

    expect(out.split('\n').slice(3, 20).join('\n')).toBe(`\
MACHINE         GPU          GPUS    PARALLELISM  WEIGHTS   KV ROOM   TOKENS   SEQUENCES  USD/HOUR
a4-highgpu-8g   B200         1 of 8  tensor 1     67.7 GiB  90.9 GiB  297,697  36         unknown
a4x-highgpu-4g  GB200        1 of 4  tensor 1     67.7 GiB  97.0 GiB  317,835  38         unknown
a3-ultragpu-8g  H200         2 of 8  tensor 2     33.8 GiB  89.2 GiB  584,740  71         21.70 of 86.80
a2-highgpu-8g   A100 40 GB*  8       tensor 8     8.5 GiB   25.5 GiB  667,991  81         29.39
a3-highgpu-4g   H100         4       tensor 4     16.9 GiB  50.3 GiB  659,236  80         44.24
a3-megagpu-8g   H100 Mega    4 of 8  tensor 4     16.9 GiB  50.3 GiB  659,236  80         46.47 of 92.94 (us-east4)
a2-ultragpu-4g  A100 80 GB*  4       tensor 4     16.9 GiB  53.8 GiB  705,122  86         20.27

By the memory of all GPUs together, least first. GiB are of each GPU; TOKENS and SEQUENCES of a replica.
USD/HOUR A of B: A is the share of these GPUs, B the node, which is paid whole.
The smallest of each GPU; --machine TYPE shows more of one.
* No arithmetic of this precision: the weights are stored so and computed in 16 bits. Memory is saved, speed
is not gained.
A ServingStack cannot name a2-highgpu-8g, a3-highgpu-4g, a2-ultragpu-4g: it is built for machines with a
fabric between nodes (a3-ultragpu-8g, a4-highgpu-8g, a4x-highgpu-4g, a3-megagpu-8g, a3-highgpu-8g).
`);
  });

  it('is told to programs with every shape and the same arithmetic', async () => {
    const { exitCode, out } = await runFit('gpt-oss-120b --machine a3-ultragpu-8g -o json');

    expect(exitCode).toBe(exitCodes.ok);
    const answer: unknown = JSON.parse(out);
    expect(answer).toMatchObject({
      fits: true,
      model: 'openai/gpt-oss-120b',
      precision: 'mxfp4',
      contextTokens: 8192,
      sequences: 32,
      gpuMemoryRatio: 0.92,
    });
    expect(answer).toHaveProperty('shapes.0.arithmetic.0.name', 'weights');
    expect(answer).toHaveProperty('shapes.0.usdPerHour', 10.85);
    expect(answer).toHaveProperty('shapes.0.support', 'weights');
  });

  it('takes the context of every command, which is of no use here', async () => {
    expect(await runFit('Qwen3-8B --context prod')).toMatchObject({ exitCode: exitCodes.ok, err: '' });
  });

  it('takes the memory that was measured instead of the catalogue', async () => {
    const { exitCode, out } = await runFit('gpt-oss-120b --machine a3-highgpu-1g --concurrency 1 --reserve 5');

    expect(exitCode).toBe(exitCodes.ok);
    expect(out).toContain('  reserve      5.0 GiB: as you say\n');
    expect(out).not.toContain('  - reserve:');
  });
});

describe('a model that does not fit', () => {
  it('is refused with what would, and the arithmetic of what comes nearest', async () => {
    const { exitCode, out } = await runFit('gpt-oss-120b --machine a3-highgpu-1g --concurrency 1');

    expect(exitCode).toBe(exitCodes.notAsWanted);
    expect(out.split('\n\nAssumed')[0]).toBe(`\
openai/gpt-oss-120b  116.8 B, 5.13 B active parameters, weights in mxfp4
1 sequence of 8,192 tokens at the same time

Does not fit on a3-highgpu-1g.

What would fit:
  another machine: on 1 GPU of a2-ultragpu-1g (tensor 1), 5.07 USD per hour
  --reserve 6.2: on 1 GPU of a3-highgpu-1g (tensor 1), 11.06 USD per hour; lower --max-num-batched-tokens until vLLM keeps no more

1 GPU of a3-highgpu-1g, tensor 1
  weights      66.0 GiB after loading, measured: vllm-project/vllm issue 23278 (one H100)
  on each GPU  66.0 GiB: all
  usable       72.8 GiB = 79.11 GiB of the H100 x 0.92
  reserve      8.8 GiB: 8.06 of activations, CUDA and NCCL (measured with Qwen3-235B-A22B in FP8 on 4 H100) +
               0.73 of CUDA graphs
  KV room      -2.0 GiB = 72.8 - 66.0 - 8.8
  a sequence   0.563 GiB: (8,192 tokens x 18 layers + 8,192 x 18 with a window) x 2,048 bytes (key and value x
               8 heads x 64 x 2)
  sequences    none: the weights leave no room (-2.0 GiB)`);
  });

  it('is offered as several replicas where one cannot hold so many sequences', async () => {
    const { exitCode, out } = await runFit('Llama-3.3-70B-Instruct --machine a2-ultragpu-8g --concurrency 1000');

    expect(exitCode).toBe(exitCodes.notAsWanted);
    expect(out).toMatch(
      /\n {2}(\d+) replicas, each on \d+ GPUs? of a2-ultragpu-8g \(tensor \d\) with \d+ sequences: \d{4} together, [\d.]+ USD per hour\n/,
    );
  });

  it('is told to programs with the same offers', async () => {
    const { exitCode, out } = await runFit('DeepSeek-R1 --machine g2-standard-96 -o json');

    expect(exitCode).toBe(exitCodes.notAsWanted);
    expect(JSON.parse(out)).toMatchObject({
      fits: false,
      nearest: { machineType: 'g2-standard-96', gpus: 8 },
      instead: [{ change: 'machine', machineType: 'a3-ultragpu-8g', gpus: 8, usdPerHour: 86.8 }],
    });
  });
});

describe('without a model', () => {
  it('shows how many of each GPU hold each model', async () => {
    const { exitCode, out } = await runFit('--precision fp8');

    expect(exitCode).toBe(exitCodes.ok);
    expect(out).toBe(`\
MODEL                                          WEIGHTS             L4  A100 40 GB  A100 80 GB  H100   H200   B200  GB200
meta-llama/Llama-3.1-8B-Instruct               fp8      8.5 GiB    4   2           1           1      1      1     1
meta-llama/Llama-3.1-70B-Instruct              fp8      67.7 GiB   -   8           4           4      2      1     1
meta-llama/Llama-3.3-70B-Instruct              fp8      67.7 GiB   -   8           4           4      2      1     1
meta-llama/Llama-3.1-405B-Instruct             fp8      462.0 GiB  -   -           -           2 x 8  8      4     4
meta-llama/Llama-4-Maverick-17B-128E-Instruct  fp8      388.0 GiB  -   -           8           8      4      4     4
Qwen/Qwen3-32B                                 fp8      32.0 GiB   8   4           2           2      1      1     1
Qwen/Qwen3-30B-A3B                             fp8      29.0 GiB   -   2           1           1      1      1     1
Qwen/Qwen3-235B-A22B                           fp8      220.1 GiB  -   -           4           8 ep   4      2     2
Qwen/Qwen3-Coder-480B-A35B-Instruct            fp8      448.9 GiB  -   -           -           -      8 ep   4     4
deepseek-ai/DeepSeek-R1                        fp8      626.6 GiB  -   -           -           2 x 8  8      8     -
deepseek-ai/DeepSeek-V3.1                      fp8      626.6 GiB  -   -           -           2 x 8  8      8     -
moonshotai/Kimi-K2-Instruct                    fp8      958.1 GiB  -   -           -           3 x 8  2 x 8  8     -
MiniMaxAI/MiniMax-M2.5                         fp8      214.1 GiB  -   -           4           8 ep   4      2     2

GPUs that hold it, the fewest of each; 2 x 8: nodes; ep: expert parallel; -: none of the catalogue.
`);
  });

  it('tells programs the shapes and their prices', async () => {
    const { out } = await runFit('--precision nvfp4 --machine a3-ultragpu-8g -o json');

    const rows: unknown = JSON.parse(out);
    expect(rows).toContainEqual({
      model: 'meta-llama/Llama-3.3-70B-Instruct',
      precision: 'nvfp4',
      smallest: [expect.objectContaining({ machineType: 'a3-ultragpu-8g', gpus: 1, tensor: 1, usdPerHour: 10.85 })],
    });
  });
});

const ADD =
  'A model is a row in manifests/catalogue/models/: fields of its config.json, its parameters, the formats of its weights, and where each was read';

describe('a command line that cannot be answered', () => {
  it.each([
    {
      line: 'llama-70b',
      err: `model llama-70b is not in the catalogue: did you mean meta-llama/Llama-3.1-70B-Instruct or meta-llama/Llama-3.3-70B-Instruct?\n${ADD}`,
    },
    {
      line: 'DeepSeek-R2',
      err: `model DeepSeek-R2 is not in the catalogue: did you mean deepseek-ai/DeepSeek-R1?\n${ADD}`,
    },
    { line: '/', err: `model / is not in the catalogue: inferctl fit lists what is\n${ADD}` },
    { line: 'frobnicator', err: `model frobnicator is not in the catalogue: inferctl fit lists what is\n${ADD}` },
    { line: 'Qwen3-8B --precision fp8', err: '--precision fp8: not known of Qwen/Qwen3-8B; Qwen/Qwen3-8B has bf16' },
    { line: 'Qwen3-8B --tokens 40961', err: '--tokens 40961: Qwen/Qwen3-8B has 40960 at most' },
    { line: 'Qwen3-8B --tokens 8k', err: '--tokens 8k: must be a whole number from 1 to 999999999' },
    { line: 'Qwen3-8B --concurrency 0', err: '--concurrency 0: must be a whole number from 1 to 999999999' },
    {
      line: 'Qwen3-8B --reserve much',
      err: '--reserve much: must be a number from 0 to 9999, with at most 3 decimals',
    },
    {
      line: 'Qwen3-8B --gpu-memory-utilization 1.5',
      err: '--gpu-memory-utilization 1.5: must be above 0 and at most 1',
    },
    {
      line: 'Qwen3-8B --machine a3-ultragpu-8',
      err: 'machine a3-ultragpu-8 is not in the catalogue: did you mean a3-ultragpu-8g?',
    },
  ])('$line', async ({ line, err }) => {
    expect(await runFit(line)).toEqual({ exitCode: exitCodes.invalid, out: '', err: `inferctl: ${err}\n` });
  });
});
