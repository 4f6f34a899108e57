import { describe, expect, it } from 'vitest';
import { catalogue } from '#manifests/catalogue/index.ts';
import { documentSchema, formatProblem, parseRequest } from '#shared/documents/index.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import { makeOverride, makePause } from '../../../support/make-command.ts';

const MODEL = 'must be model/<cluster>/<namespace>/<name>; correct it, e.g. model/demo/serving/llama-70b';
const ANY =
  'must be model/<cluster>/<namespace>/<name>, pool/<cluster>/<pool> or cluster/<name>; correct it, e.g. model/demo/serving/llama-70b';

function problemLines(command: JsonObject): readonly string[] {
  const parsed = parseRequest(command, catalogue);
  return parsed.ok ? [] : parsed.problems.map(formatProblem);
}

describe('a command that is wrong is answered in these words:', () => {
  it.each([
    { command: makeOverride({ target: 'pool/demo/h200' }), expected: [`spec.target = "pool/demo/h200": ${MODEL}`] },
    { command: makeOverride({ target: 'model/demo/a' }), expected: [`spec.target = "model/demo/a": ${MODEL}`] },
    { command: makeOverride({ target: 'model/demo/a/b/c' }), expected: [`spec.target = "model/demo/a/b/c": ${MODEL}`] },
    {
      command: makeOverride({ sizes: {} }),
      expected: ['spec.sizes = {}: must name at least one role; add one, e.g. decode: 6'],
    },
    {
      command: makeOverride({ sizes: { decod: 6 } }),
      expected: ['spec.sizes.decod = 6: is not a field of this version; did you mean decode?'],
    },
    {
      command: makeOverride({ sizes: { router: 2 } }),
      expected: [
        'spec.sizes.router = 2: is not a field of this version; remove it; known here: aggregated, prefill, decode',
      ],
    },
    {
      command: {
        ...makeOverride(),
        spec: { target: 'model/demo/serving/llama', replicas: { decode: 6 }, for: '2 hours' },
      },
      expected: [
        'spec.replicas = {"decode":6}: is not a field of this version; did you mean sizes?',
        'spec.for = "2 hours": is not a field of this version; did you mean forSeconds?',
        'spec.forSeconds = "2 hours": must be a whole number of seconds from 60 to 604800; use 7200 for 2 h',
      ],
    },
    {
      command: { ...makeOverride(), spec: { target: 'model/demo/serving/llama', decode: 6, forSeconds: 'long' } },
      expected: [
        'spec.sizes is missing: must be a mapping with aggregated, prefill, decode; add it',
        'spec.forSeconds = "long": must be a whole number of seconds from 60 to 604800; correct it, e.g. 7200',
        'spec.decode = 6: is not a field of this version; write it below sizes',
      ],
    },
    {
      command: makeOverride({ sizes: { decode: 1001, prefill: -1 } }),
      expected: [
        'spec.sizes.prefill = -1: must be a whole number from 0 to 1000; use 0',
        'spec.sizes.decode = 1001: must be a whole number from 0 to 1000; use 1000',
      ],
    },
    {
      command: makeOverride({ forSeconds: 59 }),
      expected: ['spec.forSeconds = 59: must be a whole number of seconds from 60 to 604800; use 60'],
    },
    {
      command: makeOverride({ forSeconds: 604_801 }),
      expected: ['spec.forSeconds = 604801: must be a whole number of seconds from 60 to 604800; use 604800'],
    },
    { command: makePause({ target: 'demo' }), expected: [`spec.target = "demo": ${ANY}`] },
    { command: makePause({ target: 'cluster/Demo' }, 'Resume'), expected: [`spec.target = "cluster/Demo": ${ANY}`] },
    {
      command: makePause({}),
      expected: ['spec = {}: must say what it is about; add target: model/<cluster>/<namespace>/<name>, or all: true'],
    },
    {
      command: makePause({ target: 'cluster/demo', all: true }, 'Resume'),
      expected: [
        'spec = {"target":"cluster/demo","all":true}: must have target or all, not both; remove one of the two',
      ],
    },
    {
      command: makePause({ all: false }),
      expected: ['spec.all = false: must be true; write true'],
    },
    {
      command: makePause({ all: true, reason: 'two\nlines' }),
      expected: [
        'spec.reason = "two\\nlines": must be one line of 1 to 200 characters; correct it, e.g. load test until noon',
      ],
    },
    {
      command: { ...makePause(), metadata: { name: 'x' } },
      expected: [
        'metadata = {"name":"x"}: is not a field of this version; remove it; known here: apiVersion, kind, spec',
      ],
    },
    {
      command: { ...makePause(), kind: 'Pauze' },
      expected: ['kind = "Pauze": must be one of Cluster, ModelService, Override, Pause, Resume; use Pause'],
    },
  ])('$expected', ({ command, expected }) => {
    expect(problemLines(command)).toEqual(expected);
  });
});

describe('just inside the border is valid:', () => {
  it.each([
    { name: 'a minute', command: makeOverride({ forSeconds: 60 }) },
    { name: 'a week', command: makeOverride({ forSeconds: 604_800 }) },
    { name: 'no replicas and a thousand', command: makeOverride({ sizes: { prefill: 0, decode: 1000 } }) },
    { name: 'an aggregated role', command: makeOverride({ sizes: { aggregated: 1 } }) },
    { name: 'a pause of a pool', command: makePause({ target: 'pool/demo/h200' }) },
    { name: 'a pause of a cluster', command: makePause({ target: 'cluster/demo' }) },
    { name: 'a namespace that begins with a digit', command: makePause({ target: 'model/demo/7/llama' }) },
    { name: 'the end of the global freeze', command: makePause({ all: true, reason: 'done' }, 'Resume') },
    { name: 'a reason of 200 characters', command: makePause({ all: true, reason: 'ü'.repeat(200) }) },
  ])('$name', ({ command }) => {
    expect(parseRequest(command, catalogue)).toEqual({ ok: true, kind: 'command', command, warnings: [] });
  });
});

it.each(['Override', 'Pause', 'Resume'] as const)(
  'the schema of %s describes every field and allows no other',
  (kind) => {
    const spec = documentSchema(kind)['properties'] as unknown as {
      spec: { properties: object; additionalProperties: false };
    }; // a JSON Schema

    expect(spec.spec.additionalProperties).toBe(false);
    for (const field of Object.values(spec.spec.properties)) expect(field).toHaveProperty('description');
  },
);

it('the schema of Pause says that a paused model still asks for the nodes that its pods need', () => {
  expect(documentSchema('Pause')).toMatchObject({
    properties: { spec: { description: expect.stringMatching(/telling its pools .* pause the pool as well$/) } },
  });
});
