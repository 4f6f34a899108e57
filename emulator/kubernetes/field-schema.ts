/**
 * What server-side apply must know of a type: which lists merge by key, and what is owned as a whole. The terms are those of
 * `x-kubernetes-list-type`, `x-kubernetes-list-map-keys` and `x-kubernetes-map-type`; the built-in types' values come from
 * `api/openapi-spec/swagger.json` of kubernetes/kubernetes. Fields that are not named here are structs or maps whose fields are
 * owned one by one, and lists that are owned as a whole (the server's own rule for types that it must deduce).
 */
import type { JsonMap, JsonValue } from '../world/json.ts';
import { isMap, listAt, mapAt, textAt, valueAt } from './objects.ts';

/** One node of a type; everything is optional, and nothing set means: deduce. */
export interface FieldSchema {
  /** The value is one field, however deep it is. */
  readonly atomic?: true;
  /** Fields of a struct. */
  readonly fields?: Readonly<Record<string, FieldSchema>>;
  /** Every value of a map (`additionalProperties`). */
  readonly values?: FieldSchema;
  /** Every element of a list. */
  readonly items?: FieldSchema;
  /** The list is a map: elements are the same if these fields are. */
  readonly keys?: readonly string[];
  /** Key fields that a client may leave out, with the value that counts then. */
  readonly keyDefaults?: Readonly<Record<string, JsonValue>>;
  /** The list is a set of scalars. */
  readonly set?: true;
}

/** Below what the schema knows: maps and structs field by field, lists as a whole. */
export const deduced: FieldSchema = {};

/** The schema below a field of a struct or a key of a map. */
export function fieldSchema(schema: FieldSchema, name: string): FieldSchema {
  return schema.fields?.[name] ?? schema.values ?? deduced;
}

const atomic: FieldSchema = { atomic: true };
const mapBy = (keys: readonly string[], fields: Readonly<Record<string, FieldSchema>> = {}): FieldSchema => ({
  keys,
  items: { fields },
});
const byName = mapBy(['name']);
const conditions = mapBy(['type']);
const scalarSet: FieldSchema = { set: true };

const metadata: FieldSchema = {
  fields: {
    finalizers: scalarSet,
    ownerReferences: { keys: ['uid'], items: atomic },
  },
};

/** Two ports of one number may differ in protocol, and TCP need not be written. */
const portsByNumber: FieldSchema = { ...mapBy(['containerPort', 'protocol']), keyDefaults: { protocol: 'TCP' } };

const valueFrom: FieldSchema = {
  fields: {
    configMapKeyRef: atomic,
    secretKeyRef: atomic,
    fieldRef: atomic,
    resourceFieldRef: atomic,
  },
};

const containers = mapBy(['name'], {
  env: mapBy(['name'], { valueFrom }),
  ports: portsByNumber,
  volumeMounts: mapBy(['mountPath']),
  volumeDevices: mapBy(['devicePath']),
  resources: { fields: { claims: byName } },
});

/** A node selector is an atomic struct. */
const affinityTerms: FieldSchema = {
  fields: { requiredDuringSchedulingIgnoredDuringExecution: atomic },
};

const podSpec: FieldSchema = {
  fields: {
    containers,
    initContainers: containers,
    ephemeralContainers: containers,
    volumes: byName,
    imagePullSecrets: byName,
    hostAliases: mapBy(['ip']),
    nodeSelector: atomic,
    topologySpreadConstraints: mapBy(['topologyKey', 'whenUnsatisfiable'], { labelSelector: atomic }),
    resourceClaims: byName,
    schedulingGates: byName,
    affinity: { fields: { nodeAffinity: affinityTerms } },
  },
};

const template: FieldSchema = { fields: { metadata, spec: podSpec } };

/** `spec` of the kinds that hold a pod template behind an immutable label selector. */
const workloadSpec: FieldSchema = { fields: { selector: atomic, template } };

const workload: FieldSchema = {
  fields: { metadata, spec: workloadSpec, status: { fields: { conditions } } },
};

const status = { fields: { conditions } } satisfies FieldSchema;
const simple: FieldSchema = { fields: { metadata, status } };
const roleBinding: FieldSchema = { fields: { metadata, roleRef: atomic } };

/** Schema of the built-in kinds by kind; a kind that is not here has nothing special but its metadata. */
const builtInSchemas: Readonly<Record<string, FieldSchema>> = {
  Pod: { fields: { metadata, spec: podSpec, status: { fields: { conditions, podIPs: mapBy(['ip']) } } } },
  Node: {
    fields: {
      metadata,
      spec: { fields: { podCIDRs: scalarSet } },
      status: { fields: { conditions, addresses: conditions } },
    },
  },
  Service: {
    fields: {
      metadata,
      spec: {
        fields: { ports: { ...mapBy(['port', 'protocol']), keyDefaults: { protocol: 'TCP' } }, selector: atomic },
      },
      status,
    },
  },
  // The last two are those of events.k8s.io.
  Event: { fields: { metadata, involvedObject: atomic, regarding: atomic, related: atomic } },
  ServiceAccount: { fields: { metadata, secrets: byName } },
  RoleBinding: roleBinding,
  ClusterRoleBinding: roleBinding,
  NetworkPolicy: { fields: { metadata, spec: { fields: { podSelector: atomic } } } },
  PodDisruptionBudget: { fields: { metadata, spec: { fields: { selector: atomic } }, status } },
  Deployment: workload,
  DaemonSet: workload,
  ReplicaSet: workload,
  StatefulSet: workload,
  Job: { fields: { metadata, spec: workloadSpec, status } },
  ControllerRevision: { fields: { metadata, data: atomic } },
};

export function builtInSchema(kind: string): FieldSchema {
  return builtInSchemas[kind] ?? simple;
}

/** The schema of a custom resource from the `openAPIV3Schema` of its CRD, with the metadata that every object has. */
export function customSchema(openApi: JsonMap): FieldSchema {
  const schema = fromOpenApi(openApi);
  return { ...schema, fields: { ...schema.fields, metadata } };
}

function fromOpenApi(openApi: JsonMap): FieldSchema {
  if (Array.isArray(openApi['items']) || isMap(openApi['items'])) return fromListSchema(openApi);
  if (openApi['x-kubernetes-map-type'] === 'atomic') return atomic;
  const fields = Object.entries(mapAt(openApi, 'properties')).map(([name, property]): [string, FieldSchema] => [
    name,
    isMap(property) ? fromOpenApi(property) : deduced,
  ]);
  const values = valueAt(openApi, 'additionalProperties');
  return {
    ...(fields.length > 0 && { fields: Object.fromEntries(fields) }),
    ...(isMap(values) && { values: fromOpenApi(values) }),
  };
}

/** `atomic` is the default for lists, in a CRD as in a deduced type. */
function fromListSchema(openApi: JsonMap): FieldSchema {
  const listType = textAt(openApi, 'x-kubernetes-list-type');
  if (listType === 'set') return scalarSet;
  if (listType !== 'map') return deduced;
  const keys = listAt(openApi, 'x-kubernetes-list-map-keys').filter((key) => typeof key === 'string');
  const items = mapAt(openApi, 'items');
  const defaults = keys.flatMap((key) => {
    const value = valueAt(items, 'properties', key, 'default');
    return value === undefined ? [] : [[key, value] as const];
  });
  return {
    keys,
    items: fromOpenApi(items),
    ...(defaults.length > 0 && { keyDefaults: Object.fromEntries(defaults) }),
  };
}
