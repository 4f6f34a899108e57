import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Supervised } from '../../../emulator/control-plane/supervised.ts';
import { systemTime } from '../../../emulator/world/real-time.ts';

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'supervised-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const shell = (script: string) =>
  new Supervised({ program: 'sh', args: ['-c', script], logFile: join(home, 'program.log') });

/** The process ids that the program has written down, once there are so many. */
async function writtenIds(count: number): Promise<readonly number[]> {
  for (;;) {
    const lines = readFileSync(join(home, 'program.log'), 'utf8').trim().split('\n').filter(Boolean);
    if (lines.length === count) return lines.map(Number);
    await new Promise<void>((resolve) => void systemTime.setTimer(10, resolve));
  }
}

const isAlive = (pid: number): boolean => {
  try {
    // A process that has ended and was not asked for yet is no longer alive.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

describe('a supervised program', () => {
  it('that ends by itself is reported with the end of its log', async () => {
    const program = shell('for i in $(seq 1 30); do echo line $i; done; exit 3');

    const message = await program.crashed;

    expect(message).toMatch(/^sh ended with code 3; the end of its log:\nline 16\n[^]*\nline 30$/);
  });

  it('that cannot be started is reported', async () => {
    const program = new Supervised({ program: join(home, 'none'), args: [], logFile: join(home, 'program.log') });

    await expect(program.crashed).resolves.toMatch(/^none ended with code 127; .*\n.*none/);
  });

  it.runIf(process.platform === 'linux')('goes with everything it started, and without a report', async () => {
    const program = shell('echo $$; sleep 60 & echo $!; wait');
    const ids = await writtenIds(2);
    const alive = ids.map(isAlive);

    await program.stop();

    expect(alive).toEqual([true, true]);
    expect(ids.map(isAlive)).toEqual([false, false]);
    expect(await Promise.race([program.crashed, Promise.resolve('no report')])).toBe('no report');
  });

  it.runIf(process.platform === 'linux')('goes with whoever started it, however that ends', async () => {
    const module = new URL('../../../emulator/control-plane/supervised.ts', import.meta.url).pathname;
    const options = { program: 'sh', args: ['-c', 'echo $$; sleep 60'], logFile: join(home, 'program.log') };
    const script = `import('${module}').then(({ Supervised }) => new Supervised(${JSON.stringify(options)}))`;
    writeFileSync(options.logFile, '');
    const starter = spawn(process.execPath, ['-e', script], { stdio: 'ignore' });
    const [id = 0] = await writtenIds(1);

    starter.kill('SIGKILL');

    await expect.poll(() => isAlive(id)).toBe(false);
  });

  it.runIf(process.platform === 'linux')('that does not listen to SIGTERM is ended all the same', async () => {
    const program = shell("trap '' TERM; echo $$; while :; do sleep 1; done");
    const [id = 0] = await writtenIds(1);

    await program.stop();

    expect(isAlive(id)).toBe(false);
  });
});
