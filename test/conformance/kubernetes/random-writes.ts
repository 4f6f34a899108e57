/** Sequences of writes by several hands on one object, drawn by a seed: what examples do not think of. */
import fc from 'fast-check';
import { isMap, type JsonMap, type JsonValue } from '../../../emulator/world/json.ts';
import type { Step } from './both.ts';
import type { Call } from './cases.ts';

/** A kind with what may be said of its objects. */
interface Subject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  /** What every whole object needs. */
  readonly base: JsonMap;
  /** Parts of a configuration: each is said or not. */
  readonly parts: readonly JsonMap[];
  readonly hasScale: boolean;
}

const labels = ['1', '2'].map((value): JsonMap => ({ metadata: { labels: { tier: value } } }));
const annotation: JsonMap = { metadata: { annotations: { 'example.com/note': 'x' } } };

const template = (container: JsonMap, more: JsonMap = {}): JsonMap => ({
  spec: { template: { spec: { containers: [{ name: 'c', image: 'img:1', ...container }], ...more } } },
});

export const subjects: readonly Subject[] = [
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    plural: 'configmaps',
    base: {},
    parts: [
      ...labels,
      annotation,
      ...['1', '2'].flatMap((value): JsonMap[] => [{ data: { a: value } }, { data: { b: value } }]),
      { data: { a: null } },
      { metadata: { finalizers: ['example.com/hold'] } },
    ],
    hasScale: false,
  },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    plural: 'deployments',
    base: {
      spec: {
        selector: { matchLabels: { app: 'a' } },
        template: { metadata: { labels: { app: 'a' } }, spec: { containers: [{ name: 'c', image: 'img:1' }] } },
      },
    },
    parts: [
      ...labels,
      annotation,
      ...[0, 2, 3].map((replicas): JsonMap => ({ spec: { replicas } })),
      template({ image: 'img:2' }),
      template({ env: [{ name: 'X', value: '1' }] }),
      template({ env: [{ name: 'Y', value: '2' }] }),
      template({ ports: [{ containerPort: 80 }] }),
      template({ resources: { limits: { cpu: '1000m', memory: '1Gi' } } }),
      template({}, { nodeSelector: { zone: 'a' } }),
      template({}, { tolerations: [{ key: 'gpu', operator: 'Exists' }] }),
      template(
        {},
        {
          containers: [
            { name: 'c', image: 'img:1' },
            { name: 'side', image: 'side:1' },
          ],
        },
      ),
      { spec: { strategy: { type: 'Recreate', rollingUpdate: null } } },
      { spec: { paused: true } },
    ],
    hasScale: true,
  },
  {
    apiVersion: 'leaderworkerset.x-k8s.io/v1',
    kind: 'LeaderWorkerSet',
    plural: 'leaderworkersets',
    base: {
      spec: { leaderWorkerTemplate: { workerTemplate: { spec: { containers: [{ name: 'c', image: 'img:1' }] } } } },
    },
    parts: [
      ...labels,
      annotation,
      ...[0, 2, 3].map((replicas): JsonMap => ({ spec: { replicas } })),
      ...[2, 4].map((size): JsonMap => ({ spec: { leaderWorkerTemplate: { size } } })),
      { spec: { startupPolicy: 'LeaderReady' } },
      { spec: { rolloutStrategy: { rollingUpdateConfiguration: { maxSurge: 1 } } } },
      { spec: { leaderWorkerTemplate: { workerTemplate: { spec: { containers: [{ name: 'c', image: 'img:2' }] } } } } },
      {
        spec: {
          leaderWorkerTemplate: {
            workerTemplate: { spec: { containers: [{ name: 'c', env: [{ name: 'X', value: '1' }] }] } },
          },
        },
      },
    ],
    hasScale: true,
  },
];

type Action = 'apply' | 'forcedApply' | 'merge' | 'update' | 'scale' | 'status' | 'delete';

interface Drawn {
  readonly action: Action;
  readonly who: string;
  /** Which parts are said. */
  readonly parts: readonly number[];
}

/** As many sequences as asked for, always the same for a seed. */
export function drawSequences(
  subject: Subject,
  { seed, count }: { seed: number; count: number },
): readonly (readonly Drawn[])[] {
  const action = fc.oneof(
    { weight: 6, arbitrary: fc.constant<Action>('apply') },
    { weight: 3, arbitrary: fc.constant<Action>('forcedApply') },
    { weight: 3, arbitrary: fc.constant<Action>('merge') },
    { weight: 2, arbitrary: fc.constant<Action>('update') },
    ...(subject.hasScale ? [{ weight: 2, arbitrary: fc.constant<Action>('scale') }] : []),
    ...(subject.hasScale ? [{ weight: 1, arbitrary: fc.constant<Action>('status') }] : []),
    { weight: 1, arbitrary: fc.constant<Action>('delete') },
  );
  const parts = fc.subarray([...subject.parts.keys()], { maxLength: 4 });
  const drawn = fc.record({ action, who: fc.constantFrom('ann', 'ben', 'cat'), parts });
  return fc.sample(fc.array(drawn, { minLength: 5, maxLength: 9 }), { seed, numRuns: count });
}

/** The calls of a sequence, on one object of the namespace. */
export function stepsOf(subject: Subject, namespace: string, sequence: readonly Drawn[]): readonly Step[] {
  const group = subject.apiVersion.includes('/') ? `/apis/${subject.apiVersion}` : `/api/${subject.apiVersion}`;
  const path = `${group}/namespaces/${namespace}/${subject.plural}/o`;
  const read = call('GET', path, ['reader', '']);
  return sequence.flatMap((drawn) => [stepOf(subject, path, drawn), read]);
}

const headersOf = (who: string, type: string): Record<string, string> => ({
  Authorization: 'Bearer {{token:admin}}',
  Accept: 'application/json',
  'User-Agent': `${who}/1.0`,
  ...(type !== '' && { 'Content-Type': type }),
});

const call = (method: string, path: string, [who, type]: readonly [string, string], body?: JsonValue): Call => ({
  method,
  path,
  headers: headersOf(who, type),
  ...(body !== undefined && { body }),
});

const MERGE = 'application/merge-patch+json';

function stepOf(subject: Subject, path: string, { action, who, parts }: Drawn): Step {
  const { apiVersion, kind, base } = subject;
  const said = parts.map((at) => subject.parts[at] ?? {}).reduce<JsonMap>(overlaid, {});
  const identity: JsonMap = { apiVersion, kind, metadata: { name: 'o' } };
  switch (action) {
    case 'apply':
    case 'forcedApply': {
      const force = action === 'forcedApply' ? '&force=true' : '';
      const body = overlaid(overlaid(identity, base), withoutNulls(said));
      return call('PATCH', `${path}?fieldManager=${who}${force}`, [who, 'application/apply-patch+yaml'], body);
    }
    case 'merge':
      return call('PATCH', path, [who, MERGE], said);
    case 'update':
      return (before) =>
        call('PUT', path, [who, 'application/json'], overlaid(isMap(before) ? before : identity, withoutNulls(said)));
    case 'scale':
      return call('PATCH', `${path}/scale`, [who, MERGE], { spec: { replicas: parts.length } });
    case 'status':
      return call('PATCH', `${path}/status`, [who, MERGE], { status: { replicas: parts.length } });
    case 'delete':
      return call('DELETE', path, [who, '']);
  }
}

/** Maps merge, all else is replaced. */
function overlaid(below: JsonMap, above: JsonMap): JsonMap {
  const result: JsonMap = { ...below };
  for (const [key, value] of Object.entries(above)) {
    const known = result[key];
    result[key] = isMap(known) && isMap(value) ? overlaid(known, value) : value;
  }
  return result;
}

/** Null deletes in a patch; in a whole object it has no place. */
function withoutNulls(value: JsonMap): JsonMap {
  const fields = Object.entries(value).filter(([, field]) => field !== null);
  return Object.fromEntries(fields.map(([key, field]) => [key, isMap(field) ? withoutNulls(field) : field]));
}
