import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CannotStart, checkPorts, claimHome } from '../../emulator/claims.ts';
import { startLocalCloud } from '../../emulator/local-cloud.ts';

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'fleet-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** A server on any port of which `offset` more follow, and the first of them. */
async function occupy(offset: number): Promise<{ readonly server: Server; readonly first: number }> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A listening TCP server's address is never a path or null.
  return { server, first: (server.address() as AddressInfo).port - offset };
}

const start = (port: number) =>
  startLocalCloud({
    port,
    speed: 'max',
    seed: 'test',
    project: 'demo',
    startMs: 0,
    home,
    functionsEntry: 'never started',
    onFunctionLine: () => {},
    onBug: () => {},
  });

describe('the folder of a local cloud', () => {
  it('is emptied for the one that claims it', () => {
    writeFileSync(join(home, 'ledger.sqlite'), 'of an earlier one');

    const claimed = claimHome(home);
    const untilEmptied = readdirSync(home);
    claimed.empty('http://127.0.0.1:1');
    claimed.release();

    expect(untilEmptied).toContain('ledger.sqlite');
    expect(readdirSync(home)).not.toContain('ledger.sqlite');
  });

  it('is refused to a second one, which is told where the first is, and stays as it is', () => {
    const first = claimHome(home);
    first.empty('http://127.0.0.1:8085');
    writeFileSync(join(home, 'ledger.sqlite'), 'in use');

    const claim = () => claimHome(home);

    expect(claim).toThrow(CannotStart);
    expect(claim).toThrow(
      `${home} is in use by the local cloud at http://127.0.0.1:8085 (process ${process.pid}): use or end that one, or start ` +
        'this one with another INFERCTL_HOME and --port',
    );
    expect(readFileSync(join(home, 'ledger.sqlite'), 'utf8')).toBe('in use');
    first.release();
  });

  it('that cannot be made is told with what else to do', () => {
    const file = join(home, 'file');
    writeFileSync(file, '');

    const claim = () => claimHome(join(file, 'local'));

    expect(claim).toThrow(CannotStart);
    expect(claim).toThrow(/^.*file\/local cannot be used \(ENOTDIR: .*\): choose another folder with INFERCTL_HOME$/);
  });

  it('can be claimed again after its release', () => {
    claimHome(home).release();

    expect(() => claimHome(home).release()).not.toThrow();
  });

  it('can be claimed after its process was killed', async () => {
    const module = new URL('../../emulator/claims.ts', import.meta.url).href;
    const script = `
      import { claimHome } from ${JSON.stringify(module)};
      globalThis.kept = claimHome(${JSON.stringify(home)});
      kept.empty('http://127.0.0.1:8085');
      console.log('claimed');
      process.stdin.resume();`;
    const holder = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    await once(holder.stdout, 'data');
    expect(() => claimHome(home)).toThrow(CannotStart);

    holder.kill('SIGKILL');
    await once(holder, 'exit');

    expect(() => claimHome(home).release()).not.toThrow();
  });
});

describe('the ports of a local cloud', () => {
  it.each([
    { offset: 0, wire: 'HTTP' },
    { offset: 1, wire: 'gRPC' },
    { offset: 2, wire: 'the Kubernetes API' },
  ])('are refused when somebody listens on that of $wire', async ({ offset, wire }) => {
    const { server, first } = await occupy(offset);

    const check = checkPorts(first);

    await expect(check).rejects.toThrow(CannotStart);
    await expect(check).rejects.toThrow(
      `port ${first + offset} (${wire}) is in use already: choose another with --port N, which takes N to N+2, or --port 0`,
    );
    server.close();
  });

  it('may be any when none are asked for', async () => {
    await expect(checkPorts(0)).resolves.toBeUndefined();
  });
});

describe('a local cloud that cannot start', () => {
  it('leaves the folder as it is when its port is in use, and gives it back', async () => {
    const { server, first } = await occupy(0);
    writeFileSync(join(home, 'ledger.sqlite'), 'of an earlier one');

    await expect(start(first)).rejects.toThrow(`port ${first} (HTTP) is in use already`);

    expect(readFileSync(join(home, 'ledger.sqlite'), 'utf8')).toBe('of an earlier one');
    expect(() => claimHome(home).release()).not.toThrow();
    server.close();
  });

  it('leaves the folder as it is when another one uses it', async () => {
    const first = claimHome(home);
    first.empty('http://127.0.0.1:8085');
    writeFileSync(join(home, 'ledger.sqlite'), 'in use');

    await expect(start(0)).rejects.toThrow(CannotStart);

    expect(readFileSync(join(home, 'ledger.sqlite'), 'utf8')).toBe('in use');
    first.release();
  });
});
