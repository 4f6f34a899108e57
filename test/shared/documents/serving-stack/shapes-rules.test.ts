/** Which shapes are refused, with what to write instead. */
import { describe, expect, it } from 'vitest';
import { servingCatalogue } from '#manifests/serving/stack-facts.ts';
import { formatProblem } from '#shared/documents/index.ts';
import { parseServingStack } from '#shared/documents/serving-stack/parse.ts';
import type { ServingStackSpec } from '#shared/domain/serving/stack.ts';

function problemsOf(spec: Partial<ServingStackSpec>, name = 'demo'): readonly string[] {
  const parsed = parseServingStack(
    {
      apiVersion: 'inference-fleet/v1',
      kind: 'ServingStack',
      metadata: { name },
      spec: {
        namespace: 'serving',
        model: { id: 'org/model' },
        hardware: { machineType: 'a3-ultragpu-8g' },
        roles: { aggregated: {} },
        ...spec,
      },
    },
    servingCatalogue,
  );
  return parsed.ok ? [] : parsed.problems.map(formatProblem);
}

const own = { image: 'registry.example/vllm:v0.30.0' } as const;

interface Case {
  readonly what: string;
  readonly spec: Partial<ServingStackSpec>;
  readonly problem: string;
}

const cases: readonly Case[] = [
  {
    what: 'three GPUs',
    spec: { roles: { aggregated: { gpus: 3 } } },
    problem: 'spec.roles.aggregated.gpus = 3: must be one of 1, 2, 4, 8 on a3-ultragpu-8g, which has 8 GPUs',
  },
  {
    what: 'more GPUs than the machine has',
    spec: { hardware: { machineType: 'a4x-highgpu-4g' }, roles: { aggregated: { gpus: 8 } } },
    problem:
      'gpus = 8: must be one of 1, 2, 4 on a4x-highgpu-4g, which has 4 GPUs; leave it out for all GPUs of a node',
  },
  {
    what: 'parts of several nodes',
    spec: { roles: { aggregated: { nodes: 2, gpus: 4 } } },
    problem: 'gpus = 4: must be 8, all GPUs of a3-ultragpu-8g, for several nodes; leave it out',
  },
  {
    what: 'experts on a part of a node',
    spec: { roles: { aggregated: { parallelism: 'expert', gpus: 4 } } },
    problem: 'gpus = 4: must be 8, all GPUs of a3-ultragpu-8g, for parallelism: expert; leave it out',
  },
  {
    what: 'pipeline stages that NIXL does not know',
    spec: { roles: { prefill: {}, decode: { nodes: 2 } } },
    problem: 'spec.roles.decode.nodes = 2: must be 1 with prefill and decode',
  },
  {
    what: 'a Deployment of groups',
    spec: { roles: { aggregated: { nodes: 2 }, workload: 'Deployment' } },
    problem: 'spec.roles.workload = "Deployment": must not be Deployment, whose replicas are single pods',
  },
  {
    what: 'Ray in an image that has none',
    spec: { roles: { aggregated: { nodes: 2, executor: 'ray' } } },
    problem: 'executor = "ray": must not be ray with vLLM\'s own image, which has no Ray',
  },
  {
    what: 'Ray in an image that nobody says has it',
    spec: { engine: own, roles: { aggregated: { nodes: 2, executor: 'ray' } } },
    problem: 'unless spec.engine.includesRay says so',
  },
  {
    what: 'Ray on one node',
    spec: { engine: { ...own, includesRay: true }, roles: { aggregated: { executor: 'ray' } } },
    problem: 'executor = "ray": must not be ray but for tensor parallelism over several nodes',
  },
  {
    what: 'kernels for experts without experts',
    spec: { roles: { aggregated: { allToAll: 'nccl' } } },
    problem: 'allToAll = "nccl": is for parallelism: expert only',
  },
  {
    what: 'kernels that the version has not',
    spec: {
      engine: { version: '0.29.0' },
      roles: { aggregated: { nodes: 2, parallelism: 'expert', allToAll: 'deepep-v2' } },
    },
    problem: 'must not be deepep-v2 with vLLM 0.29.0, which has it since 0.30.0',
  },
  {
    what: 'NVSHMEM that cannot connect',
    spec: { roles: { aggregated: { nodes: 2, parallelism: 'expert' } } },
    problem: "name an image with llm-d's patch of NVSHMEM in spec.engine.image",
  },
  {
    what: 'DeepEP without RoCE',
    spec: {
      hardware: { machineType: 'a3-megagpu-8g' },
      engine: own,
      roles: { aggregated: { nodes: 2, parallelism: 'expert' } },
    },
    problem: 'must be nccl on a3-megagpu-8g, whose fabric (tcpxo) DeepEP cannot use',
  },
  {
    what: 'no memory beside the shared',
    spec: { roles: { aggregated: { memoryGib: 20 } } },
    problem: 'memoryGib = 20: must be more than sharedMemoryGib (20)',
  },
  {
    what: 'decode narrower than prefill',
    spec: { roles: { prefill: { gpus: 4 }, decode: { gpus: 2 } } },
    problem: 'spec.roles.decode.gpus = 2: must have at least the tensor parallelism of prefill (4)',
  },
  {
    what: 'decode in ranks, prefill not',
    spec: { engine: own, roles: { prefill: {}, decode: { nodes: 2, parallelism: 'expert' } } },
    problem: 'spec.roles.decode.parallelism = "expert"',
  },
  {
    what: 'replicas beside a role scaler',
    spec: { roles: { prefill: { replicas: 2 }, decode: {}, workload: 'DisaggregatedSet', scaling: 'external' } },
    problem: 'spec.roles.prefill.replicas = 2: must be left out with scaling: external',
  },
  {
    what: 'scaling of what has no role scalers',
    spec: { roles: { prefill: {}, decode: {}, scaling: 'external' } },
    problem: 'spec.roles.scaling = "external": is for workload: DisaggregatedSet only',
  },
  {
    what: 'an autoscaler that nobody listens to',
    spec: {
      roles: { prefill: {}, decode: {}, workload: 'DisaggregatedSet', scaling: 'static' },
      autoscaling: { kind: 'keda', maxReplicas: 4 },
    },
    problem: 'must not be static with spec.autoscaling',
  },
  {
    what: 'a floating image',
    spec: { engine: { image: 'docker.io/vllm/vllm-openai:latest' } },
    problem: 'a tag other than latest',
  },
  {
    what: 'an image without a tag of a registry with a port',
    spec: { engine: { image: 'registry.example:5000/vllm' } },
    problem: 'a tag other than latest',
  },
  {
    what: 'a character that no program can be given',
    spec: { engine: { env: { NOTE: 'a\0b' } } },
    problem: 'must have no control characters',
  },
  {
    what: 'a character that YAML takes for the end of a line',
    spec: { engine: { flags: { '--note': 'a\u2028b' } } },
    problem: 'must have no control characters',
  },
  {
    what: 'a short flag',
    spec: { engine: { flags: { '-tp': 8 } } },
    problem: 'must have long flags of vllm serve as keys',
  },
];

describe('a shape', () => {
  it.each(cases)('with $what is refused', ({ spec, problem }) => {
    expect(problemsOf(spec)).toContainEqual(expect.stringContaining(problem));
  });

  it.each<{ readonly what: string; readonly spec: Partial<ServingStackSpec> }>([
    {
      what: 'experts over two nodes with an image of its owner',
      spec: { engine: own, roles: { aggregated: { nodes: 2, parallelism: 'expert' } } },
    },
    {
      what: 'experts over two nodes by NCCL',
      spec: { roles: { aggregated: { nodes: 2, parallelism: 'expert', allToAll: 'nccl' } } },
    },
    {
      what: 'Ray in an image that has it',
      spec: { engine: { ...own, includesRay: true }, roles: { aggregated: { nodes: 2, executor: 'ray' } } },
    },
    {
      what: 'a tag that a digest pins',
      spec: { engine: { image: `registry.example:5000/a/vllm:v0.30.0@sha256:${'a'.repeat(64)}` } },
    },
    { what: 'an image by digest', spec: { engine: { image: `registry.example:5000/vllm@sha256:${'a'.repeat(64)}` } } },
  ])('with $what is accepted', ({ spec }) => {
    // Other parts may ask for something of their own, e.g. a gateway for ranks.
    expect(problemsOf({ gateway: {}, ...spec })).toEqual([]);
  });
});

it('the name of an image, however long, is judged before the time of a test is over', () => {
  // A pattern that tries every way to divide it takes a minute.
  expect(problemsOf({ engine: { image: 'a'.repeat(200_000) } })).toHaveLength(1);
});

describe('a credential', () => {
  it.each([
    { engine: { env: { HUGGING_FACE_HUB_TOKEN: 'hf_abc' } }, field: 'spec.engine.env.HUGGING_FACE_HUB_TOKEN' },
    { engine: { env: { NOTE: 'hf_abcdef' } }, field: 'spec.engine.env.NOTE' },
    { engine: { flags: { '--api-key': 'sk-abc' } }, field: 'spec.engine.flags["--api-key"]' },
    { engine: { flags: { '--hf-token': 'hf_abc' } }, field: 'spec.engine.flags["--hf-token"]' },
    { engine: { env: { LMCACHE_REMOTE: 'redis://me:abc@cache:6379' } }, field: 'spec.engine.env.LMCACHE_REMOTE' },
    {
      engine: { flags: { '--extra': '{"token":"hf_abcdefghijklmnopqrstuvwx"}' } },
      field: 'spec.engine.flags["--extra"]',
    },
    { engine: { env: { PGPASSWORD: 'abc' } }, field: 'spec.engine.env.PGPASSWORD' },
  ])('in $field is refused, and not repeated', ({ engine, field }) => {
    const problems = problemsOf({ engine });

    expect(problems).toContainEqual(expect.stringContaining(`${field} = "(not shown)": must not hold a credential`));
    expect(problems.join()).not.toContain('abc');
  });
});

describe('a name', () => {
  it.each(['chat-prefill', 'chat-decode', 'chat-epp', 'chat-model-router', 'chat-metrics-reader'])(
    'may not be %s, which a part of another stack has',
    (name) => {
      expect(problemsOf({}, name)).toEqual([
        expect.stringContaining(`metadata.name = "${name}": must not end with ${name.slice('chat'.length)}`),
      ]);
    },
  );

  it('that every JavaScript object has a property of is looked for among the weights, and missed once', () => {
    const gateway = { route: { weights: { other: 1 } } };

    expect(problemsOf({ gateway }, 'constructor')).toEqual([
      expect.stringContaining('must have a weight for constructor, whose route this is'),
    ]);
  });

  it.each(['kube-system', 'kube-public', 'gmp-system', 'gke-gmp-system', 'gke-managed-system'])(
    'of a namespace may not be %s',
    (namespace) => {
      expect(problemsOf({ namespace })).toEqual([
        expect.stringContaining(`spec.namespace = "${namespace}": must not be a namespace of the system`),
      ]);
    },
  );

  const letters = (count: number) => 'a'.repeat(count);
  const ranks = { nodes: 2, parallelism: 'expert', allToAll: 'nccl' } as const;
  const set = { prefill: ranks, decode: ranks, workload: 'DisaggregatedSet' } as const;

  it.each([
    { what: 'a group of a DisaggregatedSet, 31', roles: set, count: 31, isAccepted: true },
    { what: 'a group of a DisaggregatedSet, 32', roles: set, count: 32, isAccepted: false },
    {
      what: 'a LeaderWorkerSet with ten groups and more, 40',
      roles: { aggregated: { nodes: 2, replicas: 11 } },
      count: 40,
      isAccepted: true,
    },
  ] as const)('for $what letters is accepted: $isAccepted', ({ roles, count, isAccepted }) => {
    const problems = problemsOf({ roles, gateway: {} }, letters(count));

    expect(problems.filter((problem) => problem.startsWith('metadata.name'))).toHaveLength(isAccepted ? 0 : 1);
  });
});
