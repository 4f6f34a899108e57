import { expect, it } from 'vitest';
import { buildIdOf, requestIdOf } from '#shared/domain/request-id.ts';

const buildId = buildIdOf({ automation: 'build-cluster', target: 'cluster/demo' });

it('a request id is a version 5 UUID', () => {
  expect(requestIdOf({ buildId, stepId: 'network/a', attempts: 0 })).toMatch(
    /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
});

it('repeats for the same attempt, and differs for every other step, attempt and target', () => {
  const ids = [
    requestIdOf({ buildId, stepId: 'network/a', attempts: 0 }),
    requestIdOf({ buildId, stepId: 'network/a', attempts: 1 }),
    requestIdOf({ buildId, stepId: 'network/b', attempts: 0 }),
    requestIdOf({
      buildId: buildIdOf({ automation: 'build-cluster', target: 'cluster/other' }),
      stepId: 'network/a',
      attempts: 0,
    }),
  ];

  expect(new Set(ids).size).toBe(4);
  expect(requestIdOf({ buildId, stepId: 'network/a', attempts: 0 })).toBe(ids[0]);
});
