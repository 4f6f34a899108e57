/** The calls of Compute Engine's REST API that the local cloud serves, as data. */
import { type ComputeCollection, collectionShapes } from '../compute/collections.ts';

interface ServedCall {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Path with `{project}`, `{region}`, `{zone}` and the resource's own parameter, as in compute.proto. */
  readonly path: string;
}

/** A call about resources of one kind. */
export interface CollectionCall extends ServedCall {
  readonly collection: ComputeCollection;
  readonly verb: 'get' | 'list' | 'aggregatedList' | 'insert' | 'patch' | 'delete';
}

/** A call about the project itself or its operations. */
export interface ProjectCall extends ServedCall {
  readonly verb: 'getProject' | 'getOperation' | 'listOperations' | 'aggregatedOperations' | 'wait';
}

/** A call about the machines of an instance group. */
export interface GroupCall extends ServedCall {
  readonly verb: 'listManagedInstances' | 'deleteInstances';
}

export type ComputeCall = CollectionCall | GroupCall | ProjectCall;

const root = '/compute/v1/projects/{project}';

const scopePaths = { project: '', global: '/global', region: '/regions/{region}', zone: '/zones/{zone}' } as const;

/** What can be done with the resources of each kind besides reading one and listing them. */
const changes: Readonly<Partial<Record<ComputeCollection, readonly ('insert' | 'patch' | 'delete')[]>>> = {
  networks: ['insert', 'delete'],
  subnetworks: ['insert', 'delete'],
  firewalls: ['insert', 'delete'],
  routers: ['insert', 'patch', 'delete'],
  reservations: ['insert', 'delete'],
  resourcePolicies: ['insert', 'delete'],
};

const aggregated: readonly ComputeCollection[] = [
  'subnetworks',
  'routers',
  'reservations',
  'resourcePolicies',
  'machineTypes',
  'instanceGroupManagers',
];

const groupCalls = (['listManagedInstances', 'deleteInstances'] as const).map(
  (verb): GroupCall => ({
    method: 'POST',
    path: `${root}${scopePaths.zone}/instanceGroupManagers/{instanceGroupManager}/${verb}`,
    verb,
  }),
);

const methods = { get: 'GET', list: 'GET', insert: 'POST', patch: 'PATCH', delete: 'DELETE' } as const;

function callsOf(collection: ComputeCollection): readonly CollectionCall[] {
  const { scope, noun } = collectionShapes[collection];
  const all = `${root}${scopePaths[scope]}/${collection}`;
  return (['get', 'list', ...(changes[collection] ?? [])] as const).map((verb) => ({
    method: methods[verb],
    path: verb === 'list' || verb === 'insert' ? all : `${all}/{${noun}}`,
    verb,
    collection,
  }));
}

function operationCalls(scope: string): readonly ProjectCall[] {
  const all = `${root}${scope}/operations`;
  return [
    { method: 'GET', path: all, verb: 'listOperations' },
    { method: 'GET', path: `${all}/{operation}`, verb: 'getOperation' },
    { method: 'POST', path: `${all}/{operation}/wait`, verb: 'wait' },
  ];
}

/** Everything else under `/compute/` answers 501. */
export const computeCalls: readonly ComputeCall[] = [
  { method: 'GET', path: root, verb: 'getProject' },
  // The keys of the record are its type; Object.keys does not say so.
  ...(Object.keys(collectionShapes) as ComputeCollection[]).flatMap(callsOf),
  ...aggregated.map((collection) => ({
    method: 'GET' as const,
    path: `${root}/aggregated/${collection}`,
    verb: 'aggregatedList' as const,
    collection,
  })),
  ...groupCalls,
  ...[scopePaths.global, scopePaths.region, scopePaths.zone].flatMap(operationCalls),
  { method: 'GET', path: `${root}/aggregated/operations`, verb: 'aggregatedOperations' },
];
