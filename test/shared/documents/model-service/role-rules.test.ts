import { describe, expect, it } from 'vitest';
import {
  makeModelServiceDocument,
  makeRole,
  type ModelServiceChanges,
  remarks,
} from '../../../support/make-model-service.ts';

interface Row {
  readonly changes: ModelServiceChanges;
  readonly expected: string;
}

const groups = { workload: { kind: 'LeaderWorkerSet', name: 'llama' } };

/** The document without its endpoint picker. */
const alone: ModelServiceChanges = {
  document: (({ endpointPicker: _none, ...spec }) => ({ spec }))(
    makeModelServiceDocument()['spec'] as { readonly endpointPicker?: unknown }, // the builder's own form
  ),
};

describe('a rule is answered in these words:', () => {
  it.each<Row>([
    {
      changes: { spec: { roles: [makeRole('prefill')] } },
      expected:
        'spec.roles = ["prefill"]: must be one aggregated role, or one prefill and one decode role; add the decode role, or call it aggregated',
    },
    {
      changes: { spec: { roles: [makeRole('decode')] } },
      expected:
        'spec.roles = ["decode"]: must be one aggregated role, or one prefill and one decode role; add the prefill role, or call it aggregated',
    },
    {
      changes: { spec: { roles: [makeRole('aggregated'), makeRole('decode')] } },
      expected:
        'spec.roles = ["aggregated","decode"]: must be one aggregated role, or one prefill and one decode role; leave aggregated as the only one',
    },
    {
      changes: { decode: makeRole('decode', { role: 'prefill' }) },
      expected:
        'spec.roles = ["prefill","prefill"]: must be one aggregated role, or one prefill and one decode role; call one of them decode',
    },
    {
      changes: { decode: { workload: { kind: 'Deployment', name: 'llama-70b-prefill' } } },
      expected:
        'spec.roles[1].workload = {"kind":"Deployment","name":"llama-70b-prefill"}: must not be the workload of another role; name the object that runs this role',
    },
    {
      changes: { decode: { podsPerReplica: 2 } },
      expected:
        'spec.roles[1].podsPerReplica = 2: must be 1 for a Deployment, whose replicas are single pods; remove it, or name a LeaderWorkerSet',
    },
    {
      changes: { decode: { ...groups, gpusPerReplica: 12, podsPerReplica: 5 } },
      expected:
        'spec.roles[1].gpusPerReplica = 12: must be a multiple of podsPerReplica (5): each pod of a replica asks for as many; count the GPUs that all pods of one replica ask for together',
    },
    {
      changes: { decode: { ...groups, gpusPerReplica: 16, podsPerReplica: 8, size: { min: 1, max: 513 } } },
      expected:
        'spec.roles[1].size.max = 513: must be at most 512 with 8 pods per replica (4104 pods, 4096 at most); make it smaller, or divide the service',
    },
    {
      changes: { decode: { peakPrefillTokensPerSecond: 9_000 } },
      expected:
        'spec.roles[1].peakPrefillTokensPerSecond = 9000: must not be set for decode, which prefills nothing; move it to the prefill role',
    },
    {
      changes: { spec: { signals: { sources: ['pods', 'pods'] } } },
      expected: 'spec.signals.sources = ["pods","pods"]: must not repeat a source; use pods, monitoring or both',
    },
  ])('$expected', ({ changes, expected }) => {
    expect(remarks(makeModelServiceDocument(changes)).problems).toEqual([expected]);
  });
});

describe('a doubt is answered in these words, and the document accepted:', () => {
  it.each<Row>([
    {
      changes: { spec: { roles: [withoutPeak(), makeRole('decode')] } },
      expected:
        'spec.roles[0].peakPrefillTokensPerSecond is missing: is what the token backlog rule divides by, so that rule is off and prefill follows its queue; nothing to do if that is meant; else measure it: chunk size over median time to first token of an idle stack',
    },
    {
      changes: alone,
      expected:
        'spec.roles[0].peakPrefillTokensPerSecond = 22200: is not used without an endpoint picker, which counts the tokens in flight; name it in spec.endpointPicker, or remove this',
    },
  ])('$expected', ({ changes, expected }) => {
    expect(remarks(makeModelServiceDocument(changes))).toEqual({ problems: [], warnings: [expected] });
  });
});

describe('just inside the border is valid, without a warning:', () => {
  it.each<{ name: string; changes: ModelServiceChanges }>([
    { name: 'prefill and decode', changes: {} },
    { name: 'decode before prefill', changes: { spec: { roles: [makeRole('decode'), makeRole('prefill')] } } },
    { name: 'one aggregated role', changes: { spec: { roles: [makeRole('aggregated')] } } },
    {
      name: 'an aggregated role that says its peak',
      changes: { spec: { roles: [makeRole('aggregated', { peakPrefillTokensPerSecond: 1 })] } },
    },
    {
      name: 'workloads of one name and different kinds',
      changes: { decode: { workload: { kind: 'LeaderWorkerSet', name: 'llama-70b-prefill' } } },
    },
    {
      name: 'as many pods as can be counted',
      changes: { decode: { ...groups, gpusPerReplica: 16, podsPerReplica: 8, size: { min: 1, max: 512 } } },
    },
    { name: 'one pod in a replica of a Deployment', changes: { decode: { podsPerReplica: 1 } } },
    {
      name: 'several pods in a group',
      changes: { decode: { workload: { kind: 'LeaderWorkerSet', name: 'llama' }, podsPerReplica: 4 } },
    },
    {
      name: 'several pods in a group of a DisaggregatedSet',
      changes: {
        decode: { workload: { kind: 'DisaggregatedSetRoleScaler', name: 'llama-decode' }, podsPerReplica: 4 },
      },
    },
    { name: 'one source', changes: { spec: { signals: { sources: ['monitoring'] } } } },
  ])('$name', ({ changes }) => {
    expect(remarks(makeModelServiceDocument(changes))).toEqual({ problems: [], warnings: [] });
  });
});

describe('a part of wrong form', () => {
  it.each<Row & { readonly name: string }>([
    {
      name: 'does not count as a missing role',
      changes: { decode: { role: 'decoder' } },
      expected: 'spec.roles[1].role = "decoder": must be one of aggregated, prefill, decode; use decode',
    },
    {
      name: 'is not compared with the other workload',
      changes: { decode: { workload: { kind: 'Deployment', name: 'A' } } },
      expected:
        'spec.roles[1].workload.name = "A": must be at most 253 lower-case letters, digits, hyphens or dots, and begin and end with a letter or digit; correct it, e.g. llama-70b-decode',
    },
    {
      name: 'of an endpoint picker is an endpoint picker all the same',
      changes: { spec: { endpointPicker: { deployment: 'epp' } } },
      expected:
        'spec.endpointPicker.inferencePool is missing: must be at most 253 lower-case letters, digits, hyphens or dots, and begin and end with a letter or digit; add it, e.g. llama-70b',
    },
  ])('$name', ({ changes, expected }) => {
    expect(remarks(makeModelServiceDocument(changes)).problems).toEqual([expected]);
  });
});

function withoutPeak() {
  const { peakPrefillTokensPerSecond: _unknown, ...role } = makeRole('prefill');
  return role;
}
