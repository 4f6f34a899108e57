/** Why values are what they are: nothing of the examples is without a reason, and no reason without anything. */
import { describe, expect, it } from 'vitest';
import { explainObjects } from '#manifests/serving/explain.ts';
import { reasons } from '#manifests/serving/reasons/index.ts';
import { renderStack } from '#manifests/serving/render.ts';
import { makeStack } from '../../support/make-serving-stack.ts';
import { exampleNames, exampleStack } from '../stack-examples.ts';

const all = new Map(
  exampleNames.map((name) => {
    const stack = exampleStack(name);
    return [name, explainObjects(stack, renderStack(stack))];
  }),
);
const smallest = all.get('vllm-1-gpu')?.explanations ?? [];

describe('explanations', () => {
  it.each(exampleNames)('are there for every value of %s', (name) => {
    expect(all.get(name)?.unexplained).toEqual([]);
  });

  it('use every reason somewhere', () => {
    const used = new Set([...all.values()].flatMap((one) => [...one.used]));

    expect(reasons.filter((reason) => !used.has(reason)).map(({ setting }) => setting)).toEqual([]);
  });

  it('cite a public source, a field of the document or the document itself', () => {
    const sources = [...all.values()].flatMap(({ explanations }) => explanations.map(({ source }) => source));
    const isPublic = /^[\w.-]+\/[\w.-]+ |^[A-Z][\w ,()-]*"|documentation|^spec\.|^the document$/;

    expect([...new Set(sources)].filter((source) => !isPublic.test(source))).toEqual([]);
  });

  it('tell a value once where a reason covers several', () => {
    const paths = smallest.map(({ path }) => path);

    expect(paths.filter((path) => path.endsWith('startupProbe'))).toHaveLength(1);
    expect(new Set(paths).size).toBe(paths.length);
  });

  it('show the arithmetic', () => {
    const grace = smallest.find(({ path }) => path.endsWith('terminationGracePeriodSeconds'));

    expect(grace).toMatchObject({ object: { kind: 'Deployment' }, value: 75 });
    expect(grace?.why).toContain(
      '15 s until the endpoint is gone everywhere + 45 s for requests in flight + 15 s to exit = 75 s',
    );
  });

  it.each([
    { of: 'wide-ep', variable: 'NCCL_NET_PLUGIN', why: 'tokens go to their experts over NVSHMEM' },
    { of: 'wide-ep-disaggregated-set', variable: 'NCCL_NET_PLUGIN', why: 'by what NCCL has built in' },
    { of: 'wide-ep-disaggregated-set', variable: 'NCCL_TUNER_PLUGIN', why: 'by what NCCL has built in' },
    { of: 'vllm-2-gpus', variable: 'NCCL_TUNER_PLUGIN', why: 'NCCL stays inside a node' },
    { of: 'pd-deployments', variable: 'VLLM_HTTP_TIMEOUT_KEEP_ALIVE', why: 'longer than the 90 s' },
    { of: 'gateway-load-aware', variable: 'VLLM_HTTP_TIMEOUT_KEEP_ALIVE', why: 'longer than the 600 s' },
  ])('say of $variable in $of what is so there', ({ of, variable, why }) => {
    const told = all.get(of)?.explanations.filter(({ path }) => path.endsWith(`env[${variable}]`)) ?? [];

    expect(told.map((one) => one.why)).toEqual(told.map(() => expect.stringContaining(why) as string));
    expect(told).not.toEqual([]);
  });

  it('tell what carries tokens by role where roles differ', () => {
    const roles = {
      prefill: { nodes: 2, parallelism: 'expert', allToAll: 'deepep-v2' },
      decode: { gpus: 8 },
    } as const;
    const stack = makeStack({ roles });

    const why = explainObjects(stack, renderStack(stack)).explanations.find(({ path }) =>
      path.endsWith('env[NCCL_TUNER_PLUGIN]'),
    )?.why;

    expect(why).toMatch(/prefill: tokens go to their experts by what NCCL .*; decode: NCCL stays inside a node/);
  });

  it('name the flag, its value and since when it is there', () => {
    expect(smallest.find(({ path }) => path.endsWith(' --shutdown-timeout'))).toMatchObject({
      path: expect.stringMatching(/containers\[modelserver\]\.args\[\d+\] --shutdown-timeout$/) as string,
      value: '45',
      why: expect.stringContaining('since 0.18.0, this is 0.30.0') as string,
    });
  });
});
