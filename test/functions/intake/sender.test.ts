/** Who a message is said to be from, as its record shows it. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { actorText } from '#shared/domain/actor.ts';
import { topicsBySubscription } from '../../../functions/intake/sender.ts';
import { makePause } from '../../support/make-command.ts';
import { makeBench } from './intake-bench.ts';

const root = new URL('../../../', import.meta.url);
const read = (path: string): unknown => JSON.parse(readFileSync(new URL(path, root), 'utf8'));

it.each([
  { name: 'says who it is from', attributes: { fleetSender: 'ada@laptop' }, from: 'ada@laptop (unverified)' },
  { name: 'says nothing', attributes: {}, from: 'a publisher to topic inference-fleet-requests' },
])('a pause that $name', async ({ attributes, from }) => {
  const { send, read: readRecord, loop } = makeBench();

  await send(makePause({ all: true }), { attributes });

  const control = await loop.ledger.get({ collection: 'controls', id: '*' });
  expect(actorText((await readRecord.message()).actor)).toBe(from);
  expect(control).toMatchObject({ pause: { actor: (await readRecord.message()).actor } });
});

it('a subscription of another name is named itself', async () => {
  const { send, read: readRecord } = makeBench();
  const subscription = 'projects/p/subscriptions/mine';

  await send(makePause({ all: true }), { subscription });

  expect((await readRecord.message('m1', subscription)).actor).toBe('subscription:mine');
});

it('knows the topic of every subscription of a deployment', () => {
  const { listensTo } = read('functions/intake/function.json') as { listensTo: Record<string, string> };
  const { topics } = read('infra/messaging.json') as { topics: Record<string, string> };

  const deployed = Object.entries(listensTo).map(([subscription, topic]) => [subscription, topics[topic]]);

  expect(topicsBySubscription).toEqual(Object.fromEntries(deployed));
});
