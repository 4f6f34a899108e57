/** The ledger's adapter for Firestore keeps the port's promises on Google's own emulator. */
import { randomUUID } from 'node:crypto';
import { setTimeout as pauseFor } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FirestoreLedger } from '#shared/ledger/firestore-ledger.ts';
import { defineContentionContract } from '../../contracts/ledger-contention.contract.ts';
import { defineKilledContract } from '../../contracts/ledger-killed.contract.ts';
import { defineLedgerContract } from '../../contracts/ledger.contract.ts';
import { isInstalled, skipReason } from '../components.ts';
import { wireSuite } from '../report/wire-suite.ts';
import { firestoreName, type RunningFirestore, startFirestore } from './start-firestore.ts';

const pause = (upToMs: number) => pauseFor(Math.random() * upToMs);
const suite = wireSuite({ wire: 'Firestore', side: 'real', component: firestoreName });

describe.runIf(isInstalled('firestore-emulator'))(suite, () => {
  let firestore: RunningFirestore;
  beforeAll(async () => (firestore = await startFirestore()) && undefined);
  afterAll(() => firestore.stop());

  defineLedgerContract('Firestore', async () => {
    const database = `case-${randomUUID()}`;
    const open = () => new FirestoreLedger({ store: firestore.store(database), pause });
    return { ledger: open(), other: open(), close: () => undefined };
  });

  defineContentionContract('Firestore', async () => {
    const database = `case-${randomUUID()}`;
    return {
      open: (onRepeated) => new FirestoreLedger({ store: firestore.store(database), pause, onRepeated }),
      close: () => undefined,
    };
  });

  defineKilledContract('Firestore', async () => {
    const database = `case-${randomUUID()}`;
    return {
      environment: firestore.environment(database),
      open: (onRepeated) => new FirestoreLedger({ store: firestore.store(database), pause, onRepeated }),
      close: () => undefined,
    };
  });
});

it('Google’s Firestore emulator is there; outside CI it may be missing', () => {
  expect(skipReason('firestore-emulator')).toBeUndefined();
});
