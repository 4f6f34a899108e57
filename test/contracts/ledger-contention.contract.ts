/** What every ledger promises when many want the same target at once: the product's own transactions, each process with a ledger of its own. */
import { expect, it } from 'vitest';
import { acquireLease } from '#shared/lease.ts';
import type { Repeated } from '#shared/ledger/insist.ts';
import {
  DocumentRecord,
  documentKey,
  MessageRecord,
  Progress,
  progressKey,
  WakeRecord,
  wakeKey,
} from '#shared/ledger/records.ts';
import type { Ledger } from '#shared/ports/ledger.ts';
import { recordProgress } from '#shared/progress-store.ts';
import { sideBySide } from '#shared/side-by-side.ts';
import { accept } from '../../functions/intake/accept.ts';
import { parseIntent } from '../../functions/intake/intent.ts';
import { makePush } from '../functions/intake/intake-bench.ts';
import { makeLoopBench, wakeUp } from '../support/loop-ports.ts';
import { makeClusterDocument } from '../support/make-cluster.ts';
import { makeProgress } from '../support/make-progress.ts';

export interface SharedLedger {
  /** The same documents, opened by one more process; `onRepeated` is told of what met contention. */
  open(onRepeated: (repeated: Repeated) => void): Ledger;
  close(): void;
}

const target = 'cluster/demo';
const wake = { automation: 'build-cluster', target };

/** Wakes, accepted documents, and writes of the holder, all at once. */
const WAKES = 20;
const ACCEPTS = 20;
const HOLDER_WRITES = 20;

const STORM = 1_000;
const STORM_PROCESSES = 4;
const AT_A_TIME_IN_EACH = 25;

export function defineContentionContract(name: string, share: () => Promise<SharedLedger>): void {
  const withLedgers = (title: string, body: (open: () => Ledger, repeated: readonly Repeated[]) => Promise<void>) =>
    it(`${name}: ${title}`, async () => {
      const shared = await share();
      const repeated: Repeated[] = [];
      try {
        await body(() => shared.open((one) => repeated.push(one)), repeated);
      } finally {
        shared.close();
      }
    });

  const send = (ledger: Ledger, index: number) => {
    const bench = makeLoopBench({ ledger: () => ledger });
    const document = makeClusterDocument({ spec: { releaseChannel: index % 2 === 0 ? 'RAPID' : 'REGULAR' } });
    const push = makePush(JSON.stringify(document), { id: `m${index}`, atMs: 10_000 + index });
    return accept({ ...bench, deadLetters: { publish: async () => undefined } }, parseIntent(push, 0));
  };

  withLedgers('wakes and accepts lose nothing against the writes of a holder', async (open, repeated) => {
    const holders = open();
    await send(holders, 0);
    const clock = makeLoopBench().clock;
    const attempt = await acquireLease({ ledger: holders, clock }, { wake, holder: 'h' });
    if (attempt.kind !== 'acquired') throw new Error(`acquiring: ${attempt.kind}`);
    const { lease } = attempt;
    const hold = async () => {
      for (let sequence = 1; sequence <= HOLDER_WRITES; sequence++) {
        await recordProgress({ ledger: holders, lease }, makeProgress(wake, { sequence }), { beforeLook: false });
      }
    };

    const ledgers = Array.from({ length: WAKES + ACCEPTS }, open);
    const others = ledgers.map((ledger, index) =>
      index < WAKES ? wakeUp(ledger, wake) : send(ledger, index - WAKES + 1),
    );
    await Promise.all([hold(), ...others]);

    const last = Progress.parse(await holders.get(progressKey(wake)));
    expect(last.sequence).toBe(HOLDER_WRITES);
    expect(DocumentRecord.parse(await holders.get(documentKey(target)))).toMatchObject({ messageId: `m${ACCEPTS}` });
    const messages = (await holders.find('messages', { limit: 100 })).map(
      ({ value }) => MessageRecord.parse(value).phase,
    );
    expect(messages).toHaveLength(ACCEPTS + 1);
    // An older document that comes after a newer one is refused, which is its end.
    expect(messages.filter((phase) => phase === 'accepted')).toEqual([]);
    expect(WakeRecord.parse(await holders.get(wakeKey(wake)))).toMatchObject({
      wakeSeq: 2,
      seenSeq: 1,
      lease: { holder: 'h' },
    });
    expect(await lease.release(undefined)).toEqual({ kind: 'wokenAgain' });
    expect(repeated.filter(({ gaveUp }) => gaveUp)).toEqual([]);
  });

  withLedgers(`a storm of ${STORM} wakes is one write`, async (open, repeated) => {
    const ledgers = Array.from({ length: STORM_PROCESSES }, open);
    const storm = Array.from({ length: STORM / STORM_PROCESSES }, (_, index) => index);
    let written = 0;

    await Promise.all(
      ledgers.map((ledger) =>
        sideBySide(storm, AT_A_TIME_IN_EACH, async () => {
          if (await wakeUp(ledger, wake)) written++;
        }),
      ),
    );

    expect(written).toBe(1);
    // Only those that began before that write was made can have met it.
    expect(repeated.length).toBeLessThan(STORM_PROCESSES * AT_A_TIME_IN_EACH);
    expect(WakeRecord.parse(await open().get(wakeKey(wake)))).toMatchObject({ wakeSeq: 1, seenSeq: 0 });
  });
}
