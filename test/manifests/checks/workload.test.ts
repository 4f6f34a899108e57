/** Pods and their servers are found in objects of any kind. */
import { describe, expect, it } from 'vitest';
import { readSet } from '#manifests/checks/checked-set.ts';
import { portsOf } from '#manifests/checks/model-server.ts';
import { formatPath } from '#manifests/checks/place.ts';
import { makeDeployment, makeTemplate, makeTwoNodes } from './make-manifests.ts';

const template = makeTemplate();

function podsIn(...objects: readonly object[]) {
  return readSet(objects, {}).pods;
}

describe('a pod template', () => {
  it.each([
    { kind: 'Pod', spec: template.spec, at: ['spec'] },
    { kind: 'Deployment', spec: { template }, at: ['spec.template.spec'] },
    { kind: 'StatefulSet', spec: { template }, at: ['spec.template.spec'] },
    { kind: 'Job', spec: { template }, at: ['spec.template.spec'] },
    { kind: 'CronJob', spec: { jobTemplate: { spec: { template } } }, at: ['spec.jobTemplate.spec.template.spec'] },
    {
      kind: 'RayService',
      spec: { rayClusterConfig: { headGroupSpec: { template }, workerGroupSpecs: [{ template }] } },
      at: [
        'spec.rayClusterConfig.headGroupSpec.template.spec',
        'spec.rayClusterConfig.workerGroupSpecs[0].template.spec',
      ],
    },
    {
      kind: 'LLMInferenceService',
      spec: { template: template.spec, worker: template.spec, prefill: { template: template.spec } },
      at: ['spec.template', 'spec.worker', 'spec.prefill.template'],
    },
    { kind: 'InferenceService', spec: { predictor: template.spec }, at: ['spec.predictor'] },
    {
      kind: 'DisaggregatedSet',
      spec: { roles: [{ name: 'decode', spec: { leaderWorkerTemplate: { workerTemplate: template } } }] },
      at: ['spec.roles[0].spec.leaderWorkerTemplate.workerTemplate.spec'],
    },
    { kind: 'SomethingNew', spec: { deep: [{ er: { template } }] }, at: ['spec.deep[0].er.template.spec'] },
    { kind: 'CustomResourceDefinition', spec: { template }, at: [] },
    { kind: 'ConfigMap', spec: { containers: 'none' }, at: [] },
  ])('of a $kind', ({ kind, spec, at }) => {
    const pods = podsIn({ apiVersion: 'v1', kind, metadata: { name: 'x' }, spec });

    expect(pods.map((pod) => formatPath(pod.spec.path))).toEqual(at);
    for (const pod of pods) expect(pod.servers.map(({ model }) => model)).toEqual(['meta-llama/Llama-3.1-8B']);
  });

  it('of an entry of a List', () => {
    const [pod] = podsIn({ apiVersion: 'v1', kind: 'List', items: [{ kind: 'ConfigMap' }, makeDeployment()] });

    expect(pod?.object.name).toBe('llama');
    expect(formatPath(pod?.spec.path ?? [])).toBe('items[1].spec.template.spec');
  });

  it('of a group has the labels and variables that its controller gives', () => {
    const [leader, worker] = podsIn(makeTwoNodes({ name: 'big' }));

    expect([leader, worker].map((pod) => pod?.group?.position)).toEqual(['leader', 'worker']);
    expect(leader?.labels.get('leaderworkerset.sigs.k8s.io/name')).toBe('big');
    expect(leader?.labels.get('leaderworkerset.sigs.k8s.io/worker-index')).toBe('0');
    expect(leader?.servers[0]?.flags.number('--nnodes')).toBe(2);
    expect(worker?.servers[0]?.flags.number('--node-rank')).toBeUndefined();
  });
});

describe('a model server', () => {
  const container = (over: object) =>
    podsIn(makeDeployment({ container: { command: undefined, args: undefined, ...over } }))[0]?.servers[0];

  it.each([
    { name: 'vllm serve', over: { command: ['vllm', 'serve', 'm'] }, engine: 'vllm', model: 'm' },
    { name: 'arguments apart', over: { command: ['vllm'], args: ['serve', 'm'] }, engine: 'vllm', model: 'm' },
    { name: 'the image’s own command', over: { args: ['--model', 'm'] }, engine: 'vllm', model: 'm' },
    {
      name: 'a module',
      over: { command: ['python3', '-m', 'vllm.entrypoints.openai.api_server'], args: ['--model=m'] },
      engine: 'vllm',
      model: 'm',
    },
    {
      name: 'a script',
      over: { command: ['/bin/sh', '-c'], args: ['sleep 1\nvllm serve m'] },
      engine: 'vllm',
      model: 'm',
    },
    {
      name: 'a shell in a shell',
      over: { command: ['bash', '-lc', "bash -c 'exec vllm serve m'"] },
      engine: 'vllm',
      model: 'm',
    },
    {
      name: 'the simulator',
      over: { image: 'ghcr.io/llm-d/llm-d-inference-sim:v0.10.2', args: ['--model', 'm'] },
      engine: 'simulator',
      model: 'm',
    },
    { name: 'SGLang', over: { command: ['python3', '-m', 'sglang.launch_server'] }, engine: 'other', model: undefined },
    {
      name: 'TGI',
      over: { image: 'ghcr.io/huggingface/text-generation-inference:3' },
      engine: 'other',
      model: undefined,
    },
  ])('is recognised by $name', ({ over, engine, model }) => {
    expect(container(over)).toMatchObject({ engine, ...(model !== undefined && { model }) });
  });

  it.each([
    { command: ['python3', 'train.py'] },
    { command: ['vllm', 'bench', 'serve'] },
    { command: ['sleep', 'infinity'] },
    { image: 'nginx:1.29' },
  ])('is not seen in %j', (over) => {
    expect(container(over)).toBeUndefined();
  });

  it.each([
    { args: ['m'], ports: [8000] },
    { args: ['m', '--port=8200'], ports: [8200] },
    { args: ['m', '--headless'], ports: [] },
    { args: ['m', '--port', '$(PORT)'], ports: [] },
    { args: ['m', '--config=/x.yaml'], ports: [] },
    {
      args: [
        'm',
        '--data-parallel-multi-port-external-lb',
        '--data-parallel-size-local=2',
        '--data-parallel-supervisor-port=8008',
      ],
      ports: [8000, 8001, 8008],
    },
  ])('listens where its arguments say: $args', ({ args, ports }) => {
    const server = container({ args });

    expect(server && portsOf(server)).toEqual(ports);
  });
});
