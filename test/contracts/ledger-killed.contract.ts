/** What every ledger promises when a process is killed (SIGKILL) in the middle of a transaction. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import type { Repeated } from '#shared/ledger/insist.ts';
import type { Ledger } from '#shared/ports/ledger.ts';
import { nOf, WRITTEN } from '../support/ledger-writer.ts';

export interface KilledLedger {
  /** What the processes that will be killed open the ledger by. */
  readonly environment: Readonly<Record<string, string>>;
  open(onRepeated: (repeated: Repeated) => void): Ledger;
  close(): void;
}

const writer = new URL('../support/ledger-writer.ts', import.meta.url).pathname;

/** Kills while it is writing, at whatever point of a transaction that happens to be. */
const KILLS = 3;

export function defineKilledContract(name: string, share: () => Promise<KilledLedger>): void {
  it(`${name}: a process that is killed in mid-transaction leaves nothing half written, and keeps nobody waiting`, async () => {
    const shared = await share();
    const { environment } = shared;
    const repeated: Repeated[] = [];
    const ledger = shared.open((one) => repeated.push(one));
    const read = () => ledger.transact((tx) => Promise.all(WRITTEN.map(async (key) => nOf(await tx.get(key)))));

    await killWhen(start(environment, 4), (n) => n === 4);
    expect(await read()).toEqual([3, 3, 3, 3, 3]);

    for (let kill = 1; kill <= KILLS; kill++) {
      const [before = 0] = await read();
      await killWhen(start(environment, 0), (n) => n > before + kill);
      expect(new Set(await read()).size).toBe(1);
    }

    await ledger.transact(async (tx) => {
      await Promise.all(WRITTEN.map((key) => tx.get(key)));
      for (const key of WRITTEN) tx.put(key, { n: 0 });
    });
    expect(await read()).toEqual([0, 0, 0, 0, 0]);
    // One commit of a killed process may have been on its way; nothing that it held is waited for.
    expect(repeated.filter(({ attempts }) => attempts > 2)).toEqual([]);
    shared.close();
  });
}

function start(environment: Readonly<Record<string, string>>, stallAt: number): ChildProcess {
  const { PATH = '' } = process.env;
  return spawn(process.execPath, [writer, String(stallAt)], {
    env: { PATH, ...environment },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
}

/** Kills the process in the transaction that it has just said the number of. */
async function killWhen(child: ChildProcess, isTime: (n: number) => boolean): Promise<void> {
  const ended = once(child, 'exit');
  if (child.stdout === null) throw new Error('starting the writer: it has no output');
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (isTime(Number(line))) child.kill('SIGKILL');
  });
  const [code] = await ended;
  if (code !== null) throw new Error(`the writer ended by itself with ${code}`);
}
