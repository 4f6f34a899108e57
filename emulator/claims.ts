/** What one local cloud needs for itself alone: its folder and its ports. Whoever cannot have them is told before anything is touched. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { whyNotFree } from './free-ports.ts';

/** Something that the user has to change before the local cloud can start; the message is one line that says what. */
export class CannotStart extends Error {
  override readonly name = 'CannotStart';
  /** 2: what was typed is wrong; 1: it may work another time. */
  readonly exitCode: 1 | 2;

  constructor(message: string, exitCode: 1 | 2 = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** A folder that no other local cloud uses. */
export interface ClaimedHome {
  /** Empties it. `address` is what others who want the folder are told. */
  empty(address: string): void;
  release(): void;
}

/** SQLITE_BUSY (sqlite.org, "Result and Error Codes"). */
const BUSY = 5;

const LOCK = 'lock';
const HOLDER = 'holder';

/**
 * The lock is one of SQLite's, which the operating system takes back however its process ends: a process id in a file would outlive
 * a killed process, and then name another one.
 */
export function claimHome(home: string): ClaimedHome {
  const lock = openLock(home);
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (thrown) {
    lock.close();
    if (thrown instanceof Error && 'errcode' in thrown && thrown.errcode === BUSY) throw inUse(home);
    throw thrown;
  }
  return {
    empty(address) {
      for (const entry of readdirSync(home)) {
        if (entry !== LOCK) rmSync(join(home, entry), { recursive: true, force: true });
      }
      writeFileSync(join(home, HOLDER), `${address} (process ${process.pid})`);
    },
    release: () => lock.close(),
  };
}

function openLock(home: string): DatabaseSync {
  try {
    mkdirSync(home, { recursive: true });
    return new DatabaseSync(join(home, LOCK), { timeout: 0 });
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw new CannotStart(`${home} cannot be used (${why}): choose another folder with INFERCTL_HOME`);
  }
}

function inUse(home: string): CannotStart {
  return new CannotStart(
    `${home} is in use by the local cloud at ${holderOf(home)}: use or end that one, or start this one with another ` +
      'INFERCTL_HOME and --port',
  );
}

function holderOf(home: string): string {
  try {
    return readFileSync(join(home, HOLDER), 'utf8');
  } catch {
    // It has the lock and has not come to listen yet.
    return 'a port that it has yet to open';
  }
}

/** Three ports in a row; 0 stays 0: any free ports. */
export function portsFrom(port: number): { readonly http: number; readonly grpc: number; readonly kubernetes: number } {
  const after = (offset: number) => (port === 0 ? 0 : port + offset);
  return { http: port, grpc: after(1), kubernetes: after(2) };
}

const purposes = { http: 'HTTP', grpc: 'gRPC', kubernetes: 'the Kubernetes API' } as const;

/** Rejects with the first port that somebody listens on. Asked before the servers start, because gRPC does not say why it cannot. */
export async function checkPorts(port: number): Promise<void> {
  if (port === 0) return;
  const ports = portsFrom(port);
  for (const wire of ['http', 'grpc', 'kubernetes'] as const) {
    const why = await whyNotFree(ports[wire]);
    if (why === undefined) continue;
    throw new CannotStart(
      `port ${ports[wire]} (${purposes[wire]}) ${why}: choose another with --port N, which takes N to N+2, or --port 0`,
    );
  }
}
