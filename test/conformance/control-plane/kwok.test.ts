/** KWOK, which others use for what the local cloud's kubelets do, works beside this Kubernetes. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RemoteApi } from '../../../emulator/control-plane/remote-api.ts';
import { kubernetesVersion, kwokVersion, programNames, whyNotBuilt } from '../../../emulator/control-plane/programs.ts';
import { type ControlPlane, startControlPlane } from '../../../emulator/control-plane/start.ts';
import { KubernetesClient } from '../../../emulator/kubernetes/client.ts';
import { mapAt, mapsAt, textAt } from '../../../emulator/kubernetes/objects.ts';
import { makeAuthority } from '../../../emulator/wires/certificates.ts';
import { WorldClock } from '../../../emulator/world/clock.ts';
import { skipped } from '../components.ts';
import { wireSuite } from '../report/wire-suite.ts';
import { eventually } from './eventually.ts';

const reason = whyNotBuilt(programNames);
const component = `Kubernetes ${kubernetesVersion} with KWOK ${kwokVersion}`;

describe.skipIf(reason !== undefined)(wireSuite({ wire: 'Kubernetes controllers', side: 'real', component }), () => {
  const home = mkdtempSync(join(tmpdir(), 'kwok-'));
  const failures: string[] = [];
  let plane: ControlPlane;
  let api: RemoteApi;

  beforeAll(async () => {
    plane = await startControlPlane({ home, programs: programNames, onCrash: (message) => failures.push(message) });
    const { server, caCertificate: ca, tokens } = plane;
    api = new RemoteApi({
      server,
      ca,
      token: tokens.admin,
      webhook: await makeAuthority(),
      clock: new WorldClock({ startMs: 0, speed: 1 }),
      onFailure: ({ message }) => failures.push(message),
    });
  });

  afterAll(async () => {
    await api.close();
    await plane.stop();
    rmSync(home, { recursive: true, force: true });
  });

  it('a Deployment with GPUs is scheduled where they are, and becomes ready', async () => {
    const client = new KubernetesClient(api, 'tester');
    const resources = { cpu: '8', memory: '64Gi', pods: '110', 'nvidia.com/gpu': '8' };
    client.create({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'gpu-1' },
      status: { allocatable: resources, capacity: resources },
    });
    const container = { name: 'server', image: 'server:1', resources: { limits: { 'nvidia.com/gpu': '4' } } };
    const labels = { app: 'web' };

    client.create({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'default' },
      spec: {
        replicas: 3,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [container] } },
      },
    });

    await eventually(() => {
      const web = client.get({ apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', namespace: 'default' });
      expect(mapAt(web, 'status')).toMatchObject({ replicas: 3, readyReplicas: 2 });
      const pods = client.list({ apiVersion: 'v1', kind: 'Pod' }, { namespace: 'default' });
      expect(pods.map((pod) => textAt(pod, 'status', 'phase')).sort()).toEqual(['Pending', 'Running', 'Running']);
      expect(pods.flatMap((pod) => mapsAt(pod, 'status', 'conditions')).map(({ message }) => message)).toContainEqual(
        expect.stringContaining('Insufficient nvidia.com/gpu'),
      );
    });
    expect(failures).toEqual([]);
  });
});

describe('KWOK', () => {
  it('was tried; outside CI its programs may be missing', (context) => {
    if (reason === undefined) return;
    expect(skipped(reason)).toBeUndefined();
    context.skip(reason);
  });
});
