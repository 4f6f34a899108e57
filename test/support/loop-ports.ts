import type { LoopPorts } from '#shared/automation.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import { documentKey } from '#shared/ledger/records.ts';
import { openSqliteLedger } from '#shared/ledger/sqlite-ledger.ts';
import type { Ledger } from '#shared/ports/ledger.ts';
import type { Log } from '#shared/ports/log.ts';
import type { Timer, Wake } from '#shared/ports/wakes.ts';
import { prepareWake } from '#shared/wakes.ts';

export interface LogLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: JsonObject;
}

export interface LoopBench extends LoopPorts {
  readonly published: Wake[];
  readonly scheduled: Timer[];
  readonly logged: LogLine[];
  /** Moves the clock, the ledger's included. */
  setNow(epochMs: number): void;
  /** Real time used up by the present delivery, ms. */
  setElapsed(elapsedMs: number): void;
}

export function makeLog(logged: LogLine[]): Log {
  const at = (level: LogLine['level']) => (message: string, fields: JsonObject) =>
    void logged.push({ level, message, fields });
  return { info: at('info'), warn: at('warn'), error: at('error') };
}

/** For a ledger in memory, which no other process can be in the way of. */
export const noPause = async (): Promise<void> => undefined;

/** The loop's ports with everything in memory and every message kept instead of sent. */
export function makeLoopBench(over: { readonly ledger?: (inner: Ledger) => Ledger } = {}): LoopBench {
  let nowMs = 1_000_000;
  let elapsedMs = 0;
  const published: Wake[] = [];
  const scheduled: Timer[] = [];
  const logged: LogLine[] = [];
  const inner = openSqliteLedger({ path: ':memory:', nowMs: () => nowMs, pause: noPause });
  return {
    published,
    scheduled,
    logged,
    ledger: over.ledger?.(inner) ?? inner,
    wakes: { publish: async (wake) => void published.push(wake) },
    timers: { schedule: async (timer) => void scheduled.push(timer) },
    clock: { nowMs: () => nowMs, elapsedMs: () => elapsedMs },
    log: makeLog(logged),
    setNow: (epochMs) => (nowMs = epochMs),
    setElapsed: (ms) => (elapsedMs = ms),
  };
}

/** Stores a wanted document, as intake does. */
export async function want(ledger: Ledger, target: string, document: JsonObject = {}): Promise<void> {
  await ledger.transact(async (tx) => {
    await tx.get(documentKey(target));
    tx.put(documentKey(target), {
      kind: 'Toy',
      target,
      document,
      sequence: 1,
      publishTimeMs: 0,
      messageId: 'm1',
      contentHash: 'h',
      acceptedAtMs: tx.nowMs,
      actor: 'test',
    });
  });
}

/** One wake, as intake and the sweeper's callers cause it; true if it was not merged into one that waits. */
export async function wakeUp(ledger: Ledger, wake: Wake): Promise<boolean> {
  return await ledger.transact(async (tx) => {
    const prepared = await prepareWake(tx, wake);
    prepared.write(tx);
    return prepared.changed;
  });
}
