/** Clients that nobody here wrote, against the running local cloud, set up as a user sets them up: `eval "$(npx inferctl env)"`. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isInstalled, skipReason } from './components.ts';

const root = new URL('../..', import.meta.url).pathname;
const home = mkdtempSync(join(tmpdir(), 'inferctl-'));
let started: ChildProcess;
let environment: Record<string, string>;

beforeAll(async () => {
  const env = { ...process.env, INFERCTL_HOME: home };
  started = spawn(process.execPath, [join(root, 'emulator/main.ts'), '--port', '0', '--speed', 'max'], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const output: string[] = [];
  await new Promise<void>((resolve, reject) => {
    if (started.stdout === null) throw new Error('starting: no output');
    createInterface({ input: started.stdout }).on('line', (line) => {
      output.push(line);
      if (line.includes('press Ctrl-C')) resolve();
    });
    started.once('exit', (code) => reject(new Error(`npm start ended with ${code}:\n${output.join('\n')}`)));
  });
  expect(output).toContainEqual(expect.stringContaining('cluster/demo is ready'));
  const exports = inferctl('env');
  const pairs = [...exports.matchAll(/^export (\w+)='([^']*)'/gm)].map(([, key = '', value = '']) => [key, value]);
  environment = { ...(process.env as Record<string, string>), ...Object.fromEntries(pairs) };
});

afterAll(() => {
  started.kill('SIGINT');
  rmSync(home, { recursive: true, force: true });
});

/** As a person reads it in the terminal. */
function inferctl(...args: string[]): string {
  const env = { ...process.env, INFERCTL_HOME: home };
  return execFileSync(process.execPath, [join(root, 'functions/cli/main.ts'), ...args], { env, encoding: 'utf8' });
}

function run(command: string, args: readonly string[]): string {
  return execFileSync(command, [...args], { env: environment, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

const json = (command: string, args: readonly string[]): unknown => JSON.parse(run(command, args));

describe.runIf(isInstalled('gcloud'))('gcloud', () => {
  it('container clusters list shows the cluster', () => {
    const [header = '', ...rows] = run('gcloud', ['container', 'clusters', 'list']).trim().split('\n');

    expect(header).toMatch(/^NAME +LOCATION +MASTER_VERSION/);
    expect(rows).toEqual([expect.stringMatching(/^demo +us-central1 .*RUNNING/)]);
  });

  it('container clusters describe shows what was asked for', () => {
    const cluster = json('gcloud', [
      'container',
      'clusters',
      'describe',
      'demo',
      '--region=us-central1',
      '--format=json',
    ]);

    expect(cluster).toMatchObject({
      name: 'demo',
      status: 'RUNNING',
      networkConfig: { datapathProvider: 'ADVANCED_DATAPATH', enableMultiNetworking: true },
      resourceLabels: { 'managed-by': 'inference-fleet' },
    });
  });

  it('container node-pools list shows both pools', () => {
    const pools = run('gcloud', [
      'container',
      'node-pools',
      'list',
      '--cluster=demo',
      '--region=us-central1',
      '--format=value(name,config.machineType)',
    ]);

    expect(pools.trim().split('\n').sort()).toEqual(['h200\ta3-ultragpu-8g', 'system\te2-standard-16']);
  });

  it('compute networks list shows the three networks', () => {
    const networks = run('gcloud', ['compute', 'networks', 'list', '--format=value(name)']);

    expect(networks.trim().split('\n').sort()).toEqual(['demo-net-0', 'demo-net-1', 'demo-rdma']);
  });

  it('compute networks subnets list shows the eleven subnets', () => {
    const subnets = run('gcloud', ['compute', 'networks', 'subnets', 'list', '--format=value(name,region.basename())']);

    expect(subnets.trim().split('\n')).toHaveLength(11);
    expect(subnets).toContain('demo-rdma-sub-7\tus-central1');
  });
});

describe.runIf(isInstalled('gcloud'))('the commands that describe prints to stop an automation', () => {
  const subscription = 'inference-fleet-build-cluster';
  const timers = ['inference-fleet-timers', '--location=us-central1', '--format=value(state)'];
  const printed = (): readonly string[] =>
    inferctl('describe', 'cluster/demo')
      .split('\n')
      .filter((line) => line.trim().startsWith('gcloud '))
      .map((line) => line.trim());
  const stateNow = () => ({
    queue: run('gcloud', ['tasks', 'queues', 'describe', ...timers]).trim(),
    push: run('gcloud', ['pubsub', 'subscriptions', 'describe', subscription, '--format=json(pushConfig)']).trim(),
  });

  it('are two, and two more that take them back', () => {
    expect(printed()).toEqual([
      expect.stringContaining('gcloud tasks queues pause inference-fleet-timers --location=us-central1 --project=demo'),
      expect.stringContaining(`gcloud pubsub subscriptions modify-push-config ${subscription} --push-endpoint= `),
      expect.stringContaining(
        'gcloud tasks queues resume inference-fleet-timers --location=us-central1 --project=demo',
      ),
      expect.stringContaining(`gcloud pubsub subscriptions modify-push-config ${subscription} --push-endpoint=http`),
    ]);
  });

  it('work as they are printed, and lead back to what was there, identity included', () => {
    const before = stateNow();
    const [pause = '', stop = '', ...wayBack] = printed();

    // Through a shell, as they are pasted.
    for (const line of [pause, stop]) run('sh', ['-c', line]);
    const stopped = stateNow();
    for (const line of wayBack) run('sh', ['-c', line]);

    expect(before.queue).toBe('RUNNING');
    expect(JSON.parse(before.push)).toMatchObject({
      pushConfig: {
        pushEndpoint: expect.stringMatching(/^http:.*\/functions\/build-cluster$/),
        oidcToken: { serviceAccountEmail: expect.stringContaining('@') },
      },
    });
    expect(stopped.queue).toBe('PAUSED');
    expect(stopped.push).not.toContain('pushEndpoint');
    expect(stateNow()).toEqual(before);
  });

  it.each([
    {
      args: ['tasks', 'queues', 'list', '--location=us-central1', '--format=value(name.basename())'],
      has: 'fleet-timers',
    },
    { args: ['pubsub', 'topics', 'list', '--format=value(name.basename())'], has: 'inference-fleet-requests' },
    { args: ['pubsub', 'subscriptions', 'list', '--format=value(name.basename())'], has: 'inference-fleet-intake' },
    { args: ['scheduler', 'jobs', 'list', '--location=us-central1', '--format=value(state)'], has: 'ENABLED' },
  ])('stand beside gcloud $args', ({ args, has }) => {
    expect(run('gcloud', args)).toContain(has);
  });
});

describe.runIf(isInstalled('kubectl'))('kubectl', () => {
  it('get nodes shows two GPU nodes and two system nodes, Ready', () => {
    const rows = run('kubectl', ['get', 'nodes', '--no-headers']).trim().split('\n');

    expect(rows).toHaveLength(4);
    expect(rows.every((row) => / Ready /.test(row))).toBe(true);
    expect(rows.filter((row) => row.includes('h200'))).toHaveLength(2);
  });

  it('get ds -A shows the RDMA installer ready on both GPU nodes', () => {
    const rows = run('kubectl', ['get', 'ds', '-A', '--no-headers']).trim().split('\n');

    expect(rows.find((row) => row.includes('nccl-rdma-installer'))).toMatch(
      /^kube-system +nccl-rdma-installer +2 +2 +2 +2 +2 /,
    );
  });

  it('get networks shows the device networks', () => {
    const names = run('kubectl', ['get', 'networks.networking.gke.io', '-o', 'name']).trim().split('\n');

    expect(names).toHaveLength(10);
    expect(names).toContain('network.networking.gke.io/rdma-7');
  });
});

describe('what is needed', () => {
  it.each(['gcloud', 'kubectl'] as const)('%s is there; outside CI it may be missing', (component) => {
    expect(skipReason(component)).toBeUndefined();
  });
});
