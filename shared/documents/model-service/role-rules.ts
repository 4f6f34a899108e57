/** Which roles make a service, and what each of them may say. */
import { MAX_PODS } from './role-schema.ts';
import { forEachRole, type ModelServiceRule, type RoleRule } from './rule.ts';

/** A request needs both halves, once each; three or more roles are refused by the form. */
const rolesMakeAService: ModelServiceRule = ({ roles }) => {
  const names = roles.flatMap(({ role }) => (role === undefined ? [] : [role]));
  if (names.length === 0 || names.length < roles.length) return [];
  const written = names.toSorted().join(' ');
  if (written === 'aggregated' || written === 'decode prefill') return [];
  const rule = 'must be one aggregated role, or one prefill and one decode role';
  return [{ field: 'spec.roles', value: names, rule, fix: fixOfRoles(names) }];
};

function fixOfRoles(names: readonly string[]): string {
  if (names.includes('aggregated')) return 'leave aggregated as the only one';
  const missing = names.includes('prefill') ? 'decode' : 'prefill';
  return names.length === 1 ? `add the ${missing} role, or call it aggregated` : `call one of them ${missing}`;
}

/** Two roles on one object would set its replicas against each other, for ever. */
const workloadsDiffer: ModelServiceRule = ({ roles }) => {
  const [first, second] = roles;
  if (first?.workload === undefined || second?.workload === undefined) return [];
  const { kind, name } = second.workload;
  if (kind !== first.workload.kind || name !== first.workload.name) return [];
  const rule = 'must not be the workload of another role';
  return [
    { field: `${second.field}.workload`, value: { kind, name }, rule, fix: 'name the object that runs this role' },
  ];
};

/** Replicas of a Deployment are single pods: its pods would be read as groups that do not exist. */
const onlyGroupsHaveSeveralPods: RoleRule = ({ field, workload, podsPerReplica }) => {
  if (workload?.kind !== 'Deployment' || podsPerReplica === undefined || podsPerReplica === 1) return [];
  const rule = 'must be 1 for a Deployment, whose replicas are single pods';
  const fix = 'remove it, or name a LeaderWorkerSet';
  return [{ field: `${field}.podsPerReplica`, value: podsPerReplica, rule, fix }];
};

/** All pods of a group ask for as many GPUs: a fraction is no size of a pod, and nodes would be bought by a wrong one. */
const podsShareTheGpus: RoleRule = ({ field, gpusPerReplica, podsPerReplica }) => {
  if (gpusPerReplica === undefined || podsPerReplica === undefined || gpusPerReplica % podsPerReplica === 0) return [];
  const rule = `must be a multiple of podsPerReplica (${podsPerReplica}): each pod of a replica asks for as many`;
  const fix = 'count the GPUs that all pods of one replica ask for together';
  return [{ field: `${field}.gpusPerReplica`, value: gpusPerReplica, rule, fix }];
};

/** Each pod is placed on a node at every look of its pool, which has to be over within seconds. */
const podsCanBeCounted: RoleRule = ({ field, size, podsPerReplica }) => {
  if (size === undefined || podsPerReplica === undefined || size.max * podsPerReplica <= MAX_PODS) return [];
  const pods = size.max * podsPerReplica;
  const rule = `must be at most ${Math.floor(MAX_PODS / podsPerReplica)} with ${podsPerReplica} pods per replica (${pods} pods, ${MAX_PODS} at most)`;
  return [{ field: `${field}.size.max`, value: size.max, rule, fix: 'make it smaller, or divide the service' }];
};

/** A number that is never used would read like a promise. */
const decodeDoesNotPrefill: RoleRule = ({ field, role, writtenPeak }) => {
  if (role !== 'decode' || writtenPeak === undefined) return [];
  const rule = 'must not be set for decode, which prefills nothing';
  return [
    { field: `${field}.peakPrefillTokensPerSecond`, value: writtenPeak, rule, fix: 'move it to the prefill role' },
  ];
};

/** The same source twice is one that was meant to be another. */
const sourcesDiffer: ModelServiceRule = ({ sources }) => {
  if (sources === undefined || new Set(sources).size === sources.length) return [];
  const rule = 'must not repeat a source';
  return [{ field: 'spec.signals.sources', value: sources, rule, fix: 'use pods, monitoring or both' }];
};

/** Scaling prefill by its backlog (llm-d's token-aware guide) divides tokens in flight by this number. */
const prefillSaysItsPeak: RoleRule = ({ field, role, writtenPeak }) => {
  if (role !== 'prefill' || writtenPeak !== undefined) return [];
  const rule = 'is what the token backlog rule divides by, so that rule is off and prefill follows its queue';
  const fix =
    'nothing to do if that is meant; else measure it: chunk size over median time to first token of an idle stack';
  return [{ field: `${field}.peakPrefillTokensPerSecond`, value: undefined, rule, fix }];
};

/** The tokens in flight are counted by the endpoint picker alone. */
const backlogIsReported: RoleRule = ({ field, writtenPeak }, { hasEndpointPicker }) => {
  if (writtenPeak === undefined || hasEndpointPicker) return [];
  const rule = 'is not used without an endpoint picker, which counts the tokens in flight';
  const fix = 'name it in spec.endpointPicker, or remove this';
  return [{ field: `${field}.peakPrefillTokensPerSecond`, value: writtenPeak, rule, fix }];
};

export const roleRules: readonly ModelServiceRule[] = [
  rolesMakeAService,
  workloadsDiffer,
  forEachRole(onlyGroupsHaveSeveralPods),
  forEachRole(podsShareTheGpus),
  forEachRole(podsCanBeCounted),
  forEachRole(decodeDoesNotPrefill),
  sourcesDiffer,
];

export const roleWarnings: readonly ModelServiceRule[] = [
  forEachRole(prefillSaysItsPeak),
  forEachRole(backlogIsReported),
];
