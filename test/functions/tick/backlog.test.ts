/** Ticks as Pub/Sub brings them, in one process over the world. */
import { describe, expect, it } from 'vitest';
import { type Fleet, makeFleet } from '../../support/fleet.ts';

const SUBSCRIPTION = 'projects/demo/subscriptions/inference-fleet-tick';
const MINUTE_SECONDS = 60;

/** Ticks that were let go because newer ones do their work. */
const letGo = ({ logged }: Fleet) => logged.filter(({ message }) => message.startsWith('let a late tick go'));
const ticks = ({ deliveries }: Fleet) => deliveries.seen.filter((label) => label.includes('inference-fleet-tick'));

describe('ticks', () => {
  it('of a long outage come at once when it is over, and all but the newest are let go', async () => {
    const fleet = makeFleet();
    const { pubsub } = fleet.world;
    const pushConfig = pubsub.getSubscription(SUBSCRIPTION)['pushConfig'] as Record<string, string>; // of every push subscription

    pubsub.modifyPushConfig(SUBSCRIPTION, {});
    await fleet.runFor(9.5 * MINUTE_SECONDS);
    pubsub.modifyPushConfig(SUBSCRIPTION, pushConfig);
    await fleet.runFor(1);

    expect(ticks(fleet)).toHaveLength(9);
    // Two are younger than two minutes.
    expect(letGo(fleet)).toHaveLength(7);
    expect(pubsub.backlog(SUBSCRIPTION)).toEqual([]);
  });

  it('that come twice and out of order do not let one another go', async () => {
    const fleet = makeFleet();
    fleet.world.pubsub.disturb((name) => name === SUBSCRIPTION, { duplicate: true, reorder: true });

    await fleet.runFor(3 * MINUTE_SECONDS + 10);

    expect(ticks(fleet)).toHaveLength(6);
    expect(letGo(fleet)).toEqual([]);
  });
});
