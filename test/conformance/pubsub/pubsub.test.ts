/** One contract, asked of Google's emulator and of the local cloud. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeLocalPubSub } from '../../contracts/local-pubsub.ts';
import { definePubSubContract } from '../../contracts/pubsub.contract.ts';
import { askedExceptions, type PubSubUnderTest } from '../../contracts/pubsub-under-test.ts';
import { isInstalled, skipReason } from '../components.ts';
import { pubSubEmulatorName, type RunningGoogleEmulators, startGoogleEmulators } from '../google-emulators.ts';
import { wireSuite } from '../report/wire-suite.ts';
import { exceptions } from './exceptions.ts';

const wire = 'Pub/Sub';

describe.runIf(isInstalled('pubsub-emulator'))(
  wireSuite({ wire, side: 'real', component: pubSubEmulatorName() }),
  () => {
    let emulators: RunningGoogleEmulators;

    beforeAll(async () => {
      emulators = await startGoogleEmulators({ only: ['pubsub'] });
    });
    afterAll(() => emulators.stop());

    // Its time is real, so the cases wait side by side.
    definePubSubContract(async () => makeReal(emulators.host('pubsub')), { isConcurrent: true });
  },
);

describe(wireSuite({ wire, side: 'ours', component: 'the local cloud' }), () => {
  definePubSubContract(makeLocalPubSub);
});

describe('what differs', () => {
  it.runIf(isInstalled('pubsub-emulator'))('is asked for by a case, each of it', () => {
    expect(exceptions.map(({ id }) => id).filter((id) => !askedExceptions.has(id))).toEqual([]);
  });

  it('is found out by asking the emulator; outside CI it may be missing', () => {
    expect(skipReason('pubsub-emulator')).toBeUndefined();
  });
});

/** One emulator for all cases; each has topics of its own. */
function makeReal(host: string): PubSubUnderTest {
  return {
    hosts: { grpc: host, http: host },
    nowMs: () => Date.now(),
    pass: (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000)),
    exceptions: new Set(exceptions.map(({ id }) => id)),
    close: () => Promise.resolve(),
  };
}
