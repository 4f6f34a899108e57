/** A ServingStack on the command line: rendered, explained, validated, and never published. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { exitCodes } from '../../../../functions/cli/exit.ts';
import { refuseFaults } from '../../../../functions/cli/render-stack.ts';
import { run } from '../../../../functions/cli/run.ts';
import { renderStack } from '#manifests/serving/render.ts';
import { servingCatalogue } from '#manifests/serving/stack-facts.ts';
import { parseServingStackText, stackOf } from '#shared/documents/serving-stack/parse.ts';
import { makeClusterDocument, makePool } from '../../../support/make-cluster.ts';
import { contextFile, makeIo } from '../make-io.ts';

function example(file: string): string {
  return readFileSync(new URL(`../../../../manifests/examples/stacks/${file}`, import.meta.url), 'utf8');
}

const stack = example('vllm-1-gpu.yaml');
const withoutHardware = stack.replace(/ {2}hardware:\n {4}machineType: .*\n/, '');

async function runWith(line: string, files: Readonly<Record<string, string>> = {}) {
  const io = makeIo({
    files: {
      ...contextFile,
      'stack.yaml': stack,
      'no-hardware.yaml': withoutHardware,
      'cluster.json': JSON.stringify(makeClusterDocument()),
      ...files,
    },
  });
  const exitCode = await run(line.split(' '), io);
  return { exitCode, io, ...io.printed };
}

describe('render', () => {
  it('prints what kubectl applies', async () => {
    const { exitCode, out, err } = await runWith('render -f stack.yaml');

    expect({ exitCode, err }).toEqual({ exitCode: exitCodes.ok, err: '' });
    expect(out).toBe(example('vllm-1-gpu.objects.yaml'));
  });

  it('prints one List as JSON', async () => {
    const { out } = await runWith('render -f stack.yaml -o json');
    const list = JSON.parse(out) as { readonly items: readonly { readonly kind: string }[] };

    expect(list).toMatchObject({ apiVersion: 'v1', kind: 'List' });
    expect(list.items.map(({ kind }) => kind)).toContain('Deployment');
  });

  it('explains as YAML that every reader takes, without aliases', async () => {
    const { out } = await runWith('render -f large.yaml --explain -o yaml', {
      'large.yaml': example('safety-everything.yaml'),
    });

    expect(parse(out, { maxAliasCount: 0 })).toHaveProperty('explanations');
  });

  it('reads standard input once', async () => {
    expect(await runWith('render -f - --cluster -')).toMatchObject({
      exitCode: exitCodes.invalid,
      err: 'inferctl: --file - and --cluster -: standard input can be read once; name a file for one of them\n',
    });
  });

  it('explains every value, within a hundred columns', async () => {
    const { exitCode, out } = await runWith('render -f stack.yaml --explain');
    const lines = out.split('\n');

    expect(exitCode).toBe(exitCodes.ok);
    expect(out).toContain(
      '  spec.template.spec.terminationGracePeriodSeconds = 75\n' +
        '      15 s until the endpoint is gone everywhere + 45 s for requests in flight + 15 s to exit = 75 s\n' +
        '      llm-d/llm-d docs/operations/lifecycle/graceful-shutdown.md\n',
    );
    expect(lines.filter((text) => text.length > 100)).toEqual([]);
  });

  it('explains as data, with the objects', async () => {
    const { out } = await runWith('render -f stack.yaml --explain -o json');
    const answer = JSON.parse(out) as { readonly objects: unknown[]; readonly explanations: unknown[] };

    expect(answer.objects.length).toBeGreaterThan(1);
    expect(answer.explanations).toContainEqual({
      object: { kind: 'Deployment', name: 'llama-8b', namespace: 'serving' },
      path: 'spec.template.spec.containers[modelserver].args[2] --max-model-len',
      value: '32768',
      why: expect.any(String) as string,
      source: expect.any(String) as string,
    });
  });

  it('tells what a second object has in common with the first', async () => {
    const { out } = await runWith('render -f pd.yaml --explain', { 'pd.yaml': example('pd-deployments.yaml') });

    expect(out).toMatch(/\n {2}and \d\d as in Deployment [\w-]+\/[\w-]+-prefill\n/);
  });

  it('takes machine, pool and project from the cluster', async () => {
    const { exitCode, out } = await runWith('render -f no-hardware.yaml --cluster cluster.json');

    expect(exitCode).toBe(exitCodes.ok);
    expect(out).toContain('cloud.google.com/gke-accelerator: nvidia-h200-141gb\n');
    expect(out).toContain('cloud.google.com/gke-nodepool: h200\n');
  });

  it('takes the name that a scaler asks for from the cluster', async () => {
    const { exitCode, out } = await runWith('render -f scaled.yaml --cluster cluster.json', {
      'scaled.yaml': `${withoutHardware}  monitoring: {}\n  autoscaling: {kind: keda, maxReplicas: 4}\n`,
    });

    expect(exitCode).toBe(exitCodes.ok);
    expect(out).toContain('cluster="demo"');
  });

  it('warns of what vLLM may not start with, apart from the objects', async () => {
    const { exitCode, out, err } = await runWith('render -f large.yaml', {
      'large.yaml': stack
        .replace(/id: .*/, 'id: meta-llama/Llama-3.1-70B-Instruct')
        .replace(/ {4}maxContextTokens: .*\n/, '')
        .replace('a3-ultragpu-8g', 'a3-highgpu-8g')
        .replace(/gpus: 1/, 'gpus: 2'),
    });

    expect(exitCode).toBe(exitCodes.ok);
    expect(out).not.toContain('warning');
    expect(err).toMatch(/^warning: spec\.model\.maxContextTokens = 131072 \(default\): one sequence .*, or gpus: 4\n$/);
  });

  it.each([
    {
      name: 'whose scaler asks for another cluster',
      line: 'render -f scaled.yaml --cluster cluster.json',
      files: {
        'scaled.yaml': `${withoutHardware}  monitoring: {}\n  autoscaling: {kind: keda, cluster: other, maxReplicas: 4}\n`,
      },
      err: /spec.autoscaling.cluster = "other": must be that of the cluster demo: demo; remove it\n$/,
    },
    {
      name: 'without the cluster',
      line: 'render -f no-hardware.yaml',
      err: /^inferctl: no-hardware.yaml is not valid:\nspec.hardware is missing: must be a mapping with machineType, /,
    },
    {
      name: 'for a cluster of other machines',
      line: 'render -f stack.yaml --cluster cluster.json',
      files: { 'stack.yaml': stack.replace('a3-ultragpu-8g', 'a4-highgpu-8g') },
      err: /spec.hardware.machineType = "a4-highgpu-8g": must be that of the cluster demo: a3-ultragpu-8g; remove it\n$/,
    },
    {
      name: 'for a cluster with two pools, without naming one',
      line: 'render -f stack.yaml --cluster cluster.json',
      files: {
        'cluster.json': JSON.stringify(
          makeClusterDocument({ spec: { gpuPools: [makePool(), makePool({ name: 'b' })] } }),
        ),
      },
      err: /spec.hardware.nodePool is missing: must name a pool of the cluster demo, which has several .*; use h200 or b\n$/,
    },
    {
      name: 'for what is no cluster',
      line: 'render -f stack.yaml --cluster stack.yaml',
      err: /^inferctl: stack.yaml is not valid:\nkind = "ServingStack": .*; run inferctl render -f FILE/,
    },
    {
      name: 'of another kind',
      line: 'render -f cluster.json',
      err: /^inferctl: cluster.json is not valid:\nkind = "Cluster": must be ServingStack; use ServingStack\n$/,
    },
  ])('refuses a document $name', async ({ line, files, err: expected }) => {
    const { exitCode, out, err } = await runWith(line, files);

    expect({ exitCode, out }).toEqual({ exitCode: exitCodes.invalid, out: '' });
    expect(err).toMatch(expected);
  });
});

describe('a bug of the builders', () => {
  it('ends render before anything is printed', () => {
    const objects = renderStack(makeStack());
    const broken = objects.map((object) =>
      object.kind === 'Deployment'
        ? { ...object, spec: { ...Object(object).spec, selector: { matchLabels: { app: 'x' } } } }
        : object,
    );

    expect(() => refuseFaults(objects)).not.toThrow();
    expect(() => refuseFaults(broken)).toThrow(
      expect.objectContaining({
        exitCode: exitCodes.bug,
        message: expect.stringMatching(
          /^a bug of inferctl: what it renders of this document would not work:\nDeployment\/llama-8b: .* \([\w-]+\)/,
        ) as string,
      }) as Error,
    );
  });
});

function makeStack() {
  const parsed = parseServingStackText(stack, servingCatalogue);
  if (!parsed.ok) throw new Error('reading the example: it is not valid');
  return stackOf(parsed.content, servingCatalogue);
}

describe('a ServingStack', () => {
  it('is valid, and said not to be published', async () => {
    const { exitCode, out } = await runWith('validate -f stack.yaml');

    expect(exitCode).toBe(exitCodes.ok);
    expect(out).toBe(
      'stack.yaml is a valid ServingStack document for serving/llama-8b; it is rendered (inferctl render), not published\n',
    );
  });

  it('is valid without hardware on a cluster', async () => {
    expect(await runWith('validate -f no-hardware.yaml --cluster cluster.json')).toMatchObject({
      exitCode: exitCodes.ok,
      out: expect.stringContaining('no-hardware.yaml is a valid ServingStack document for serving/llama-8b') as string,
    });
    expect(await runWith('validate -f no-hardware.yaml')).toMatchObject({
      exitCode: exitCodes.invalid,
      out: expect.stringContaining('spec.hardware is missing') as string,
    });
  });

  it('is answered to programs with its name', async () => {
    const { out } = await runWith('validate -f stack.yaml -o json');

    expect(JSON.parse(out)).toEqual({ valid: true, kind: 'ServingStack', name: 'serving/llama-8b', warnings: [] });
  });

  it('is not applied', async () => {
    const { exitCode, err, io } = await runWith('apply -f stack.yaml');

    expect(exitCode).toBe(exitCodes.invalid);
    expect(err).toContain('a ServingStack is rendered, not published; run inferctl render -f FILE');
    expect([...io.calls, ...io.published]).toEqual([]);
  });

  it('has a schema', async () => {
    const { exitCode, out } = await runWith('schema servingstack -o yaml');

    expect(exitCode).toBe(exitCodes.ok);
    expect(parse(out)).toMatchObject({ properties: { kind: { const: 'ServingStack' } } });
  });
});
