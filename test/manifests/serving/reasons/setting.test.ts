import { describe, expect, it } from 'vitest';
import {
  coveredFrom,
  formatPath,
  isAbout,
  leavesOf,
  readSetting,
  valueAt,
} from '#manifests/serving/reasons/setting.ts';

const object = {
  kind: 'Deployment',
  metadata: { name: 'llama', annotations: { 'networking.gke.io/interfaces': '[]', other: 'x' } },
  spec: {
    replicas: 2,
    template: {
      spec: {
        containers: [
          { name: 'server', args: ['a', '--b'], env: [{ name: 'HF_TOKEN', valueFrom: { key: 'k' } }] },
          { name: 'proxy', args: ['c'], env: [] },
        ],
        volumes: [{ name: 'dshm.v1', emptyDir: {} }],
      },
    },
  },
};

/** Paths of the leaves that a setting is about. */
function coveredBy(setting: string): readonly string[] {
  const pattern = readSetting(setting);
  if (!isAbout(pattern, { kind: 'Deployment', name: 'llama' })) return [];
  return leavesOf(object)
    .filter(({ path }) => coveredFrom(pattern.words, path) !== undefined)
    .map(({ path }) => formatPath(path));
}

const server = 'spec.template.spec.containers[server]';

describe('a setting', () => {
  it.each([
    { setting: 'Deployment spec.replicas', covers: ['spec.replicas'] },
    { setting: '* spec.replicas', covers: ['spec.replicas'] },
    { setting: 'LeaderWorkerSet spec.replicas', covers: [] },
    { setting: 'Deployment/llama spec.replicas', covers: ['spec.replicas'] },
    { setting: 'Deployment/l*a spec.replicas', covers: ['spec.replicas'] },
    { setting: 'Deployment/*-epp spec.replicas', covers: [] },
    { setting: '* replicas', covers: [] },
    { setting: '* **.replicas', covers: ['spec.replicas'] },
    { setting: '* spec.*.replicas', covers: [] },
    { setting: '* **.containers.server.args', covers: [`${server}.args[0]`, `${server}.args[1]`] },
    { setting: '* **.containers.*.args.1', covers: [`${server}.args[1]`] },
    { setting: '* **.args.0', covers: [`${server}.args[0]`, 'spec.template.spec.containers[proxy].args[0]'] },
    { setting: 'env HF_TOKEN', covers: [`${server}.env[HF_TOKEN].name`, `${server}.env[HF_TOKEN].valueFrom.key`] },
    { setting: 'env HF', covers: [] },
    {
      setting: '* metadata.annotations.networking.gke.io/interfaces',
      covers: ['metadata.annotations["networking.gke.io/interfaces"]'],
    },
    { setting: '* **.networking.gke.io/interfaces', covers: ['metadata.annotations["networking.gke.io/interfaces"]'] },
    { setting: '* **.volumes.dshm.v1.emptyDir', covers: ['spec.template.spec.volumes[dshm.v1].emptyDir'] },
    { setting: '* **.volumes.0.emptyDir', covers: ['spec.template.spec.volumes[dshm.v1].emptyDir'] },
  ])('$setting covers $covers', ({ setting, covers }) => {
    expect(coveredBy(setting)).toEqual(covers);
  });

  it.each(['', 'Deployment', 'Deployment spec.a spec.b'])('%j cannot be read', (setting) => {
    expect(() => readSetting(setting)).toThrow('it is no kind and path');
  });
});

describe('leaves', () => {
  it('are all values with nothing below them, empty ones too', () => {
    expect(
      leavesOf({ a: { b: 1, c: [] }, d: [true, { e: {} }], f: null }).map(({ path, value }) => [
        formatPath(path),
        value,
      ]),
    ).toEqual([
      ['a.b', 1],
      ['a.c', []],
      ['d[0]', true],
      ['d[1].e', {}],
      ['f', null],
    ]);
  });

  it('stand where their path says', () => {
    for (const { path, value } of leavesOf(object)) expect(valueAt(object, path)).toEqual(value);
  });
});
