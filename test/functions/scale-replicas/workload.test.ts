import { describe, expect, it } from 'vitest';
import { foreignScalerOf, readPods } from '../../../functions/scale-replicas/pods.ts';
import { readWorkload, refOf } from '../../../functions/scale-replicas/workload.ts';
import type { JsonObject } from '#shared/domain/json.ts';

const workload = (kind: string, spec: JsonObject, status: JsonObject, generation = 3): JsonObject => ({
  kind,
  metadata: { name: 'decode', resourceVersion: '17', generation },
  spec,
  status,
});

const steady = { observedGeneration: 3, replicas: 2, updatedReplicas: 2, readyReplicas: 2 };

describe('readWorkload', () => {
  const cases = [
    [
      'a Deployment that stands',
      'Deployment',
      { replicas: 2 },
      steady,
      { replicas: 2, readyReplicas: 2, inMotion: undefined },
    ],
    ['replicas left out', 'Deployment', {}, steady, { replicas: 1 }],
    [
      'zeros left out of the status',
      'Deployment',
      { replicas: 0 },
      { observedGeneration: 3 },
      { readyReplicas: 0, inMotion: undefined },
    ],
    [
      'a change that its controller has not seen',
      'Deployment',
      { replicas: 2 },
      { ...steady, observedGeneration: 2 },
      { inMotion: 'its controller has seen generation 2 of 3' },
    ],
    [
      'a rolling Deployment',
      'Deployment',
      { replicas: 2 },
      { ...steady, replicas: 3, updatedReplicas: 1 },
      { inMotion: '1 of 3 replicas are of the newest template' },
    ],
    [
      'a LeaderWorkerSet whose counts are equal but whose update goes on',
      'LeaderWorkerSet',
      { replicas: 2 },
      { ...steady, conditions: [{ type: 'UpdateInProgress', status: 'True' }] },
      { inMotion: 'an update is in progress' },
    ],
    [
      'a LeaderWorkerSet after its update',
      'LeaderWorkerSet',
      { replicas: 2 },
      { ...steady, conditions: [{ type: 'UpdateInProgress', status: 'False' }] },
      { inMotion: undefined },
    ],
    [
      'a role scaler with groups of two revisions',
      'DisaggregatedSetRoleScaler',
      { replicas: 3 },
      { replicas: 5, selector: 'a=b' },
      { replicas: 3, readyReplicas: undefined, inMotion: '5 groups exist for 3 wanted', podSelector: 'a=b' },
    ],
    [
      'a role scaler that is not bound yet',
      'DisaggregatedSetRoleScaler',
      { replicas: 1 },
      {},
      { podSelector: undefined },
    ],
  ] as const;

  it.each(cases.map(([name, kind, spec, status, facts]) => ({ name, kind, spec, status, facts })))(
    'reads $name',
    ({ kind, spec, status, facts }) => {
      expect(readWorkload(workload(kind, spec, status))).toMatchObject({ resourceVersion: '17', ...facts });
    },
  );

  it('refuses an object without a version: a size could be written over any change', () => {
    const object = { kind: 'Deployment', metadata: { name: 'decode' }, spec: { replicas: 2 } };

    expect(() => readWorkload(object)).toThrow('reading workload decode: it has no metadata.resourceVersion');
  });

  it.each([
    ['labels', { matchLabels: { app: 'a', role: 'decode' } }, 'app=a,role=decode'],
    [
      'expressions',
      {
        matchExpressions: [
          { key: 'a', operator: 'In', values: ['x', 'y'] },
          { key: 'b', operator: 'NotIn', values: ['z'] },
          { key: 'c', operator: 'Exists' },
          { key: 'd', operator: 'DoesNotExist' },
        ],
      },
      'a in (x,y),b notin (z),c,!d',
    ],
    ['nothing', {}, undefined],
  ] as const)('selects pods by %s', (_what, selector, text) => {
    expect(readWorkload(workload('Deployment', { selector }, steady)).podSelector).toBe(text);
  });

  it('selects the leaders of a LeaderWorkerSet only', () => {
    expect(readWorkload(workload('LeaderWorkerSet', {}, steady)).podSelector).toBe(
      'leaderworkerset.sigs.k8s.io/name=decode,leaderworkerset.sigs.k8s.io/worker-index=0',
    );
  });

  it('knows where each kind is served', () => {
    expect(refOf({ kind: 'LeaderWorkerSet', name: 'd' }, 'serving')).toEqual({
      apiVersion: 'leaderworkerset.x-k8s.io/v1',
      kind: 'LeaderWorkerSet',
      namespace: 'serving',
      name: 'd',
    });
  });
});

const pod = (status: JsonObject, metadata: JsonObject = {}): JsonObject => ({
  metadata: { name: 'p', creationTimestamp: '1970-01-01T00:00:10Z', ...metadata },
  status: { phase: 'Running', ...status },
});
const ready = { conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '1970-01-01T00:01:00Z' }] };

describe('readPods', () => {
  it.each([
    ['a pod that serves', pod(ready), { state: 'ready', sinceMs: 60_000, answers: true, reason: undefined }],
    [
      'a pod that loads',
      pod({ conditions: [{ type: 'Ready', status: 'False' }] }),
      { state: 'starting', sinceMs: 10_000, answers: true },
    ],
    [
      'a pod without a node',
      pod({
        phase: 'Pending',
        conditions: [{ type: 'PodScheduled', status: 'False', message: '0/2 nodes are available' }],
      }),
      { state: 'starting', answers: false, reason: '0/2 nodes are available' },
    ],
    [
      'a pod that fails to start',
      pod({ phase: 'Pending', containerStatuses: [{ state: { waiting: { reason: 'ImagePullBackOff' } } }] }),
      { state: 'starting', reason: 'ImagePullBackOff' },
    ],
    [
      'a ready pod that leaves',
      pod(ready, { deletionTimestamp: '1970-01-01T00:02:00Z' }),
      { state: 'terminating', answers: false },
    ],
    ['a pod without times', { metadata: { name: 'p' }, status: {} }, { state: 'starting', sinceMs: undefined }],
  ] as const)('reads %s', (_what, object, facts) => {
    expect(readPods([object])).toEqual([expect.objectContaining(facts)]);
  });

  it.each(['Succeeded', 'Failed'])('leaves out a pod that is %s', (phase) => {
    expect(readPods([pod({ phase })])).toEqual([]);
  });

  it.each([
    ['one that was ready, since it is not', { startTime: '1970-01-01T02:00:00Z', since: '1970-01-01T05:00:00Z' }, 5],
    [
      'one that waited for its node and was never ready',
      { startTime: '1970-01-01T02:00:00Z', since: '1970-01-01T02:00:05Z' },
      1,
    ],
    ['one that says nothing of its start', { since: '1970-01-01T05:00:00Z' }, 1],
  ])('ages a pod that is not ready from its creation, but %s', (_case, { since, ...status }, hours) => {
    const conditions = [{ type: 'Ready', status: 'False', lastTransitionTime: since }];
    const object = {
      metadata: { name: 'a', creationTimestamp: '1970-01-01T01:00:00Z' },
      status: { phase: 'Running', conditions, ...status },
    };

    expect(readPods([object])).toMatchObject([{ state: 'starting', sinceMs: hours * 3_600_000 }]);
  });
});

describe('foreignScalerOf', () => {
  const scaler = (kind: string, target: JsonObject): JsonObject => ({
    kind,
    metadata: { name: 'other' },
    spec: { scaleTargetRef: target },
  });
  const decode = { kind: 'Deployment', name: 'decode' };

  it.each([
    [
      'an HPA',
      scaler('HorizontalPodAutoscaler', { kind: 'Deployment', name: 'decode' }),
      'HorizontalPodAutoscaler other',
    ],
    ['a ScaledObject without a kind', scaler('ScaledObject', { name: 'decode' }), 'ScaledObject other'],
    ['a scaler of another workload', scaler('ScaledObject', { name: 'prefill' }), undefined],
    ['a scaler of another kind', scaler('HorizontalPodAutoscaler', { kind: 'StatefulSet', name: 'decode' }), undefined],
  ])('names %s', (_what, object, name) => {
    expect(foreignScalerOf(decode, [object])).toBe(name);
  });
});
