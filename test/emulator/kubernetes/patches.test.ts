import { describe, expect, it } from 'vitest';
import { builtInSchema } from '../../../emulator/kubernetes/field-schema.ts';
import { jsonPatch, mergePatch, PatchError, strategicMergePatch } from '../../../emulator/kubernetes/patches.ts';

describe('merge patch', () => {
  it('sets, merges, replaces lists and deletes by null', () => {
    const target = { a: 1, map: { keep: true, gone: true }, list: [1, 2] };

    const patched = mergePatch(target, { map: { gone: null, added: 'x' }, list: [3] });

    expect(patched).toEqual({ a: 1, map: { keep: true, added: 'x' }, list: [3] });
    expect(target.list).toEqual([1, 2]);
  });
});

describe('strategic merge patch', () => {
  const target = { spec: { containers: [{ name: 'c', image: 'img:1', env: [{ name: 'X', value: '1' }] }] } };
  const patchContainers = (...containers: { [key: string]: string }[]) =>
    strategicMergePatch(target, { spec: { containers } }, builtInSchema('Pod'));

  it('merges the elements of a keyed list', () => {
    const patched = patchContainers({ name: 'c', image: 'img:2' }, { name: 'side', image: 's:1' });

    expect(patched).toEqual({
      spec: {
        containers: [
          { name: 'c', image: 'img:2', env: [{ name: 'X', value: '1' }] },
          { name: 'side', image: 's:1' },
        ],
      },
    });
  });

  it('deletes an element on request', () => {
    const patched = patchContainers({ name: 'c', $patch: 'delete' });

    expect(patched).toEqual({ spec: { containers: [] } });
  });
});

describe('JSON patch', () => {
  const target = { spec: { replicas: 1, list: ['a', 'b'] }, labels: { 'x/y': '1' } };

  it('applies its operations in order', () => {
    const patched = jsonPatch(target, [
      { op: 'test', path: '/spec/replicas', value: 1 },
      { op: 'replace', path: '/spec/replicas', value: 3 },
      { op: 'add', path: '/spec/list/-', value: 'c' },
      { op: 'add', path: '/spec/list/0', value: 'first' },
      { op: 'remove', path: '/labels/x~1y' },
      { op: 'copy', from: '/spec/replicas', path: '/copied' },
      { op: 'move', from: '/copied', path: '/moved' },
    ]);

    expect(patched).toEqual({ spec: { replicas: 3, list: ['first', 'a', 'b', 'c'] }, labels: {}, moved: 3 });
    expect(target.spec.replicas).toBe(1);
  });

  it.each([
    { name: 'a failed test', operation: { op: 'test', path: '/spec/replicas', value: 2 } },
    { name: 'a path that is not there', operation: { op: 'replace', path: '/spec/nope/deep', value: 4 } },
    { name: 'removing nothing', operation: { op: 'remove', path: '/labels/z' } },
    { name: 'an unknown operation', operation: { op: 'merge', path: '/spec' } },
  ])('does not fit: $name', ({ operation }) => {
    expect(() => jsonPatch(target, [operation])).toThrow(PatchError);
  });
});
