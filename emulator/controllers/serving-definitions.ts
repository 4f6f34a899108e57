/**
 * The kinds that LLM serving brings to a cluster, as compact definitions of our own: names, scopes, subresources, columns and the
 * fields that anything here reads are those of the named projects; what nobody here reads is accepted unchecked.
 */
import type { KubernetesApi } from '../kubernetes/api.ts';
import { KubernetesClient } from '../kubernetes/client.ts';
import type { JsonMap } from '../world/json.ts';
import { anything, conditions, definition, listOf, object, oneOf, record, text } from './definition.ts';

const integer = (over: JsonMap = {}): JsonMap => ({ type: 'integer', ...over });
const intOrString = (standard: number): JsonMap => ({ 'x-kubernetes-int-or-string': true, default: standard });
const open = (schema: JsonMap): JsonMap => ({ ...schema, 'x-kubernetes-preserve-unknown-fields': true });

/** Merges by name, so that two appliers can share a pod template. */
const containers: JsonMap = {
  ...listOf(open(record({ name: text, image: text }, ['name']))),
  'x-kubernetes-list-map-keys': ['name'],
  'x-kubernetes-list-type': 'map',
};
const podTemplate = record({ metadata: anything, spec: open(record({ containers }, ['containers'])) });

/** Defaults that are the webhook's in the original (the whole rolling update, `networkConfig`) are the schema's here. */
const leaderWorkerSetSpec: JsonMap = record(
  {
    leaderWorkerTemplate: open(
      record(
        {
          leaderTemplate: podTemplate,
          workerTemplate: podTemplate,
          size: integer({ default: 1, minimum: 1 }),
          restartPolicy: {
            ...oneOf('Default', 'RecreateGroupOnPodRestart', 'RecreateGroupAfterStart', 'None'),
            default: 'RecreateGroupOnPodRestart',
          },
        },
        ['workerTemplate'],
      ),
    ),
    networkConfig: {
      ...record({ subdomainPolicy: oneOf('Shared', 'UniquePerReplica') }, ['subdomainPolicy']),
      default: { subdomainPolicy: 'Shared' },
    },
    replicas: integer({ default: 1, minimum: 0, maximum: 1_000_000 }),
    rolloutStrategy: {
      ...record({
        type: { ...oneOf('RollingUpdate'), default: 'RollingUpdate' },
        rollingUpdateConfiguration: {
          ...record({
            maxSurge: intOrString(0),
            maxUnavailable: intOrString(1),
            partition: integer({ default: 0, minimum: 0 }),
          }),
          default: {},
        },
      }),
      default: {},
    },
    startupPolicy: { ...oneOf('LeaderCreated', 'LeaderReady'), default: 'LeaderCreated' },
  },
  ['leaderWorkerTemplate'],
);

/** kubernetes-sigs/lws config/crd/bases/leaderworkerset.x-k8s.io_leaderworkersets.yaml. */
const leaderWorkerSet = definition({
  group: 'leaderworkerset.x-k8s.io',
  plural: 'leaderworkersets',
  kind: 'LeaderWorkerSet',
  version: 'v1',
  namespaced: true,
  shortNames: ['lws'],
  scaleSelector: 'hpaPodSelector',
  columns: [
    ['Ready', 'integer', '.status.readyReplicas'],
    ['Desired', 'integer', '.spec.replicas'],
    ['Up-to-date', 'integer', '.status.updatedReplicas'],
  ],
  schema: object(
    leaderWorkerSetSpec,
    record({
      conditions,
      hpaPodSelector: text,
      observedGeneration: integer(),
      readyReplicas: integer(),
      replicas: integer(),
      updatedReplicas: integer(),
    }),
  ),
});

const role = record(
  {
    name: text,
    metadata: anything,
    scaling: record({ mode: { ...oneOf('Static', 'External'), default: 'Static' } }),
    spec: leaderWorkerSetSpec,
  },
  ['name', 'spec'],
);
const byName = { 'x-kubernetes-list-map-keys': ['name'], 'x-kubernetes-list-type': 'map' };
const roleStatus = record({ name: text, replicas: integer(), readyReplicas: integer(), updatedReplicas: integer() }, [
  'name',
]);

/** kubernetes-sigs/lws config/crd/bases/disaggregatedset.x-k8s.io_*.yaml. */
const disaggregatedSets: readonly JsonMap[] = [
  definition({
    group: 'disaggregatedset.x-k8s.io',
    plural: 'disaggregatedsets',
    kind: 'DisaggregatedSet',
    version: 'v1',
    namespaced: true,
    schema: object(
      record(
        {
          placementPolicy: anything,
          roles: { ...listOf(role), minItems: 2, ...byName },
          slices: integer({ default: 1, minimum: 1, maximum: 100 }),
        },
        ['roles'],
      ),
      record({ conditions, observedGeneration: integer(), roleStatuses: { ...listOf(roleStatus), ...byName } }),
    ),
  }),
  definition({
    group: 'disaggregatedset.x-k8s.io',
    plural: 'disaggregatedsetrolescalers',
    kind: 'DisaggregatedSetRoleScaler',
    version: 'v1',
    namespaced: true,
    shortNames: ['dsrs'],
    scaleSelector: 'selector',
    columns: [
      ['Desired', 'integer', '.spec.replicas'],
      ['Current', 'integer', '.status.replicas'],
    ],
    schema: object(
      record({ replicas: integer({ default: 0, minimum: 0 }) }, ['replicas']),
      record({ conditions, observedGeneration: integer(), replicas: integer(), selector: text }),
    ),
  }),
];

const port = { type: 'integer', minimum: 1, maximum: 65535 };

/** kubernetes-sigs/gateway-api-inference-extension config/crd/bases/inference.networking.k8s.io_inferencepools.yaml. */
const inferencePool = definition({
  group: 'inference.networking.k8s.io',
  approval: 'https://github.com/kubernetes-sigs/gateway-api-inference-extension/pull/1173',
  plural: 'inferencepools',
  kind: 'InferencePool',
  version: 'v1',
  namespaced: true,
  shortNames: ['infpool'],
  schema: object(
    record(
      {
        appProtocol: { ...oneOf('http', 'kubernetes.io/h2c'), default: 'http' },
        endpointPickerRef: open(record({ name: text, port: record({ number: port }, ['number']) }, ['name'])),
        selector: record({ matchLabels: { type: 'object', additionalProperties: text } }, ['matchLabels']),
        targetPorts: { ...listOf(record({ number: port }, ['number'])), minItems: 1 },
      },
      ['selector', 'targetPorts'],
    ),
    anything,
  ),
});

/** kedacore/keda config/crd/bases/keda.sh_scaledobjects.yaml. No operator runs: the object is there to be found. */
const scaledObject = definition({
  group: 'keda.sh',
  plural: 'scaledobjects',
  kind: 'ScaledObject',
  version: 'v1alpha1',
  namespaced: true,
  shortNames: ['so'],
  columns: [
    ['ScaleTargetKind', 'string', '.status.scaleTargetKind'],
    ['ScaleTargetName', 'string', '.spec.scaleTargetRef.name'],
    ['Min', 'integer', '.spec.minReplicaCount'],
    ['Max', 'integer', '.spec.maxReplicaCount'],
  ],
  schema: object(
    open(
      record(
        {
          maxReplicaCount: integer({ minimum: 1 }),
          minReplicaCount: integer({ minimum: 0 }),
          scaleTargetRef: record({ apiVersion: text, envSourceContainerName: text, kind: text, name: text }, ['name']),
          triggers: { ...listOf(anything), minItems: 1 },
        },
        ['scaleTargetRef', 'triggers'],
      ),
    ),
    anything,
  ),
});

export const servingDefinitions: readonly JsonMap[] = [
  leaderWorkerSet,
  ...disaggregatedSets,
  inferencePool,
  scaledObject,
];

/** As the installers of these projects do. The kinds are served a second later, and the controllers of the first three start then. */
export function installServingKinds(cluster: KubernetesApi): void {
  const installer = new KubernetesClient(cluster, 'installer');
  for (const one of servingDefinitions) installer.apply(one);
}
