import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitCatalogue } from '#manifests/catalogue/fit-catalogue.ts';
import { acceptedShapes, fit, fitted, type FittedShape, holds } from '#shared/domain/serving/fit.ts';
import { objectionTo } from '#shared/domain/serving/fit-shapes.ts';
import type { ServingMachine } from '#shared/domain/serving/gpu-facts.ts';
import { type FitRequest, memoryOf } from '#shared/domain/serving/gpu-memory.ts';
import { weightsNamed } from '#shared/domain/serving/model-facts.ts';
import type { Precision } from '#shared/domain/serving/stack.ts';

const { models, machines, engine } = fitCatalogue;

type Asked = Partial<Omit<FitRequest, 'model' | 'format'>> & { readonly name: string; readonly precision?: Precision };

function requestFor({ name, precision, ...over }: Asked): FitRequest {
  const weights = weightsNamed(models, name, precision);
  if (weights === undefined) throw new Error(`looking up ${name}: not there`);
  return { ...weights, contextTokens: 8192, sequences: 32, gpuMemoryRatio: engine.gpuMemoryRatio, ...over };
}

function machine(machineType: string): ServingMachine {
  const found = machines.find((one) => one.machineType === machineType);
  if (found === undefined) throw new Error(`looking up ${machineType}: not there`);
  return found;
}

interface Size {
  readonly nodes?: number;
  readonly gpus: number;
}

function tensorShape(machineType: string, { nodes = 1, gpus }: Size) {
  const common = { machine: machine(machineType), parallelism: 'tensor', nodes, gpusPerNode: gpus } as const;
  return { ...common, tensor: gpus, pipeline: nodes, data: 1 } as const;
}

/** `2 x a3-ultragpu-8g tensor 8, pipeline 1`. */
function textOf({ machine: { machineType }, nodes, parallelism, gpusPerNode, pipeline, data }: FittedShape): string {
  const ranks = parallelism === 'expert' ? data : gpusPerNode;
  return `${nodes} ${machineType} ${parallelism} ${ranks}${pipeline > 1 ? ` pipeline ${pipeline}` : ''}`;
}

describe('memory of a GPU', () => {
  it('is what Llama 3.3 70B in FP8 leaves on two H100, step by step', () => {
    const memory = memoryOf(
      tensorShape('a3-highgpu-2g', { gpus: 2 }),
      requestFor({ name: 'meta-llama/Llama-3.3-70B-Instruct', precision: 'fp8' }),
      fitCatalogue,
    );

    // 68.45 B x 1 byte + 2.10 B x 2 bytes = 67.7 GiB, half of it here.
    expect(memory.weightsGib).toBeCloseTo(33.83, 2);
    expect(memory.usableGib).toBeCloseTo(79.11 * 0.92);
    expect(memory.reserveGib).toBeCloseTo(4.84 + 0.73);
    // 80 layers x 2 x 4 heads x 128 x 2 bytes x 8,192 tokens.
    expect(memory.sequenceGib).toBe(1.25);
    expect(memory.maxSequences).toBe(26);
  });

  it.each([
    // The reserve is the one that was measured there, so weights and memory must give the rest.
    {
      start: 'Llama 3 8B on one H100 (vLLM pull request 10511)',
      asked: { name: 'meta-llama/Llama-3.1-8B-Instruct', gpuMemoryRatio: 0.9, reserveGib: 1.79 + 1.26 },
      shape: tensorShape('a3-highgpu-1g', { gpus: 1 }),
      kvRoomGib: 53.29,
    },
    {
      start: 'Qwen3 235B FP8 on four H100 (vLLM issue 21348)',
      asked: { name: 'Qwen/Qwen3-235B-A22B-FP8', gpuMemoryRatio: 0.9, reserveGib: 8.06 },
      shape: tensorShape('a3-highgpu-4g', { gpus: 4 }),
      kvRoomGib: 8.11,
    },
    {
      start: 'gpt-oss-120b on one H100, which failed (vLLM issue 23278)',
      asked: { name: 'openai/gpt-oss-120b', gpuMemoryRatio: 0.9, reserveGib: 7.37 },
      shape: tensorShape('a3-highgpu-1g', { gpus: 1 }),
      kvRoomGib: -2.14,
    },
  ])('leaves what vLLM logged for $start', ({ asked, shape, kvRoomGib }) => {
    expect(memoryOf(shape, requestFor(asked), fitCatalogue).kvRoomGib).toBeCloseTo(kvRoomGib, 0.6);
  });

  it('holds as many tokens as vLLM logged: 178,880 of Qwen3 235B in 8.11 GiB on each of four GPUs', () => {
    const request = requestFor({ name: 'Qwen/Qwen3-235B-A22B-FP8', gpuMemoryRatio: 0.9, reserveGib: 8.06 });
    const { cacheTokens, kvRoomGib } = memoryOf(tensorShape('a3-highgpu-4g', { gpus: 4 }), request, fitCatalogue);

    expect((cacheTokens * (8.11 / kvRoomGib)) / 178_880).toBeCloseTo(1, 1);
  });

  it('copies KV heads that are fewer than ranks: from 4 to 8 GPUs a sequence does not shrink', () => {
    const request = requestFor({ name: 'Qwen/Qwen3-235B-A22B' });
    const [two, four, eight] = [2, 4, 8].map(
      (gpus) => memoryOf(tensorShape('a3-ultragpu-8g', { gpus }), request, fitCatalogue).sequenceGib,
    );

    expect(four).toBe((two ?? 0) / 2);
    expect(eight).toBe(four);
  });

  it('keeps a latent cache on every rank', () => {
    const request = requestFor({ name: 'deepseek-ai/DeepSeek-R1' });
    const [one, eight] = [1, 8].map(
      (gpus) => memoryOf(tensorShape('a3-ultragpu-8g', { gpus }), request, fitCatalogue).sequenceGib,
    );

    expect(eight).toBe(one);
  });

  it('gives the longest stage of a pipeline what divides unevenly: 31 of 61 layers', () => {
    const request = requestFor({ name: 'deepseek-ai/DeepSeek-R1' });
    const [one, two] = [1, 2].map(
      (nodes) => memoryOf(tensorShape('a3-ultragpu-8g', { nodes, gpus: 8 }), request, fitCatalogue).sequenceGib,
    );

    expect((two ?? 0) / (one ?? 1)).toBeCloseTo(31 / 61);
  });

  it('gives the fullest rank the expert that is left over: 7 of 256 on 40 ranks, and all that is no expert', () => {
    const request = requestFor({ name: 'deepseek-ai/DeepSeek-R1' });
    const on = { machine: machine('a3-ultragpu-8g'), parallelism: 'expert', nodes: 5, gpusPerNode: 8 } as const;

    const { weightsGib } = memoryOf({ ...on, tensor: 1, pipeline: 1, data: 40 }, request, fitCatalogue);

    // 653.9 B of experts x 7 / 256 and 15.2 B of attention at a byte each, 1.85 B of tables at two.
    expect(weightsGib).toBeCloseTo((653.909e9 * (7 / 256) + 15.238e9 + 2 * 1.8533e9) / 2 ** 30, 1);
  });

  it('puts embeddings and output head into different stages', () => {
    const request = requestFor({ name: 'meta-llama/Llama-3.3-70B-Instruct' });

    const { weightsGib } = memoryOf(tensorShape('a3-ultragpu-8g', { nodes: 2, gpus: 8 }), request, fitCatalogue);

    // Half of 68.45 B, and one table of 1.05 B, at two bytes on eight GPUs.
    expect(weightsGib).toBeCloseTo((2 * (68.4487e9 / 2 + 1.05067e9)) / 8 / 2 ** 30, 2);
  });

  it('counts a window layer by its window and a batch, however long the context', () => {
    const gpt = (contextTokens: number) =>
      memoryOf(
        tensorShape('a3-ultragpu-8g', { gpus: 1 }),
        requestFor({ name: 'openai/gpt-oss-120b', contextTokens }),
        fitCatalogue,
      ).sequenceGib;

    // 18 layers x 2,048 bytes for each token more.
    expect((gpt(100_000) - gpt(50_000)) * 2 ** 30).toBeCloseTo(50_000 * 18 * 2048, 0);
    expect(gpt(8000) * 2 ** 30).toBeCloseTo(8000 * 36 * 2048, 0);
  });
});

describe('shapes that Google serves models in hold them', () => {
  it.each([
    // AI-Hypercomputer/gpu-recipes inference and src/frameworks; GoogleCloudPlatform/kubernetes-engine-samples ai-ml.
    { name: 'deepseek-ai/DeepSeek-R1', on: 'a3-ultragpu-8g', gpus: 8 },
    { name: 'deepseek-ai/DeepSeek-R1', on: 'a3-megagpu-8g', nodes: 2, gpus: 8 },
    { name: 'deepseek-ai/DeepSeek-R1', on: 'a4-highgpu-8g', gpus: 8, contextTokens: 32_768, gpuMemoryRatio: 0.95 },
    { name: 'meta-llama/Llama-3.1-405B-Instruct', on: 'a3-highgpu-8g', nodes: 2, gpus: 8 },
    { name: 'meta-llama/Llama-4-Scout-17B-16E-Instruct', on: 'a3-ultragpu-8g', gpus: 8, contextTokens: 3_600_000 },
    { name: 'meta-llama/Llama-4-Scout-17B-16E-Instruct', on: 'a3-megagpu-8g', gpus: 8, contextTokens: 1_000_000 },
    { name: 'meta-llama/Llama-4-Maverick-17B-128E-Instruct-FP8', on: 'a3-megagpu-8g', gpus: 8, contextTokens: 430_000 },
    { name: 'openai/gpt-oss-120b', on: 'a3-ultragpu-8g', gpus: 4, contextTokens: 131_072 },
    {
      name: 'google/gemma-3-27b-it',
      on: 'a2-ultragpu-1g',
      gpus: 1,
      contextTokens: 32_768,
      sequences: 4,
      gpuMemoryRatio: 0.95,
    },
  ])('$name on $gpus of $on', ({ on, nodes = 1, gpus, ...asked }) => {
    const request = requestFor({ sequences: 1, ...asked });
    const shape = tensorShape(on, { nodes, gpus });

    expect(objectionTo(shape, request.model, request.format)).toBeUndefined();
    expect(memoryOf(shape, request, fitCatalogue).maxSequences).toBeGreaterThanOrEqual(request.sequences);
  });
});

describe('shapes that vLLM refuses', () => {
  it.each([
    // vllm-project/recipes: models/MiniMaxAI/MiniMax-M2.5.yaml, Qwen/Qwen3-Coder-480B-A35B.md.
    {
      name: 'MiniMaxAI/MiniMax-M2.5',
      gpus: 8,
      objection: 'experts of 1536 divided by 8 are 192, no multiple of the 128 that share a scale',
    },
    {
      name: 'Qwen/Qwen3-Coder-480B-A35B-Instruct-FP8',
      gpus: 8,
      objection: 'experts of 2560 divided by 8 are 320, no multiple of the 128 that share a scale',
    },
    {
      name: 'meta-llama/Llama-4-Scout-17B-16E-Instruct',
      gpus: 16,
      objection: '40 attention heads cannot be divided among 16 ranks',
    },
    { name: 'MiniMaxAI/MiniMax-M2.5', gpus: 4, objection: undefined },
    { name: 'Qwen/Qwen3-235B-A22B', gpus: 8, objection: undefined },
    { name: 'google/gemma-3-27b-it', gpus: 16, objection: undefined },
  ])('$name on $gpus GPUs: $objection', ({ name, gpus, objection }) => {
    const { model, format } = requestFor({ name });

    expect(objectionTo(tensorShape('a2-megagpu-16g', { gpus }), model, format)).toBe(objection);
  });
});

describe('the smallest shape', () => {
  it.each([
    { name: 'openai/gpt-oss-20b', on: 'a3-ultragpu-8g', expected: '1 a3-ultragpu-8g tensor 1' },
    { name: 'meta-llama/Llama-3.3-70B-Instruct', on: 'a3-ultragpu-8g', expected: '1 a3-ultragpu-8g tensor 2' },
    {
      name: 'meta-llama/Llama-3.3-70B-Instruct',
      precision: 'fp8',
      on: 'a3-highgpu-4g',
      expected: '1 a3-highgpu-4g tensor 4',
    },
    {
      name: 'meta-llama/Llama-3.1-405B-Instruct',
      on: 'a3-megagpu-8g',
      expected: '2 a3-megagpu-8g tensor 8 pipeline 2',
    },
    { name: 'Qwen/Qwen3-Coder-480B-A35B-Instruct-FP8', on: 'a3-ultragpu-8g', expected: '1 a3-ultragpu-8g expert 8' },
    { name: 'moonshotai/Kimi-K2-Instruct', on: 'a3-ultragpu-8g', expected: '2 a3-ultragpu-8g tensor 8 pipeline 2' },
  ] as const)('of $name on $on is $expected', ({ on, expected, ...asked }) => {
    const answer = fit(requestFor(asked), fitCatalogue, [machine(on)]);

    expect(answer.kind === 'fits' && textOf(answer.shapes[0])).toBe(expected);
  });

  it('costs the share of the node that it takes, and nothing is made up where no price is known', () => {
    const priceOn = (on: string) => {
      const answer = fit(requestFor({ name: 'meta-llama/Llama-3.3-70B-Instruct' }), fitCatalogue, [machine(on)]);
      return answer.kind === 'fits' ? answer.shapes[0].usdPerHour : undefined;
    };

    expect(priceOn('a3-ultragpu-8g')).toBe((86.8 * 2) / 8);
    expect(priceOn('a4-highgpu-8g')).toBeUndefined();
  });
});

describe('a refusal', () => {
  it('names the nearest by each change of one thing', () => {
    const request = requestFor({
      name: 'meta-llama/Llama-3.3-70B-Instruct',
      contextTokens: 32_768,
      sequences: 4,
    });

    const answer = fit(request, fitCatalogue, [machine('a3-highgpu-2g')]);

    expect(answer.kind === 'refused' && answer.refusal.instead.map(({ change }) => change)).toEqual([
      'context',
      'precision',
      'precision',
      'machine',
    ]);
  });

  it('offers the longest context and the most sequences that fit there', () => {
    const request = requestFor({ name: 'Qwen/Qwen3-32B', contextTokens: 40_000, sequences: 100 });

    const answer = fit(request, fitCatalogue, [machine('a3-highgpu-4g')]);

    const instead = answer.kind === 'refused' ? answer.refusal.instead : [];
    const context = instead.find(({ change }) => change === 'context');
    const sequences = instead.find(({ change }) => change === 'sequences');
    // 72.78 - 15.26 - 5.57 = 51.95 GiB for 100 sequences of 65,536 bytes a token.
    expect(context).toMatchObject({ contextTokens: 8512 });
    expect(sequences).toMatchObject({ sequences: 21 });
  });

  it('says why no shape is accepted, where memory is not what is missing', () => {
    const asked = requestFor({ name: 'MiniMaxAI/MiniMax-M2.5' });
    const oddMachine = { ...machine('a3-highgpu-1g'), gpuCount: 1 };
    const request = {
      ...asked,
      model: {
        ...asked.model,
        attentionHeads: 48,
        experts: { layers: 62, count: 256, perToken: 8, intermediateSize: 1500 },
      },
    };

    const answer = fit(request, fitCatalogue, [oddMachine]);

    expect(answer).toMatchObject({
      kind: 'refused',
      refusal: { objections: ['experts of 1500 divided by 1 are 1500, no multiple of the 128 that share a scale'] },
    });
  });

  it('tells what the engine may keep where less is known to start', () => {
    const request = requestFor({ name: 'openai/gpt-oss-120b', sequences: 1 });

    const answer = fit(request, fitCatalogue, [machine('a3-highgpu-1g')]);

    const reserve =
      answer.kind === 'refused' ? answer.refusal.instead.find(({ change }) => change === 'reserve') : undefined;
    expect(reserve).toMatchObject({ reserveGib: 6.2 });
    expect(reserve && holds(reserve.shape, request)).toBe(true);
  });
});

it('offers a smaller reserve by what each rank has to hold, not all of them together', () => {
  const asked = { name: 'Qwen/Qwen3-235B-A22B-FP8', contextTokens: 32_768, sequences: 40 };

  const answer = fit(requestFor(asked), fitCatalogue, [machine('a3-highgpu-8g')]);

  const instead = answer.kind === 'refused' ? answer.refusal.instead : [];
  // 79.11 x 0.92 - 35.07 of weights - 40 / 8 sequences x 5.875.
  expect(instead).toContainEqual(expect.objectContaining({ change: 'reserve', reserveGib: 8.3 }));
});

const anyRequest: fc.Arbitrary<FitRequest> = fc
  .record({
    model: fc.constantFrom(...models),
    formatIndex: fc.nat({ max: 2 }),
    contextTokens: fc.integer({ min: 1, max: 200_000 }),
    sequences: fc.integer({ min: 1, max: 500 }),
    gpuMemoryRatio: fc.double({ min: 0.5, max: 0.98, noNaN: true }),
  })
  .map(({ model, formatIndex, contextTokens, ...asked }) => ({
    ...asked,
    model,
    format: model.formats[formatIndex % model.formats.length] ?? model.formats[0],
    contextTokens: Math.min(contextTokens, model.maxContextTokens),
  }));
const anyMachine = fc.constantFrom(...machines);

describe('any request', () => {
  it('never fits less on more GPUs of a machine', () => {
    fc.assert(
      fc.property(anyRequest, anyMachine, (request, on) => {
        const accepted = acceptedShapes(request, fitCatalogue, [on]);
        for (const parallelism of ['tensor', 'expert']) {
          const sizes = accepted
            .filter((shape) => shape.parallelism === parallelism)
            .toSorted((a, b) => a.gpus - b.gpus);
          for (const [index, shape] of sizes.entries()) {
            const smaller = sizes[index - 1];
            if (smaller !== undefined)
              expect(shape.memory.maxSequences).toBeGreaterThanOrEqual(smaller.memory.maxSequences);
          }
        }
      }),
    );
  });

  it('gets a shape that holds it, and no smaller one of that machine does', () => {
    fc.assert(
      fc.property(anyRequest, anyMachine, (request, on) => {
        const answer = fit(request, fitCatalogue, [on]);
        if (answer.kind === 'refused') return;

        const [found] = answer.shapes;
        const again = fitted(found, request, fitCatalogue);
        expect(holds(again, request)).toBe(true);
        const used = again.memory.weightsGib + again.memory.reserveGib;
        const perRank = Math.ceil(request.sequences / found.data) * again.memory.sequenceGib;
        expect(used + perRank).toBeLessThanOrEqual(again.memory.usableGib + 1e-9);
        const smaller = acceptedShapes(request, fitCatalogue, [on]).filter(({ gpus }) => gpus < found.gpus);
        expect(smaller.filter((shape) => holds(shape, request))).toEqual([]);
      }),
    );
  });

  it('is refused only where every shape is exceeded, and what is offered instead fits', () => {
    fc.assert(
      fc.property(anyRequest, anyMachine, (request, on) => {
        const answer = fit(request, fitCatalogue, [on]);
        if (answer.kind === 'fits') return;

        for (const { memory, data } of acceptedShapes(request, fitCatalogue, [on])) {
          const perRank = Math.floor(request.sequences / data);
          const left = memory.usableGib - memory.weightsGib - memory.reserveGib - perRank * memory.sequenceGib;
          expect(left).toBeLessThan(memory.sequenceGib);
        }
        for (const instead of answer.refusal.instead) {
          const sequences = instead.change === 'sequences' ? instead.sequences : request.sequences;
          const replicas = instead.change === 'replicas' ? instead.replicas : 1;
          expect(replicas * instead.shape.memory.maxSequences).toBeGreaterThanOrEqual(sequences);
        }
      }),
    );
  });
});
