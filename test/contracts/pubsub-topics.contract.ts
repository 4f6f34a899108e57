/** Topics: what is made and shown, what their end does to subscriptions, and names that nothing has. */
import { expect } from 'vitest';
import { base64, type DefineCase, textsOf } from './pubsub-under-test.ts';
import type { Json } from './pubsub-wires.ts';

const project = 'projects/demo';
const missingTopic = `${project}/topics/not-there`;
const missingSubscription = `${project}/subscriptions/not-there`;

export function defineTopicCases(define: DefineCase): void {
  defineLifeOfTopics(define);
  defineMissing(define);
}

function defineLifeOfTopics(define: DefineCase): void {
  define('shows a topic as it was made, once', async ({ call, codeOf, another }) => {
    const name = another('topics');

    const made = await call('createTopic', { name, labels: { part: 'intake' } });

    expect(made).toMatchObject({ name, labels: { part: 'intake' } });
    expect(await call('getTopic', { topic: name })).toEqual(made);
    expect(await codeOf('createTopic', { name })).toBe('ALREADY_EXISTS');
  });

  define('lists topics in pages, each once', async ({ call, another }) => {
    const mine = [another('topics'), another('topics'), another('topics')];
    for (const name of mine) await call('createTopic', { name });

    const names = (page: Json) => (page['topics'] as readonly { name: string }[]).map(({ name }) => name); // ListTopicsResponse
    const pages: (readonly string[])[] = [];
    let pageToken: unknown;
    do {
      const page = await call('listTopics', { project, pageSize: 3, ...(pageToken !== undefined && { pageToken }) });
      pages.push(names(page));
      pageToken = page['nextPageToken'];
    } while (pageToken !== undefined);
    const all = await call('listTopics', { project });

    // Cases beside this one make and delete topics meanwhile.
    expect(pages.length).toBeGreaterThan(1);
    expect(pages.filter((page) => page.length > 3)).toEqual([]);
    expect(
      pages
        .flat()
        .filter((name) => mine.includes(name))
        .sort(),
    ).toEqual([...mine].sort());
    expect(names(all)).toEqual(expect.arrayContaining(mine));
    expect(all['nextPageToken']).toBeUndefined();
  });

  define('a deleted topic is gone, and not for its subscriptions', async (pubsub) => {
    const { call, codeOf, subscribe, publish, pull, topic, subscription } = pubsub;
    await subscribe();
    await publish('before');

    await call('deleteTopic', { topic });

    expect(await codeOf('getTopic', { topic })).toBe('NOT_FOUND');
    expect(await codeOf('publish', { topic, messages: [{ data: base64('x') }] })).toBe('NOT_FOUND');
    expect(await call('getSubscription', { subscription })).toMatchObject({ topic: '_deleted-topic_' });
    expect(textsOf(await pull())).toEqual(['before']);
  });

  define('a new topic of an old name has none of the old subscriptions', async (pubsub) => {
    const { call, subscribe, publish, pull, topic, subscription } = pubsub;
    await subscribe();
    await call('deleteTopic', { topic });

    await call('createTopic', { name: topic });
    await publish('after');

    expect(await call('listTopicSubscriptions', { topic })).toEqual({});
    expect(await call('getSubscription', { subscription })).toMatchObject({ topic: '_deleted-topic_' });
    expect(await pull()).toEqual([]);
  });
}

function defineMissing(define: DefineCase): void {
  for (const [method, request] of [
    ['getTopic', { topic: missingTopic }],
    ['deleteTopic', { topic: missingTopic }],
    ['publish', { topic: missingTopic, messages: [{ data: base64('x') }] }],
    ['getSubscription', { subscription: missingSubscription }],
    ['deleteSubscription', { subscription: missingSubscription }],
    ['pull', { subscription: missingSubscription, maxMessages: 1 }],
    ['acknowledge', { subscription: missingSubscription, ackIds: ['1-1'] }],
    ['modifyAckDeadline', { subscription: missingSubscription, ackIds: ['1-1'], ackDeadlineSeconds: 20 }],
    ['modifyPushConfig', { subscription: missingSubscription, pushConfig: {} }],
    ['seek', { subscription: missingSubscription, time: '2026-01-01T00:00:00Z' }],
    ['updateSubscription', { subscription: { name: missingSubscription, labels: {} }, updateMask: 'labels' }],
    ['updateTopic', { topic: { name: missingTopic }, updateMask: 'messageRetentionDuration' }],
  ] as const) {
    define(`${method} of what is not there is NOT_FOUND`, async ({ codeOf }) => {
      expect(await codeOf(method, request)).toBe('NOT_FOUND');
    });
  }

  define('listTopicSubscriptions of what is not there is NOT_FOUND', async ({ codeOf, unless }) => {
    expect(await codeOf('listTopicSubscriptions', { topic: missingTopic })).toBe(
      unless('no-topic-no-subscriptions', 'NOT_FOUND', 'OK'),
    );
  });

  for (const id of ['ab', '1st', 'googol', 'a b', 'x'.repeat(256)]) {
    define(`nothing is called ${id.slice(0, 10)}: INVALID_ARGUMENT`, async ({ codeOf }) => {
      const name = `${project}/topics/${id}`;

      expect(await codeOf('createTopic', { name })).toBe('INVALID_ARGUMENT');
      expect(await codeOf('getTopic', { topic: name })).toBe('INVALID_ARGUMENT');
      expect(await codeOf('getSubscription', { subscription: `${project}/subscriptions/${id}` })).toBe(
        'INVALID_ARGUMENT',
      );
    });
  }
}
