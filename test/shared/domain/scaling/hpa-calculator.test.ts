import { describe, expect, it } from 'vitest';
import { proposeForAverage, proposeForPods, proposeForValue } from '#shared/domain/scaling/hpa-calculator.ts';

const tolerance = { up: 0.1, down: 0.1 };
const none = undefined;

describe('a metric of each pod', () => {
  const at = { currentReplicas: 4, target: 0.8, tolerance, pendingPods: 0 };

  it.each([
    { name: 'grows by the ratio, rounded up', samples: [0.91, 0.91, 0.91, 0.91], target: 0.7, expected: 6 },
    { name: 'shrinks by the ratio, rounded up', samples: [0.3, 0.3, 0.3, 0.3], expected: 2 },
    { name: 'keeps within tolerance above', samples: [0.88, 0.88, 0.88, 0.88], expected: 4, keeps: true },
    { name: 'keeps within tolerance below', samples: [0.72, 0.72, 0.72, 0.72], expected: 4, keeps: true },
    { name: 'cuts the mean off after thousandths', samples: [0.881, 0.88, 0.88, 0.88], expected: 4, keeps: true },
    { name: 'takes a missing sample as the target on the way down', samples: [0.2, 0.2, 0.2, none], expected: 2 },
    { name: 'takes a missing sample as idle on the way up', samples: [1.6, 1.6, 1.6, none], expected: 6 },
    {
      name: 'keeps where the missing sample could turn the direction',
      samples: [0.9, 0.9, none, none],
      expected: 4,
      keeps: true,
    },
    {
      name: 'counts pending pods as idle on the way up',
      samples: [1.6, 1.6],
      pendingPods: 2,
      expected: 4,
      keeps: true,
    },
    { name: 'leaves pending pods out on the way down', samples: [0.4, 0.4], pendingPods: 2, expected: 1 },
    {
      name: 'keeps where fewer pods than replicas would turn the direction',
      samples: [1.1, none],
      currentReplicas: 4,
      target: 0.4,
      expected: 4,
      keeps: true,
    },
  ])('$name', ({ expected, keeps = false, name: _name, ...metric }) => {
    expect(proposeForPods({ ...at, ...metric })).toMatchObject({ kind: 'proposal', replicas: expected, keeps });
  });

  it.each([
    { name: 'no pods at all', samples: [], pendingPods: 0, reason: 'no pods' },
    { name: 'pending pods only', samples: [], pendingPods: 2, reason: 'no sample of any running pod' },
    { name: 'no sample of any', samples: [none, none], pendingPods: 0, reason: 'no sample of any running pod' },
  ])('fails with $name', ({ samples, pendingPods, reason }) => {
    expect(proposeForPods({ ...at, samples, pendingPods })).toEqual({ kind: 'failed', reason });
  });
});

describe('a ratio of the whole', () => {
  const at = { currentReplicas: 4, readyPods: 4, pods: 4, target: 0.7, tolerance };

  it.each([
    { name: 'multiplies what is ready', usage: 0.9, expected: 6 },
    { name: 'does not multiply what is only asked for', usage: 0.9, currentReplicas: 8, pods: 8, expected: 6 },
    { name: 'keeps within tolerance', usage: 0.75, expected: 4 },
    {
      name: 'from zero gives the ratio itself, without tolerance',
      usage: 0.71,
      currentReplicas: 0,
      readyPods: 0,
      pods: 0,
      expected: 2,
    },
  ])('$name', ({ name: _name, expected, ...metric }) => {
    expect(proposeForValue({ ...at, ...metric })).toMatchObject({ kind: 'proposal', replicas: expected });
  });

  it('fails without pods', () => {
    expect(proposeForValue({ ...at, usage: 2, readyPods: 0, pods: 0 })).toEqual({ kind: 'failed', reason: 'no pods' });
  });
});

describe('a total of the whole', () => {
  it.each([
    { name: 'is divided by the target, rounded up', usage: 65, statusReplicas: 3, expected: 5 },
    { name: 'keeps within tolerance of the present size', usage: 65, statusReplicas: 4, expected: 4 },
    { name: 'goes to zero', usage: 0, statusReplicas: 4, expected: 0 },
    { name: 'works from zero', usage: 17, statusReplicas: 0, expected: 2 },
  ])('$name', ({ usage, statusReplicas, expected }) => {
    expect(proposeForAverage({ usage, statusReplicas, target: 16, tolerance })).toMatchObject({ replicas: expected });
  });
});
