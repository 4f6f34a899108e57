import { describe } from 'vitest';
import { makeLocalPubSub } from './local-pubsub.ts';
import { definePubSubContract } from './pubsub.contract.ts';

describe('Pub/Sub contract: the local cloud', () => {
  definePubSubContract(makeLocalPubSub);
});
