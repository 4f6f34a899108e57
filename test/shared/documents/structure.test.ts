import { describe, expect, it } from 'vitest';
import { catalogue } from '#manifests/catalogue/index.ts';
import { parseDocument } from '#shared/documents/index.ts';
import { makeClusterDocument, problemLines } from '../../support/make-cluster.ts';

describe('a key that would vanish unseen', () => {
  const rule = 'is a key that cannot be kept: JavaScript gives it a meaning of its own; use another key';
  // Written as text: in an object literal the key would set the prototype.
  const withText = (place: string, text: string): unknown =>
    JSON.parse(
      JSON.stringify(makeClusterDocument({ metadata: { labels: {} }, pool: { labels: {} } })).replace(place, text),
    );

  it.each([
    {
      value: withText('"demo","labels":{', '"demo","labels":{"__proto__":"x"'),
      expected: [`metadata.labels.__proto__ = "x": ${rule}`],
    },
    {
      value: withText('},"labels":{', '},"labels":{"__proto__":{"a":1}'),
      expected: [`spec.gpuPools[0].labels.__proto__ = {"a":1}: ${rule}`],
    },
    { value: withText('"spec":{', '"spec":{"__proto__":1,'), expected: [`spec.__proto__ = 1: ${rule}`] },
  ])('is refused: $expected', ({ value, expected }) => {
    expect(problemLines(value)).toEqual(expected);
  });

  it('is not constructor or prototype: those labels are kept', () => {
    const document = makeClusterDocument({ metadata: { labels: { constructor: 'x', prototype: 'y' } } });

    expect(parseDocument(document, catalogue)).toEqual({ ok: true, document, warnings: [] });
  });
});

it.each(['Cluster', 'Nothing'])('refuses what is nested without end, whatever it is: %s', (kind) => {
  const deep: unknown = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000));

  expect(problemLines({ apiVersion: 'inference-fleet/v1', kind, spec: deep })).toEqual([
    '(document) = "more than 64 levels": must not be nested deeper than 64 levels; remove what is nested so deep',
  ]);
});
