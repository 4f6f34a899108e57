/** Manifests of anybody, and what is said of them. */
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { exitCodes } from '../../../../functions/cli/exit.ts';
import { run } from '../../../../functions/cli/run.ts';
import { checks } from '#manifests/checks/checks.ts';
import { makeIo, type Outside } from '../make-io.ts';

const clean = `\
# A comment of its owner.
apiVersion: apps/v1
kind: Deployment
metadata: { name: llama }
spec:
  replicas: 1
  progressDeadlineSeconds: 4200
  selector: { matchLabels: { app: llama } }
  template:
    metadata: { labels: { app: llama } }
    spec:
      terminationGracePeriodSeconds: 75
      containers:
        - name: vllm
          image: vllm/vllm-openai:v0.30.0
          command: [/bin/bash, -c]
          args:
            - |
              set -e
              exec vllm serve meta-llama/Llama-3.1-8B \\
                --shutdown-timeout 45 \\
                --tensor-parallel-size 1
          lifecycle: { preStop: { sleep: { seconds: 15 } } }
          startupProbe: { httpGet: { path: /v1/models, port: 8000 }, failureThreshold: 360 }
          readinessProbe: { httpGet: { path: /v1/models, port: 8000 } }
          resources: { limits: { nvidia.com/gpu: "1" } }
`;

const wrong = `${clean.replace('parallel-size 1', 'parallel-size 2').replace('terminationGracePeriodSeconds: 75', 'restartPolicy: Always')}---
apiVersion: v1
kind: Service
metadata:
  name: llama
spec:
  selector:
    app: lama
  ports: [{ port: 80 }]
`;

async function runWith(line: string, files: Readonly<Record<string, string>> = {}, outside: Outside = {}) {
  const io = makeIo({ files: { 'clean.yaml': clean, 'wrong.yaml': wrong, ...files }, ...outside });
  const exitCode = await run(line.split(' '), io);
  return { exitCode, ...io.printed };
}

describe('check', () => {
  it('says so when nothing is found', async () => {
    expect(await runWith('check -f clean.yaml')).toEqual({
      exitCode: exitCodes.ok,
      out: 'clean.yaml: nothing found in 1 object, 1 model server\n',
      err: '',
    });
  });

  it('names the line of each finding, also inside a script, and what to write instead', async () => {
    expect(await runWith('check -f wrong.yaml')).toEqual({
      exitCode: exitCodes.invalid,
      out: `\
wrong.yaml:11: error grace-covers-drain: the pod is killed after 30 s; preStop 15 s + --shutdown-timeout 45 s + exit 5 s = 65 s
    in: Deployment/llama  spec.template.spec
    fix: write terminationGracePeriodSeconds: 65
wrong.yaml:14: warning shared-memory: 2 tensor-parallel ranks share the 64 MiB of the container’s /dev/shm
    in: Deployment/llama  spec.template.spec.containers[0]
    fix: mount an emptyDir with medium: Memory at /dev/shm
wrong.yaml:22: error parallelism-fills-gpus: tensor 2 = 2 ranks on 1 GPU
    in: Deployment/llama  spec.template.spec.containers[0].args[0]
    fix: make them equal: tensor parallel = GPUs of a node, pipeline parallel = nodes of the group
wrong.yaml:34: error selector-near-miss: no pod has app: lama; pods here have llama
    in: Service/llama  spec.selector.app
    fix: write what the pods have, app: llama
wrong.yaml: 3 errors, 1 warning in 2 objects, 1 model server
`,
      err: '',
    });
  });

  it('ends well with warnings alone', async () => {
    const floating = clean.replace('v0.30.0', 'latest');

    expect(await runWith('check -f x.yaml', { 'x.yaml': floating })).toMatchObject({
      exitCode: exitCodes.ok,
      out: expect.stringMatching(/^x\.yaml:15: warning floating-tag: [^]*x\.yaml: 0 errors, 1 warning in 1 object/),
    });
  });

  it('answers programs, from standard input', async () => {
    const { exitCode, out } = await runWith('check -f - -o json', {}, { stdin: wrong });

    expect(exitCode).toBe(exitCodes.invalid);
    expect(JSON.parse(out)).toMatchObject({
      file: 'standard input',
      objects: 2,
      servers: 1,
      findings: expect.arrayContaining([
        {
          file: 'standard input',
          line: 34,
          severity: 'error',
          rule: 'selector-near-miss',
          object: 'Service/llama',
          path: 'spec.selector.app',
          message: 'no pod has app: lama; pods here have llama',
          fix: 'write what the pods have, app: llama',
        },
      ]),
    });
    expect(parse((await runWith('check -f - -o yaml', {}, { stdin: wrong })).out)).toEqual(JSON.parse(out));
  });

  it('judges surge where somebody says what is spare', async () => {
    const unsaid = await runWith('check -f clean.yaml');
    const full = await runWith('check -f clean.yaml --spare-gpus 0');

    expect(unsaid.exitCode).toBe(exitCodes.ok);
    expect(full.exitCode).toBe(exitCodes.invalid);
    expect(full.out).toContain('surge-fits-spare-gpus: a rollout adds 1 pod of 1 GPU, and 0 are spare');
    expect(await runWith('check -f clean.yaml --spare-gpus few')).toMatchObject({
      exitCode: exitCodes.invalid,
      err: 'inferctl: --spare-gpus few: must be a whole number from 0\n',
    });
  });

  it('reads on behind what is no YAML, and names its line', async () => {
    const { exitCode, out, err } = await runWith('check -f x.yaml', { 'x.yaml': `a: [1\nb: 2\n---\n${wrong}` });

    expect(exitCode).toBe(exitCodes.invalid);
    expect(err).toMatch(/^x\.yaml:2: error readable: must be YAML or JSON, but the place [^\n]+\n {4}fix: [^\n]+\n$/);
    expect(out).not.toContain('readable');
    expect(out).toContain('x.yaml:37: error selector-near-miss');
    expect(out).toContain('x.yaml: 4 errors, 1 warning in 2 objects');
  });

  it('tells programs of it twice: in the answer, and on standard error', async () => {
    const { out, err } = await runWith('check -f x.yaml -o json', { 'x.yaml': 'a: [1\nb: 2\n' });

    expect(JSON.parse(out)).toMatchObject({ findings: [{ line: 2, rule: 'readable' }] });
    expect(err).toContain('x.yaml:2: error readable');
  });

  it.each([
    ['ServingStack', 'this is a ServingStack: npx inferctl render -f x.yaml | npx inferctl check -f -'],
    ['Cluster', 'this is a Cluster of the fleet and no Kubernetes object: npx inferctl validate -f x.yaml'],
    ['ModelService', 'this is a ModelService of the fleet and no Kubernetes object: npx inferctl validate -f x.yaml'],
  ])('says what a %s is, and what to do with it instead', async (kind, said) => {
    const own = `# Ours.\napiVersion: inference-fleet/v1\nkind: ${kind}\nmetadata: { name: x }\n`;
    const files = { 'x.yaml': own, 'both.yaml': `${own}---\n${clean}` };
    const npm = { npm_command: 'exec' };

    expect(await runWith('check -f x.yaml', files, { environment: npm })).toEqual({
      exitCode: exitCodes.invalid,
      out: '',
      err: `inferctl: x.yaml:2: ${said}\n`,
    });
    expect(await runWith('check -f both.yaml', files, { environment: npm })).toEqual({
      exitCode: exitCodes.ok,
      out: 'both.yaml: nothing found in 1 object, 1 model server\n',
      err: `both.yaml:2: ${said.replaceAll('x.yaml', 'both.yaml')}\n`,
    });
  });

  it('names its exit codes in its help', async () => {
    expect((await runWith('help check')).out).toContain('2 errors were found, a part cannot be read, or');
    expect((await runWith('help')).out).toMatch(/\n {2}2 +[^\n]*check found errors/);
  });

  it.each([
    {
      name: 'a template',
      text: 'kind: Deployment\nmetadata:\n  name: {{ .Release.Name }}-x\n',
      out: 'x.yaml: 1 error, 0 warnings in 0 objects, nothing that serves a model\n',
      err: `\
x.yaml:3: error readable: this is a template, which is no YAML yet
    fix: render it first: helm template NAME CHART | inferctl check -f -
`,
      exitCode: exitCodes.invalid,
    },
    {
      name: 'objects that serve nothing',
      text: 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: x }\n',
      out: 'x.yaml: nothing found in 1 object, nothing that serves a model\n',
      err: '',
      exitCode: exitCodes.ok,
    },
    {
      name: 'no object',
      text: 'replicas: 3\n',
      out: '',
      err: 'x.yaml: there is no Kubernetes object in it\n',
      exitCode: exitCodes.invalid,
    },
    {
      name: 'nothing',
      text: '',
      out: '',
      err: 'x.yaml: there is no Kubernetes object in it\n',
      exitCode: exitCodes.invalid,
    },
    {
      name: 'an alias of nothing',
      text: '---\napiVersion: v1\nkind: ConfigMap\ndata: *none\n',
      out: expect.stringMatching(/^x\.yaml: 1 error, /),
      err: expect.stringMatching(/^x\.yaml:2: error readable: .*none/),
      exitCode: exitCodes.invalid,
    },
  ])('says what it was given: $name', async ({ text, out, err, exitCode }) => {
    expect(await runWith('check -f x.yaml', { 'x.yaml': text })).toEqual({ exitCode, out, err });
  });

  it('follows anchors and merge keys', async () => {
    const aliased = wrong
      .replace('selector: { matchLabels: { app: llama } }', 'selector: { matchLabels: &labels { app: llama } }')
      .replace('metadata: { labels: { app: llama } }', 'metadata: { labels: { <<: *labels, x: y } }');

    const { out } = await runWith('check -f x.yaml', { 'x.yaml': aliased });

    expect(out).not.toContain('selector-matches-template');
    expect(out).toContain('x.yaml:34: error selector-near-miss');
  });

  it('lists what it looks for', async () => {
    const { exitCode, out } = await runWith('check --list');

    expect(exitCode).toBe(exitCodes.ok);
    expect(out.split('\n')[0]).toMatch(/^CHECK +SEVERITY +WHAT HOLDS$/);
    for (const { id, severity } of checks) expect(out).toMatch(new RegExp(`\\n${id} +${severity} `));
    expect(JSON.parse((await runWith('check --list -o json')).out)).toHaveLength(checks.length);
  });
});
