import { describe, expect, it } from 'vitest';
import { quantityOf, requestsOf } from '../../../emulator/controllers/quantities.ts';

describe('a quantity', () => {
  it.each([
    ['8', 8],
    [8, 8],
    ['500m', 0.5],
    ['64Gi', 64 * 2 ** 30],
    ['1.5k', 1_500],
    ['1e3', 1_000],
    ['', 0],
    [undefined, 0],
  ])('%s is %s', (text, amount) => {
    expect(quantityOf(text)).toBe(amount);
  });
});

describe('what a pod requests', () => {
  const container = (cpu: string, over = {}) => ({ name: 'c', resources: { requests: { cpu } }, ...over });

  it.each([
    { name: 'all containers together', spec: { containers: [container('1'), container('2')] }, cpu: 3 },
    {
      name: 'a larger init container',
      spec: { initContainers: [container('5')], containers: [container('1')] },
      cpu: 5,
    },
    {
      name: 'a sidecar beside everything after it',
      spec: {
        initContainers: [container('1', { restartPolicy: 'Always' }), container('5')],
        containers: [container('2')],
      },
      cpu: 6,
    },
  ])('is $name', ({ spec, cpu }) => {
    expect(requestsOf(spec).get('cpu')).toBe(cpu);
  });
});
