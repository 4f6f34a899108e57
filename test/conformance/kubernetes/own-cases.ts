/** Rules that the recordings show once, with other fields, kinds and mistakes: what a real server and ours must answer alike. */
import type { JsonMap, JsonValue } from '../../../emulator/world/json.ts';
import type { Step } from './both.ts';
import type { Call } from './cases.ts';

export interface OwnCase {
  readonly name: string;
  readonly steps: (namespace: string) => readonly Step[];
}

const types: Readonly<Record<string, string>> = {
  json: 'application/json',
  yaml: 'application/yaml',
  merge: 'application/merge-patch+json',
  operations: 'application/json-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
};

/** `POST json /path`; a text is sent as it is. */
export function call(line: string, body?: JsonValue): Call {
  const [method = '', type = '', path = ''] = line.split(' ');
  const contentType = types[type];
  return {
    method,
    path,
    headers: {
      Authorization: 'Bearer {{token:admin}}',
      Accept: 'application/json',
      'User-Agent': 'conformance/1.0',
      ...(contentType !== undefined && { 'Content-Type': contentType }),
    },
    ...(typeof body === 'string' ? { rawBody: body } : body !== undefined && { body }),
  };
}

const configMaps = (namespace: string) => `/api/v1/namespaces/${namespace}/configmaps`;
export const pods = (namespace: string) => `/api/v1/namespaces/${namespace}/pods`;
export const deployments = (namespace: string) => `/apis/apps/v1/namespaces/${namespace}/deployments`;
const sets = (namespace: string) => `/apis/leaderworkerset.x-k8s.io/v1/namespaces/${namespace}/leaderworkersets`;
const disaggregated = (namespace: string) =>
  `/apis/disaggregatedset.x-k8s.io/v1/namespaces/${namespace}/disaggregatedsets`;

const configMap = (over: JsonMap = {}): JsonMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'o' },
  ...over,
});
const containers: JsonValue = [{ name: 'c', image: 'img:1' }];
export const pod = (container: JsonMap): JsonMap => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'o' },
  spec: { containers: [{ name: 'c', image: 'img:1', ...container }] },
});
export const deployment = (spec: JsonMap = {}): JsonMap => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'o' },
  spec: {
    selector: { matchLabels: { app: 'a' } },
    template: { metadata: { labels: { app: 'a' } }, spec: { containers } },
    ...spec,
  },
});
const set = (spec: JsonMap = {}, metadata: JsonMap = {}): JsonMap => ({
  apiVersion: 'leaderworkerset.x-k8s.io/v1',
  kind: 'LeaderWorkerSet',
  metadata: { name: 'o', ...metadata },
  spec: { leaderWorkerTemplate: { workerTemplate: { spec: { containers } } }, ...spec },
});
const role = (name: string, replicas: number): JsonMap => ({
  name,
  spec: { replicas, leaderWorkerTemplate: { size: 1, workerTemplate: { spec: { containers } } } },
});

export const ownCases: readonly OwnCase[] = [
  {
    name: 'unknown fields of a built-in kind are named in the order of the document',
    steps: (n) => [
      call(`POST json ${deployments(n)}`, { ...deployment({ zeta: 1, alpha: { x: 1 } }), extra: true }),
      call(`PUT json ${deployments(n)}/o?fieldValidation=Strict`, deployment({ zeta: 1, alpha: 2 })),
    ],
  },
  {
    name: 'unknown and repeated fields of a custom resource are sorted apart',
    steps: (n) => {
      const text = `{"apiVersion":"leaderworkerset.x-k8s.io/v1","kind":"LeaderWorkerSet","metadata":{"name":"o","foo":1},"zz":1,"spec":{"zeta":1,"replicas":1,"replicas":2,"leaderWorkerTemplate":{"alpha":1,"workerTemplate":{"spec":{"containers":[{"name":"c","image":"i","bogus":1}]}}}}}`;
      return [call(`POST json ${sets(n)}?fieldValidation=Strict`, text), call(`POST json ${sets(n)}`, text)];
    },
  },
  {
    name: 'repeated fields are named in JSON and in YAML',
    steps: (n) => {
      const json = `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"o","labels":{"a":"1","a":"2"}},"data":{"k":"1","k":"2"},"bogus":1}`;
      const yaml = `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: o\ndata:\n  k: '1'\n  k: '2'\n`;
      return [
        call(`POST json ${configMaps(n)}?fieldValidation=Strict`, json),
        call(`POST json ${configMaps(n)}`, json),
        call(`PUT yaml ${configMaps(n)}/o?fieldValidation=Strict`, yaml),
        call(`PUT yaml ${configMaps(n)}/o`, yaml),
        call(`PATCH apply ${configMaps(n)}/o?fieldManager=m&force=true`, yaml),
        call(`PATCH apply ${configMaps(n)}/o?fieldManager=m&force=true&fieldValidation=Strict`, yaml),
      ];
    },
  },
  {
    name: 'a value of another type is refused in the words of the decoder',
    steps: (n) => [
      ...[
        { replicas: true },
        { replicas: 1.5 },
        { replicas: 99_999_999_999 },
        { template: 'x' },
        { paused: 'yes' },
      ].map((spec) => call(`POST json ${deployments(n)}`, deployment(spec))),
      ...[{ data: { k: 1 } }, { data: 'k' }, { data: ['k'] }].map((over) =>
        call(`POST json ${configMaps(n)}`, configMap(over)),
      ),
      call(`POST json ${pods(n)}`, pod({ ports: [{ containerPort: 'x' }] })),
      call(`POST json ${pods(n)}`, pod({ resources: { limits: { cpu: 'x' } } })),
      call(`POST json ${sets(n)}`, set({}, { labels: { a: 1 } })),
    ],
  },
  {
    name: 'quantities are kept in one way to write them',
    steps: (n) => [
      call(
        `POST json ${pods(n)}`,
        pod({ resources: { limits: { cpu: 1.5, memory: '1024Mi' }, requests: { cpu: '0.10', memory: '1e6' } } }),
      ),
      call(`PATCH apply ${deployments(n)}/o?fieldManager=m`, deployment()),
    ],
  },
  {
    name: 'patches name what they bring that is unknown',
    steps: (n) => [
      call(`POST json ${deployments(n)}`, deployment()),
      call(`POST json ${configMaps(n)}`, configMap()),
      call(`PATCH merge ${configMaps(n)}/o`, '{"bogus":1,"data":{"k":"1","k":"2"}}'),
      call(`PATCH operations ${configMaps(n)}/o`, [{ op: 'add', path: '/bogus', value: 1 }]),
      call(`PATCH strategic ${deployments(n)}/o?fieldValidation=Strict`, {
        spec: { zz: [1, 'x', null], template: { spec: { containers: [{ name: 'c', imag: 'x' }] } } },
      }),
      call(`PATCH strategic ${deployments(n)}/o`, { spec: { replicaz: 1, template: { spec: { nodeSelecter: {} } } } }),
      call(`PATCH merge ${deployments(n)}/o`, { spec: { replicas: 'two' } }),
    ],
  },
  {
    name: 'an apply is checked against its schema',
    steps: (n) => [
      call(`PATCH apply ${deployments(n)}/o?fieldManager=m`, deployment({ replicas: 'x' })),
      call(
        `PATCH apply ${deployments(n)}/o?fieldManager=m`,
        deployment({ template: { spec: { containers: { a: 1 } } } }),
      ),
      call(`PATCH apply ${configMaps(n)}/o?fieldManager=m`, configMap({ data: { k: 1 } })),
      call(`PATCH apply ${sets(n)}/o?fieldManager=m`, set({ replicas: 'x' })),
      call(
        `PATCH apply ${sets(n)}/o?fieldManager=m`,
        set({ leaderWorkerTemplate: { workerTemplate: { spec: { containers: [{ name: 'c', imag: 'x' }] } } } }),
      ),
    ],
  },
  {
    name: 'a schema is kept in types, limits, alternatives and keyed lists',
    steps: (n) => [
      ...[
        { startupPolicy: 5 },
        { replicas: true },
        'x',
        { rolloutStrategy: { rollingUpdateConfiguration: { maxSurge: true } } },
      ].map((spec) => call(`POST json ${sets(n)}`, typeof spec === 'string' ? { ...set(), spec } : set(spec))),
      call(
        `POST json ${sets(n)}`,
        set({ leaderWorkerTemplate: { size: 1.5, workerTemplate: { spec: { containers } } } }),
      ),
      call(
        `POST json ${sets(n)}`,
        set({
          leaderWorkerTemplate: {
            workerTemplate: { spec: { containers: [{ name: 'c' }, { name: 'c' }, { name: 'c' }] } },
          },
        }),
      ),
      call(`POST json ${sets(n)}`, { ...set(), spec: null }),
    ],
  },
  {
    name: 'a finalizer without a domain is warned of',
    steps: (n) => [
      call(`POST json ${sets(n)}`, set({}, { finalizers: ['plain', 'a.b', 'x.y/z'] })),
      call(`PATCH merge ${sets(n)}/o`, { metadata: { finalizers: ['plain', 'other'] } }),
    ],
  },
  {
    name: 'rules of a definition hold for what is changed, and not for what could not be read',
    steps: (n) => [
      call(`POST json ${disaggregated(n)}`, {
        apiVersion: 'disaggregatedset.x-k8s.io/v1',
        kind: 'DisaggregatedSet',
        metadata: { name: 'o' },
        spec: { roles: [role('p', 1), role('d', 2)] },
      }),
      call(`PATCH operations ${disaggregated(n)}/o`, [
        { op: 'replace', path: '/spec/roles/0/spec/replicas', value: 0 },
      ]),
      call(`PATCH operations ${disaggregated(n)}/o`, [{ op: 'replace', path: '/spec/roles/1/name', value: 'p' }]),
      call(`PATCH operations ${disaggregated(n)}/o`, [
        { op: 'add', path: '/spec/roles/0/scaling', value: { mode: 'External' } },
        { op: 'replace', path: '/spec/roles/0/spec/replicas', value: 0 },
      ]),
      call(`PATCH merge ${disaggregated(n)}/o/status`, { status: { conditions: [{ type: 'A', status: 'Maybe' }] } }),
    ],
  },
  {
    name: 'a write to nothing that anybody owns is not recorded until somebody applies',
    steps: (n) => [
      call(`PATCH apply ${configMaps(n)}/o?fieldManager=m`, configMap()),
      call(`PATCH merge ${configMaps(n)}/o`, { data: { k: '1' } }),
      call(`PATCH apply ${configMaps(n)}/o?fieldManager=m&force=true`, configMap({ data: { k: '2' } })),
    ],
  },
  {
    name: 'what was fixed at creation stays',
    steps: (n) => [
      call(`POST json ${configMaps(n)}`, configMap({ immutable: true, data: { k: '1' } })),
      call(`PATCH merge ${configMaps(n)}/o`, { data: { k: '2' }, immutable: false }),
      call(`POST json ${pods(n)}`, pod({})),
      call(`PATCH merge ${pods(n)}/o`, { spec: { tolerations: null } }),
      call(`PATCH strategic ${pods(n)}/o`, { spec: { containers: [{ name: 'c', image: 'img:2' }] } }),
      call(`PATCH strategic ${pods(n)}/o`, { spec: { containers: [{ name: 'side', image: 'img:2' }] } }),
    ],
  },
];
