/** The scripts, run in a folder of their own with commands that answer as the machines would. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fabricFigures } from '#manifests/catalogue/fabric-figures.ts';
import { loadScript } from '#manifests/serving/verification/load-script.ts';
import { networkScript } from '#manifests/serving/verification/network-script.ts';
import { nodeScript } from '#manifests/serving/verification/node-script.ts';
import { makeStack } from '../../../support/make-serving-stack.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'verification-'));
  for (const name of ['bin', 'tmp']) mkdirSync(path.join(folder, name));
  command('sleep', 'exit 0');
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function command(name: string, ...lines: readonly string[]): void {
  const file = path.join(folder, 'bin', name);
  writeFileSync(file, ['#!/bin/bash', ...lines].join('\n'));
  chmodSync(file, 0o755);
}

function file(name: string, content: string): void {
  mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  writeFileSync(path.join(folder, name), content);
}

/** Paths of the machine become those of the folder; nothing outside of it is written. */
function run(script: string): { readonly code: number | null; readonly output: string } {
  const moved = script
    .replaceAll('/tmp/', `${folder}/tmp/`)
    .replaceAll('/sys/class/infiniband', `${folder}/nics`)
    .replaceAll('/usr/local/nvidia/bin', `${folder}/bin`)
    .replaceAll(/\/(?:sbin\/ldconfig|scripts\/container_entry\.sh)/g, 'true');
  const env = { PATH: `${folder}/bin:/usr/bin:/bin`, NODE_NAME: 'node-a', JOB_COMPLETION_INDEX: '0' };
  const { status, stdout } = spawnSync('/bin/bash', ['-c', moved], { env, encoding: 'utf8' });
  return { code: status, output: stdout };
}

const machine = 'a3-ultragpu-8g';
const stack = makeStack({
  roles: { aggregated: { nodes: 2 } },
  monitoring: { objectives: { ttftSeconds: 3, itlSeconds: 0.1 } },
});

describe('the node script', () => {
  function node({ gpus = 8, errors = 0, active = 8 }: { gpus?: number; errors?: number; active?: number }): void {
    const each = Array.from({ length: gpus }, (_, gpu) => gpu);
    const xml = ['<driver_version>580.95.05</driver_version>', ...each.map((gpu) => `<gpu id="${gpu}">`)].join('\\n');
    const csv = each.map((gpu) => `${gpu}, ${gpu === 3 ? errors : 0}`).join('\\n');
    command('nvidia-smi', `if [ "$1" = -q ]; then printf '${xml}\\n'; else printf '${csv}\\n'; fi`);
    command('hostname', 'echo 10.0.0.1 10.1.0.1 10.1.1.1 10.1.2.1 10.1.3.1 10.1.4.1 10.1.5.1 10.1.6.1 10.1.7.1');
    for (let nic = 0; nic < 8; nic++) {
      file(`nics/mlx5_${nic}/ports/1/state`, nic < active ? '4: ACTIVE\n' : '1: DOWN\n');
      file(`nics/mlx5_${nic}/ports/1/rate`, '400 Gb/sec (4X NDR)\n');
    }
    command('ibv_devinfo', 'echo "  active_mtu: 4096 (5)"');
  }

  it('passes a node that is as it should be', () => {
    node({});

    const { code, output } = run(nodeScript(stack));

    expect(output).toContain('driver 580.95.05');
    expect(output).not.toContain('FAIL');
    expect(code).toBe(0);
  });

  it.each([
    { name: 'a GPU that is missing', found: { gpus: 7 }, line: 'FAIL  GPUs: 7, expected 8' },
    {
      name: 'an error of memory',
      found: { errors: 2 },
      line: 'FAIL  GPU 3: memory errors that were not corrected: 2, expected 0',
    },
    { name: 'a link that is down', found: { active: 7 }, line: 'FAIL  mlx5_7: state: DOWN, expected ACTIVE' },
  ])('fails for $name, and says so', ({ found, line }) => {
    node(found);

    const { code, output } = run(nodeScript(stack));

    expect(output.split('\n')).toContain(line);
    expect(code).toBe(1);
  });
});

describe('the network script', () => {
  const script = networkScript({
    hosts: ['a.test', 'b.test'],
    gpusPerNode: 8,
    nicsPerNode: 2,
    figures: fabricFigures[machine]!,
  });

  /** `nic`: Gb/s; `busGbytes`: of the largest message, undefined: the test broke off. */
  function network({
    nics = 2,
    nic = 392,
    busGbytes,
    wrong = 0,
  }: {
    nics?: number;
    nic?: number;
    busGbytes?: number;
    wrong?: number;
  }): void {
    const row = `8589934592 134217728 float none -1 24500 350.6 ${busGbytes} ${wrong} 24000 357.9 335.7 0`;
    command(
      'mpirun',
      'echo "  1024 16 float none -1 54.1 0.02 0.02 0 54.0 0.02 0.02 0"',
      busGbytes === undefined ? 'exit 1' : `echo "  ${row}"`,
    );
    // As the client prints it: peak is not measured over a duration.
    command('ib_write_bw', 'exit 0');
    command(
      'ssh',
      `echo "$*" >> ${folder}/tmp/said`,
      'case "$*" in',
      `  *write-bw*test) echo "1048576 2000000 0.00 ${nic} 0.05" ;;`,
      'esac',
    );
    for (let index = 0; index < nics; index++) file(`nics/mlx5_${index}/ports/1/gids/0`, '');
  }

  it.each([
    { name: 'passes what was measured on Google machines', found: { busGbytes: 328.85 }, code: 0 },
    {
      name: 'fails a slow fabric',
      found: { busGbytes: 250 },
      code: 1,
      line: 'FAIL  all_gather of 8 GiB, GB/s of the bus: 250, at least 300',
    },
    {
      name: 'fails a test that broke off',
      found: {},
      code: 1,
      line: 'FAIL  all_gather of 8 GiB, GB/s of the bus: nothing, at least 300',
    },
    {
      name: 'fails wrong results',
      found: { busGbytes: 328, wrong: 4 },
      code: 1,
      line: 'FAIL  all_gather: 4 wrong results',
    },
    {
      name: 'fails a NIC that is missing',
      found: { busGbytes: 328, nics: 1 },
      code: 1,
      line: 'FAIL  RDMA devices: 1, at least 2',
    },
    {
      name: 'fails a slow NIC',
      found: { busGbytes: 328, nic: 190 },
      code: 1,
      line: 'FAIL  mlx5_1, second to first, Gb/s: 190, at least 360',
    },
  ])('$name', ({ found, code, line }) => {
    network(found);

    const result = run(script);

    expect(result.code).toBe(code);
    if (line === undefined) expect(result.output).not.toContain('FAIL');
    else expect(result.output.split('\n')).toContain(line);
  });

  it('tests each NIC both ways, and tells the other pod how it ended', () => {
    network({ busGbytes: 10 });

    run(script);

    const said = execFileSync('/bin/cat', [`${folder}/tmp/said`], { encoding: 'utf8' });
    expect(said.match(/write-bw mlx5_\d \w\.test/g)?.toSorted()).toEqual([
      'write-bw mlx5_0 a.test',
      'write-bw mlx5_0 b.test',
      'write-bw mlx5_1 a.test',
      'write-bw mlx5_1 b.test',
    ]);
    expect(said).toContain(`b.test echo 1 > ${folder}/tmp/verdict`);
  });
});

describe('the load script', () => {
  it('is one that a shell can read', () => {
    const script = loadScript(
      stack,
      { requestsPerSecond: 2, requests: 10, promptTokens: 5, answerTokens: 5 },
      'http://a',
    );

    expect(() => execFileSync('/bin/bash', ['-n', '-c', script])).not.toThrow();
    expect(script).toContain('if not found["p99_ttft_ms"] <= 3000:');
  });
});
