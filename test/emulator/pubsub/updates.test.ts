/** Updates of what is there, where the contract (contracts/pubsub-subscriptions) asks for codes only. */
import { describe, expect, it } from 'vitest';
import type { JsonMap } from '../../../emulator/world/json.ts';
import { base64, DEAD, ENDPOINT, makePubSub, SUBSCRIPTION, TOPIC } from './make-pubsub.ts';

const update = (over: JsonMap, updateMask: string): JsonMap => ({
  subscription: { name: SUBSCRIPTION, ...over },
  updateMask,
});

describe('an update of a subscription', () => {
  it('reaches into a field where the mask does', () => {
    const { pubsub } = makePubSub(undefined, { pushConfig: { pushEndpoint: ENDPOINT, attributes: { a: 'b' } } });

    const updated = pubsub.updateSubscription(
      update({ pushConfig: { pushEndpoint: `${ENDPOINT}/2` } }, 'pushConfig.pushEndpoint'),
    );

    expect(updated['pushConfig']).toEqual({ pushEndpoint: `${ENDPOINT}/2`, attributes: { a: 'b' } });
  });

  it('takes away what the mask names and the request leaves out, and fills in the default', () => {
    const { pubsub } = makePubSub(undefined, { ackDeadlineSeconds: 60, deadLetterPolicy: { deadLetterTopic: DEAD } });

    const updated = pubsub.updateSubscription(update({}, 'ackDeadlineSeconds,deadLetterPolicy'));

    expect(updated).toMatchObject({ ackDeadlineSeconds: 10 });
    expect(updated['deadLetterPolicy']).toBeUndefined();
  });

  it('counts for messages that are there already', async () => {
    const { pubsub, arrivals, pass } = makePubSub(() => 500, { retryPolicy: { minimumBackoff: '1s' } });
    pubsub.publish(TOPIC, [{ data: base64('x') }]);
    await pass(500);

    pubsub.updateSubscription(update({ retryPolicy: { minimumBackoff: '100s' } }, 'retryPolicy'));
    await pass(90_000);

    // The repetition that was on its way, and none by the old backoff after it.
    expect(arrivals).toHaveLength(2);
  });

  it.each([
    { name: 'a field that does not change', updateMask: 'enableMessageOrdering', id: 'pubsub.immutableField' },
    { name: 'a field that there is not', updateMask: 'ackDeadline', id: 'pubsub.unknownField' },
    { name: 'a field that is not served', updateMask: 'retainAckedMessages', id: 'pubsub.fieldNotServed' },
    { name: 'nothing', updateMask: '', id: 'pubsub.emptyUpdateMask' },
    { name: 'a good field beside a bad one', updateMask: 'labels,topic', id: 'pubsub.immutableField' },
    {
      name: 'a dead-letter topic that is not there',
      over: { deadLetterPolicy: { deadLetterTopic: 'projects/demo/topics/nobody' } },
      updateMask: 'deadLetterPolicy',
      id: 'pubsub.resourceNotFound',
    },
  ])('refuses $name, and changes nothing', ({ updateMask, over = {}, id }) => {
    const { pubsub, base } = makePubSub();
    const before = pubsub.getSubscription(SUBSCRIPTION);
    const recorded = base.journal.entries.length;

    expect(() => pubsub.updateSubscription(update({ labels: { a: 'b' }, ...over }, updateMask))).toThrow(
      expect.objectContaining({ id }),
    );

    expect(pubsub.getSubscription(SUBSCRIPTION)).toEqual(before);
    expect(base.journal.entries).toHaveLength(recorded);
  });
});
