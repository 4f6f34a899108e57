/** How long a stack's name may be, by what controllers make of it (kubernetes-sigs/lws pkg/webhooks), and which are taken. */
import type { Stack, StackRole } from '../../domain/serving/resolved-stack.ts';
import type { StackRule } from './rule.ts';

/** A label value, and the name of a Service. */
const LABEL_LETTERS = 63;
/** What a StatefulSet adds to its name in the label of its pods: a hyphen and a hash of ten. */
const HASH_LETTERS = 11;
/** `<set>-<slice>-<revision>-<role>`: three hyphens, the slice's digit, eight letters of the revision. */
const DISAGGREGATED_LETTERS = 12;
/** `-prv`, of the Service that the controller makes for each of them. */
const SERVICE_LETTERS = 4;

/** A worker that cannot be labelled is never made, while its leader is ready and waits. */
const nameIsShortEnough: StackRule = (stack) => {
  const [shortest] = stack.roles.map((role) => lettersLeft(stack, role)).toSorted((a, b) => a - b);
  if (shortest === undefined || stack.name.length <= shortest) return [];
  const rule = `must have at most ${shortest} letters: the names and labels of what is made for it begin with it and have at most ${LABEL_LETTERS}`;
  return [{ field: 'metadata.name', value: stack.name, rule, fix: `shorten it by ${stack.name.length - shortest}` }];
};

function lettersLeft(stack: Stack, role: StackRole): number {
  const suffix = role.name.length - stack.name.length;
  if (stack.isDisaggregatedSet) {
    const set = LABEL_LETTERS - DISAGGREGATED_LETTERS - role.role.length;
    return set - Math.max(SERVICE_LETTERS, labelLetters(stack, role));
  }
  return LABEL_LETTERS - suffix - (role.workload === 'Deployment' ? 0 : labelLetters(stack, role));
}

/** Workers are a StatefulSet of their own for each group, `<name>-<group>`. */
function labelLetters({ spec }: Stack, { nodes, replicas, rollout }: StackRole): number {
  if (nodes === 1) return HASH_LETTERS;
  const groups = Math.max(replicas, spec.autoscaling?.maxReplicas ?? 0) + rollout.maxSurge;
  return HASH_LETTERS + 1 + String(groups - 1).length;
}

/**
 * What stacks put behind their name for further Deployments, service accounts and so on. The stack `chat-epp` would overwrite the endpoint
 * picker of the stack `chat` of its namespace, and nobody would be told.
 */
const PART_ENDINGS: readonly string[] = ['-prefill', '-decode', '-epp', '-model-router', '-metrics-reader'];

const nameIsNoPartOfAnother: StackRule = ({ name }) => {
  const ending = PART_ENDINGS.find((one) => name.endsWith(one));
  if (ending === undefined) return [];
  const rule = `must not end with ${ending}, which is how a part of the stack ${name.slice(0, -ending.length)} is called`;
  return [{ field: 'metadata.name', value: name, rule, fix: 'call it otherwise' }];
};

/** Kubernetes documentation, "Namespaces": the prefix is the system's; GKE documentation, "Managed collection": those of its collectors. */
const SYSTEM_NAMESPACE = /^(?:kube-|gke-managed-|gmp-|gke-gmp-system$)/;

const namespaceIsNotTheSystems: StackRule = ({ namespace }) => {
  if (!SYSTEM_NAMESPACE.test(namespace)) return [];
  const rule = 'must not be a namespace of the system, which has its own rights, limits and clean-ups';
  return [{ field: 'spec.namespace', value: namespace, rule, fix: 'use one of your own' }];
};

export const nameRules: readonly StackRule[] = [nameIsShortEnough, nameIsNoPartOfAnother, namespaceIsNotTheSystems];
