/**
 * Serving what custom resource definitions define. Inside a real server these are the naming and establishing controllers of
 * kubernetes/apiextensions-apiserver, which is why this is part of the API and not one of the controllers beside it.
 */
import type { JsonMap } from '../world/json.ts';
import { customSchema } from './field-schema.ts';
import type { ServedKind } from './kinds.ts';
import {
  copyOf,
  isMap,
  type KubernetesObject,
  listAt,
  mapAt,
  mapsAt,
  nameOf,
  namespaceOf,
  textAt,
  valueAt,
} from './objects.ts';
import { type ClusterState, collectionOf } from './state.ts';
import type { StoreEvent } from './store.ts';

const definitionCollection = 'apiextensions.k8s.io/customresourcedefinitions';

/** From creation to `Established`; assumed: a second is what waiting for a new definition usually takes. */
const establishMs = 1000;

/** Follows the definitions in the store and keeps the table of kinds in step with them. */
export function serveCustomKinds(state: ClusterState): void {
  state.store.subscribe((event) => {
    if (event.collection !== definitionCollection) return;
    if (event.type === 'DELETED') withdraw(state, event.object);
    else follow(state, event);
  });
}

/** A new definition is served after a moment, a changed one at once. */
function follow(state: ClusterState, event: StoreEvent): void {
  if (event.type === 'ADDED') {
    state.base.clock.after(establishMs, () => establish(state, nameOf(event.object)));
    return;
  }
  if (isEstablished(event.object)) serve(state, event.object);
}

/** Whether the kind of a definition is served: what `kubectl wait --for=condition=Established` waits for. */
export function isEstablished(definition: KubernetesObject): boolean {
  const conditions = mapsAt(definition, 'status', 'conditions');
  return conditions.some((condition) => condition['type'] === 'Established' && condition['status'] === 'True');
}

/** Writes the status that says so; the change of the store then makes the kind served. */
function establish(state: ClusterState, name: string): void {
  const definition = state.store.get(definitionCollection, '', name);
  if (definition === undefined || isEstablished(definition)) return;
  const lastTransitionTime = state.now();
  const condition = (type: string, reason: string, message: string): JsonMap => ({
    type,
    status: 'True',
    lastTransitionTime,
    reason,
    message,
  });
  const stored = mapsAt(definition, 'spec', 'versions').find((version) => version['storage'] === true);
  const status = {
    conditions: [
      condition('NamesAccepted', 'NoConflicts', 'no conflicts found'),
      condition('Established', 'InitialNamesAccepted', 'the initial names have been accepted'),
    ],
    acceptedNames: copyOf(mapAt(definition, 'spec', 'names')),
    storedVersions: [textAt(stored, 'name')],
  };
  state.store.write(definitionCollection, { ...definition, status });
}

/** Every version that is marked as served; a version that no longer is disappears. */
function serve(state: ClusterState, definition: KubernetesObject): void {
  for (const version of mapsAt(definition, 'spec', 'versions')) {
    const kind = servedKind(definition, version);
    if (version['served'] === true) state.kinds.add(kind);
    else state.kinds.remove(kind.group, kind.version, kind.plural);
  }
}

/** A definition takes its objects along. */
function withdraw(state: ClusterState, definition: KubernetesObject): void {
  for (const version of mapsAt(definition, 'spec', 'versions')) {
    const kind = servedKind(definition, version);
    for (const object of state.store.list(collectionOf(kind))) {
      const known = state.store.get(collectionOf(kind), namespaceOf(object), nameOf(object));
      if (known !== undefined) state.store.remove(collectionOf(kind), known);
    }
    state.kinds.remove(kind.group, kind.version, kind.plural);
  }
}

/** `subresources.scale` of a version; its paths are simple: `.spec.replicas`. */
function scalePaths(version: JsonMap): Pick<ServedKind, 'scale'> {
  const scale = valueAt(version, 'subresources', 'scale');
  if (!isMap(scale)) return {};
  const steps = (field: string): readonly string[] => textAt(scale, field).split('.').slice(1);
  return {
    scale: {
      specReplicas: steps('specReplicasPath'),
      statusReplicas: steps('statusReplicasPath'),
      selector: steps('labelSelectorPath'),
    },
  };
}

/** One version of a definition as a kind. Without a schema nothing is pruned. */
function servedKind(definition: KubernetesObject, version: JsonMap): ServedKind {
  const names = mapAt(definition, 'spec', 'names');
  const kind = textAt(names, 'kind');
  const schema = valueAt(version, 'schema', 'openAPIV3Schema');
  const openApi = isMap(schema) ? schema : { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  const strings = (field: string): readonly string[] => listAt(names, field).filter((name) => typeof name === 'string');
  return {
    group: textAt(definition, 'spec', 'group'),
    version: textAt(version, 'name'),
    kind,
    plural: textAt(names, 'plural'),
    singular: textAt(names, 'singular') || kind.toLowerCase(),
    shortNames: strings('shortNames'),
    categories: strings('categories'),
    namespaced: textAt(definition, 'spec', 'scope') === 'Namespaced',
    hasStatus: valueAt(version, 'subresources', 'status') !== undefined,
    generation: 'content',
    schema: customSchema(openApi),
    ...scalePaths(version),
    custom: { openApi, columns: mapsAt(version, 'additionalPrinterColumns') },
  };
}
