/** Every check, against what breaks it and what does not. */
import { describe, expect, it } from 'vitest';
import { checkObjects } from '#manifests/checks/check-objects.ts';
import { checks } from '#manifests/checks/checks.ts';
import { formatPath } from '#manifests/checks/place.ts';
import { aroundCases } from './cases/around.ts';
import { podCases } from './cases/pods.ts';
import { removedCases } from './cases/removed.ts';
import { shapeCases } from './cases/shapes.ts';
import {
  makeDecode,
  makeDeployment,
  makePicker,
  makePool,
  makePrefill,
  makeService,
  makeTwoNodes,
} from './make-manifests.ts';

const cases = [...shapeCases, ...podCases, ...removedCases, ...aroundCases];

function foundBy(rule: string, objects: readonly object[], spareGpus: number | undefined) {
  return checkObjects(objects, spareGpus === undefined ? {} : { spareGpus })
    .filter((finding) => finding.rule === rule)
    .map(({ object, at, message }) => `${object} ${formatPath(at.path)}: ${message}`);
}

describe.each(checks.map(({ id }) => id))('%s', (id) => {
  const own = cases.filter(({ rule }) => rule === id);

  it('has a case', () => {
    expect(own.length).toBeGreaterThan(0);
  });

  it.each(own)('finds $name', ({ rule, wrong, found, spareGpus }) => {
    expect(foundBy(rule, wrong, spareGpus)).toEqual(found);
  });

  it.each(own)('finds nothing where it is right: $name', ({ rule, right, spareGpus }) => {
    expect(foundBy(rule, right, spareGpus)).toEqual([]);
  });
});

it.each([
  { name: 'a server', objects: [makeDeployment(), makeService({ app: 'llama' }), makePool({ app: 'llama' })] },
  { name: 'a group', objects: [makeTwoNodes(), makeService({ 'leaderworkerset.sigs.k8s.io/name': 'llama' })] },
  { name: 'prefill and decode', objects: [makePrefill(), makeDecode(), makePicker()] },
])('nothing at all is found in $name that is right', ({ objects }) => {
  expect(checkObjects(objects)).toEqual([]);
});

it.each([[undefined], [null], ['text'], [7], [[]], [{ kind: 7, metadata: 'x', spec: { containers: [{ name: 1 }] } }]])(
  'an object of any form is read without a fall: %j',
  (value) => {
    expect(checkObjects([value])).toEqual([]);
  },
);

it('ids are words of their own, each once', () => {
  const ids = checks.map(({ id }) => id);

  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/);
});
