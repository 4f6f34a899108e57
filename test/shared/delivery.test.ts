import { describe, expect, it } from 'vitest';
import { parseDelivery, parseInstantMs, parseWake } from '#shared/delivery.ts';

const data = Buffer.from('{"a":"ü"}').toString('base64');
const envelope = {
  message: { messageId: '7', message_id: '7', publishTime: '2026-01-01T00:00:00.5Z', attributes: { k: 'v' }, data },
  subscription: 'projects/p/subscriptions/s',
  deliveryAttempt: 2,
};
const message = {
  messageId: '7',
  publishTimeMs: Date.UTC(2026, 0, 1) + 500,
  attributes: { k: 'v' },
  text: '{"a":"ü"}',
  subscription: 'projects/p/subscriptions/s',
};

describe('a delivery', () => {
  it.each([
    {
      name: 'a Pub/Sub push, or the body of a binary CloudEvent',
      body: envelope,
      expected: { ...message, deliveryAttempt: 2 },
    },
    {
      name: 'a structured CloudEvent',
      body: { specversion: '1.0', type: 't', data: { message: envelope.message, subscription: envelope.subscription } },
      expected: message,
    },
    {
      name: 'a message of attributes only',
      body: { message: { messageId: '8', attributes: { k: 'v' } }, subscription: 's' },
      expected: { messageId: '8', attributes: { k: 'v' }, text: '', subscription: 's' },
    },
  ])('is read from $name', ({ body, expected }) => {
    expect(parseDelivery(body)).toEqual({ kind: 'message', message: expected });
  });

  it('is read from a Cloud Tasks body', () => {
    const timer = { automation: 'build-cluster', target: 'cluster/demo', nextCheckAtMs: 5 };

    expect(parseDelivery({ timer: { ...timer, wakeSeq: 3 } })).toEqual({ kind: 'timer', timer });
  });

  it.each([
    { name: 'nothing', body: undefined },
    { name: 'text', body: 'hello' },
    { name: 'an object of another kind', body: { hello: 'world' } },
    { name: 'a message without an id', body: { message: { data }, subscription: 's' } },
    { name: 'data that is not base64', body: { message: { messageId: '1', data: '%%%' }, subscription: 's' } },
    { name: 'a time that is none', body: { message: { messageId: '1', publishTime: 'yesterday' }, subscription: 's' } },
    {
      name: 'a timer whose time is not a number',
      body: { timer: { automation: 'a', target: 't', nextCheckAtMs: 'soon' } },
    },
  ])('that is $name is unreadable, with the reason', ({ body }) => {
    expect(parseDelivery(body)).toEqual({
      kind: 'unreadable',
      reason: expect.stringMatching(/\w/),
      text: JSON.stringify(body) ?? '',
    });
  });
});

it('that is nested too deep to be written again is unreadable, not an error', () => {
  const body: unknown = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000));

  expect(parseDelivery(body)).toMatchObject({ kind: 'unreadable', text: expect.stringMatching(/^\[+"…"\]+$/) });
});

it.each([
  { text: '2026-01-01T00:00:00.732+00:00', expected: Date.UTC(2026, 0, 1) + 732 },
  { text: '2026-01-01T02:00:00.000000001+02:00', expected: Date.UTC(2026, 0, 1) },
  { text: '2026-01-01T00:00:00Z', expected: Date.UTC(2026, 0, 1) },
  { text: '2026', expected: undefined },
  { text: '1767225600000', expected: undefined },
  { text: '', expected: undefined },
  { text: undefined, expected: undefined },
])('reads the time $text as $expected', ({ text, expected }) => {
  expect(parseInstantMs(text)).toBe(expected);
});

describe('a wake', () => {
  it.each([
    { text: '{"wake":{"automation":"a","target":"t"}}', expected: { automation: 'a', target: 't' } },
    { text: '{"wake":{"automation":"a"}}', expected: undefined },
    { text: 'junk', expected: undefined },
    { text: '', expected: undefined },
  ])('is read from $text', ({ text, expected }) => {
    expect(parseWake(text)).toEqual(expected);
  });
});
