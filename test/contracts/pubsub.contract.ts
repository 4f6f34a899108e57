/**
 * What Pub/Sub promises whoever uses it, asked over its wires. It runs against the local cloud, whose time only jumps, and against
 * Google's emulator, whose time is real: there the cases run side by side, and wait for what they can see instead of for a time.
 */
import { describe, it, type TestContext } from 'vitest';
import { defineClientCases } from './pubsub-client.contract.ts';
import { defineDeliveryCases } from './pubsub-delivery.contract.ts';
import { defineFailureCases } from './pubsub-failures.contract.ts';
import { definePullCases } from './pubsub-pull.contract.ts';
import { defineSubscriptionCases } from './pubsub-subscriptions.contract.ts';
import { defineTopicCases } from './pubsub-topics.contract.ts';
import { beginCase, type DefineCase, type PubSubUnderTest, type WireName } from './pubsub-under-test.ts';

export interface PubSubContractOptions {
  /** Side by side, for a Pub/Sub that is shared and slow. */
  readonly isConcurrent?: boolean;
}

export function definePubSubContract(
  make: () => Promise<PubSubUnderTest>,
  { isConcurrent = false }: PubSubContractOptions = {},
): void {
  const define = isConcurrent ? it.concurrent : it;
  const caseOver =
    (wire: WireName): DefineCase =>
    (title, body) => {
      const run = async (context: TestContext) => body(await beginCase(await make(), wire, context));
      define(title, run);
    };

  describe.each<WireName>(['gRPC', 'HTTP/JSON'])('over %s', (wire) => {
    defineTopicCases(caseOver(wire));
    defineSubscriptionCases(caseOver(wire));
    definePullCases(caseOver(wire));
  });
  describe('in time', () => {
    defineDeliveryCases(caseOver('gRPC'));
    defineFailureCases(caseOver('gRPC'));
    defineClientCases(caseOver('gRPC'));
  });
}
