import { describe, expect, it } from 'vitest';
import { type ClusterChanges, makeClusterDocument, problemLines } from '../../../support/make-cluster.ts';

const RES = { reservation: { name: 'h200-res' } };

describe('a rule is answered in these words:', () => {
  it.each<{ changes: ClusterChanges; expected: readonly string[] }>([
    {
      changes: { pool: { consumption: {} } },
      expected: [
        'spec.gpuPools[0].consumption = {}: must say where the machines come from: there is no plain on-demand for them; use reservation: {name: …} or spot: true',
      ],
    },
    {
      changes: { pool: { consumption: { ...RES, spot: true } } },
      expected: [
        'spec.gpuPools[0].consumption = {"reservation":{"name":"h200-res"},"spot":true}: must be a reservation or spot, not both; use reservation: {name: …} or spot: true',
      ],
    },
    {
      changes: { pool: { placement: 'compact' } },
      expected: [
        'spec.gpuPools[0].placement = "compact": must be none with a reservation, whose machines are placed already; remove it; to pin the topology name a block of the reservation',
      ],
    },
    {
      changes: { pool: { consumption: { reservation: { name: 'r', subBlock: 's' } } } },
      expected: [
        'spec.gpuPools[0].consumption.reservation.subBlock = "s": needs its block; add block, the block that it is part of',
      ],
    },
  ])('$expected', ({ changes, expected }) => {
    expect(problemLines(makeClusterDocument(changes))).toEqual(expected);
  });
});

describe('just inside the border is valid:', () => {
  it.each<{ name: string; changes: ClusterChanges }>([
    {
      name: 'compact placement of spot machines',
      changes: { pool: { consumption: { spot: true }, placement: 'compact' } },
    },
  ])('$name', ({ changes }) => {
    expect(problemLines(makeClusterDocument(changes))).toEqual([]);
  });
});
