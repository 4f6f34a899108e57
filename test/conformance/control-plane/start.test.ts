/** `npm start -- --kubernetes real`: one message builds a cluster that is served by a real control plane. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { clusterPrograms, kubernetesVersion, whyNotBuilt } from '../../../emulator/control-plane/programs.ts';
import { skipped } from '../components.ts';
import { wireSuite } from '../report/wire-suite.ts';

const run = promisify(execFile);
const root = new URL('../../..', import.meta.url).pathname;
const reason = whyNotBuilt(clusterPrograms);

/** Real time; on two busy cores it takes some 70 s. */
const TIMEOUT_MS = 400_000;

describe.skipIf(reason !== undefined)(
  wireSuite({ wire: 'Kubernetes controllers', side: 'real', component: `a build on Kubernetes ${kubernetesVersion}` }),
  () => {
    const home = mkdtempSync(join(tmpdir(), 'start-'));

    afterAll(() => rmSync(home, { recursive: true, force: true }));

    it(
      'one document builds a cluster whose GPU nodes, daemons and networks are ready',
      async () => {
        const args = ['emulator/main.ts', '--kubernetes', 'real', '--once', '--port', '0', '--speed', 'max'];

        const { stdout, stderr } = await run(process.execPath, args, {
          cwd: root,
          env: { ...process.env, INFERCTL_HOME: home },
          timeout: TIMEOUT_MS,
          maxBuffer: 64 * 1024 * 1024,
        });

        expect(stderr).not.toContain('local cloud:');
        expect(stdout).toContain('cluster/demo is ready: every node, GPU and RDMA network asked for is there');
        expect(stdout).toContain('16 GPUs, 16 RDMA NICs');
      },
      TIMEOUT_MS,
    );
  },
);

describe('a build on a real control plane', () => {
  it('was tried; outside CI its programs may be missing', (context) => {
    if (reason === undefined) return;
    expect(skipped(reason)).toBeUndefined();
    context.skip(reason);
  });
});
