import { describe, expect, it } from 'vitest';
import {
  makeModelServiceDocument,
  makeRole,
  type ModelServiceChanges,
  remarks,
} from '../../../support/make-model-service.ts';

interface Row {
  readonly changes: ModelServiceChanges;
  readonly expected: readonly string[];
}

const asleep = { size: { min: 0, max: 8 } };

/** An aggregated service without an endpoint picker. */
function aloneWith(role: Parameters<typeof makeRole>[1]): ModelServiceChanges {
  const { endpointPicker: _none, ...spec } = makeModelServiceDocument({
    spec: { roles: [makeRole('aggregated', role)] },
  })['spec'] as { readonly endpointPicker?: unknown }; // the builder's own form
  return { document: { spec } };
}

describe('a rule is answered in these words:', () => {
  it.each<Row>([
    {
      changes: { prefill: { size: { min: 3, max: 2 } } },
      expected: ['spec.roles[0].size.max = 2: must not be below min (3); use at least 3'],
    },
    {
      changes: { pool: { size: { min: 3, max: 2, owner: 'gke' } } },
      expected: ['spec.nodePools[0].size.max = 2: must not be below min (3); use at least 3'],
    },
    {
      changes: { prefill: { size: { min: 1, max: 2, owner: 'fixed' } } },
      expected: [
        'spec.roles[0].size.max = 2: must equal min (1) when the owner is fixed; write the one size twice, or name an owner that scales',
      ],
    },
    {
      changes: { pool: { size: { min: 2, max: 1, owner: 'fixed' } } },
      expected: [
        'spec.nodePools[0].size.max = 1: must equal min (2) when the owner is fixed; write the one size twice, or name an owner that scales',
      ],
    },
    {
      changes: { prefill: asleep },
      expected: [
        'spec.roles[1].size.min = 1: must be 0 like that of prefill: a service sleeps with all its roles or not at all; use 0, or at least 1 for prefill',
      ],
    },
    {
      changes: { decode: asleep },
      expected: [
        'spec.roles[0].size.min = 1: must be 0 like that of decode: a service sleeps with all its roles or not at all; use 0, or at least 1 for decode',
      ],
    },
    {
      changes: aloneWith(asleep),
      expected: [
        'spec.roles[0].size.min = 0: must be above 0 without an endpoint picker: at 0 nothing would say that requests wait; use 1, or name it in spec.endpointPicker',
      ],
    },
    {
      changes: { spec: { nodePools: [makePool('h200'), makePool('h200')] } },
      expected: ['spec.nodePools[1].name = "h200": must not be the name of another pool; remove one of the two'],
    },
    {
      changes: { pool: { name: 'h20' } },
      expected: ['spec.nodePools[0].name = "h20": must be the node pool of a role; did you mean h200?'],
    },
    {
      changes: { spec: { nodePools: [makePool('h200'), makePool('spare')] } },
      expected: [
        'spec.nodePools[1].name = "spare": must be the node pool of a role; remove it, or name it in the role that uses it',
      ],
    },
  ])('$expected', ({ changes, expected }) => {
    expect(remarks(makeModelServiceDocument(changes)).problems).toEqual(expected);
  });
});

it('warns of a pool that is not declared, and accepts it', () => {
  const document = makeModelServiceDocument({ decode: { nodePool: 'other' } });

  expect(remarks(document)).toEqual({
    problems: [],
    warnings: [
      'spec.roles[1].nodePool = "other": is not declared in spec.nodePools, so this document leaves its size alone; nothing to do if somebody else sizes it, e.g. a Cluster document; else declare it',
    ],
  });
});

describe('just inside the border is valid, without a warning:', () => {
  it.each<{ name: string; changes: ModelServiceChanges }>([
    { name: 'min and max of one size', changes: { prefill: { size: { min: 2, max: 2 } } } },
    { name: 'a fixed size that repeats itself', changes: { prefill: { size: { min: 2, max: 2, owner: 'fixed' } } } },
    { name: 'both roles asleep', changes: { prefill: asleep, decode: asleep } },
    { name: 'an aggregated role asleep', changes: { spec: { roles: [makeRole('aggregated', asleep)] } } },
    { name: 'no endpoint picker for a service that never sleeps', changes: aloneWith({}) },
    { name: 'a pool without nodes while nobody asks', changes: { pool: { size: { min: 0, max: 4 } } } },
    { name: 'bounds for the autoscaler of GKE', changes: { pool: { size: { min: 0, max: 4, owner: 'gke' } } } },
    { name: 'a role of an HPA', changes: { prefill: { size: { min: 1, max: 4, owner: 'hpa' } } } },
    {
      name: 'a pool for each role',
      changes: { decode: { nodePool: 'b200' }, spec: { nodePools: [makePool('h200'), makePool('b200')] } },
    },
  ])('$name', ({ changes }) => {
    expect(remarks(makeModelServiceDocument(changes))).toEqual({ problems: [], warnings: [] });
  });
});

it('does not judge pools by a role whose pool cannot be read', () => {
  const { problems } = remarks(makeModelServiceDocument({ decode: { nodePool: 'B' }, pool: { name: 'x' } }));

  expect(problems).toEqual([expect.stringMatching(/^spec\.roles\[1\]\.nodePool = "B": must be at most 40 /)]);
});

function makePool(name: string) {
  return { name, size: { min: 1, max: 4 } };
}
