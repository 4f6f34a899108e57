/** Who finds whom. */
import { groupLabels } from '../../kubernetes/leader-worker-set.ts';
import type { Check, Fault } from '../check.ts';
import { type CheckedPod, type CheckedSet, ofKind } from '../checked-set.ts';
import { declaredPorts, portsOf } from '../model-server.ts';
import { at, isPlaceholder, isThere, itemsOf, membersOf, type Place, textMapOf, textOf } from '../place.ts';
import { expressionHolds, hasLabel, isForeign, type PodSelector, podSelectors, selects } from '../selection.ts';

/** Selectors of groups are written by it: its value is the set's name, and never a matter of taste. */
const LWS_NAME = groupLabels.name;
const LABELS = 'Kubernetes documentation, "Labels and Selectors"';

const selectorMatchesTemplate: Check = {
  id: 'selector-matches-template',
  severity: 'error',
  title: 'The selector of a workload matches the labels of its own template; the API server refuses it otherwise.',
  source: 'Kubernetes documentation, "Deployments" (selector)',
  run: (set) =>
    ofKind(set, 'Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet').flatMap(({ place }) => {
      const labels = textMapOf(at(place, 'spec', 'template', 'metadata', 'labels'));
      const selector = at(place, 'spec', 'selector');
      const wrongLabels = membersOf(at(selector, 'matchLabels'))
        .filter(([key, value]) => labels.get(key) !== textOf(value) && !isPlaceholder(textOf(value) ?? ''))
        .map(
          ([key, value]): Fault => ({
            at: value,
            message: `the selector asks for ${key}: ${textOf(value)}, the template has ${labels.get(key) ?? 'no such label'}`,
            fix: `write ${key}: ${textOf(value)} in spec.template.metadata.labels`,
          }),
        );
      const wrongExpressions = itemsOf(at(selector, 'matchExpressions'))
        .filter((expression) => !expressionHolds(expression, labels))
        .map(
          (expression): Fault => ({
            at: expression,
            message: `the template’s labels do not fulfil the condition on ${textOf(at(expression, 'key'))}`,
            fix: 'make the labels of spec.template.metadata fulfil it',
          }),
        );
      return [...wrongLabels, ...wrongExpressions];
    }),
};

const leaderWorkerSetName: Check = {
  id: 'leader-worker-set-name',
  severity: 'error',
  title: `What selects by ${LWS_NAME} names a LeaderWorkerSet that is there.`,
  source: 'kubernetes-sigs/lws api/leaderworkerset/v1/leaderworkerset_types.go',
  run: (set) => {
    const names = ofKind(set, 'LeaderWorkerSet').map(({ name }) => name);
    if (names.length === 0 || ofKind(set, 'DisaggregatedSet').length > 0) return [];
    return podSelectors(set).flatMap((selector) => {
      const name = selector.labels.get(LWS_NAME);
      if (name === undefined || names.includes(name) || isPlaceholder(name)) return [];
      return [
        {
          at: lowest(selector, LWS_NAME),
          message: `${LWS_NAME} is ${name}, and the LeaderWorkerSet is called ${names.join(', ')}`,
          fix: `write ${names.join(' or ')}: the label’s value is always the name of the LeaderWorkerSet`,
        },
      ];
    });
  },
};

/** As near to the label as it can be told: Services and monitors spell selectors differently. */
function lowest({ at: place }: PodSelector, key: string): Place {
  const inLabels = at(place, 'matchLabels', key);
  return isThere(inLabels) ? inLabels : at(place, key);
}

/** Pods that could be meant by a selector that finds none, where there are model servers at all. */
function missed(set: CheckedSet, selector: PodSelector): readonly CheckedPod[] {
  if (set.servers.length === 0 || selector.hasExpressions) return [];
  if ([...selector.labels.values()].some(isPlaceholder)) return [];
  if (set.pods.some((pod) => isForeign(pod) || selects(selector, pod))) return [];
  return set.pods;
}

const selectorNearMiss: Check = {
  id: 'selector-near-miss',
  severity: 'error',
  title: 'A Service, pool, monitor or budget that means pods of the set has their labels as they are written there.',
  source: LABELS,
  run: (set) =>
    podSelectors(set).flatMap((selector) => {
      const pods = missed(set, selector);
      const wrong = [...selector.labels].filter(([key, value]) => !pods.some((pod) => hasLabel(pod, key, value)));
      const [first] = wrong;
      // All labels occur, on different pods: it may be that nothing has them all for a while, in a rollout by hand.
      if (first === undefined || first[0] === LWS_NAME) return [];
      const [key, value] = first;
      const found = [...new Set(pods.flatMap(({ labels }) => labels.get(key) ?? []))];
      if (found.length === 0) return [];
      return [
        {
          at: lowest(selector, key),
          message: `no pod has ${key}: ${value}; pods here have ${found.join(', ')}`,
          fix: `write what the pods have, ${key}: ${found[0]}`,
        },
      ];
    }),
};

const selectorFindsNothing: Check = {
  id: 'selector-finds-nothing',
  severity: 'warning',
  title: 'A Service, pool, monitor or budget beside pods selects one of them.',
  source: LABELS,
  run: (set) =>
    podSelectors(set).flatMap((selector) => {
      const pods = missed(set, selector);
      const [absent] = [...selector.labels].filter(([key]) => pods.every(({ labels }) => !labels.has(key)));
      // The others are near misses.
      const isNear = [...selector.labels].some(([key, value]) =>
        pods.some((pod) => pod.labels.has(key) && !hasLabel(pod, key, value)),
      );
      if (pods.length === 0 || absent === undefined || isNear || absent[0] === LWS_NAME) return [];
      return [
        {
          at: lowest(selector, absent[0]),
          message: `no pod here has a label ${absent[0]}`,
          fix: 'select by labels of the pods’ template, or ignore this where the pods are in another file',
        },
      ];
    }),
};

/** Ports that a Service, pool or monitor names. */
function portRefs({ object }: PodSelector): readonly Place[] {
  const { kind, place } = object;
  const spec = at(place, 'spec');
  if (kind === 'Service') {
    return itemsOf(at(spec, 'ports')).map((port) =>
      isThere(at(port, 'targetPort')) ? at(port, 'targetPort') : at(port, 'port'),
    );
  }
  if (kind === 'InferencePool') return itemsOf(at(spec, 'targetPorts')).map((port) => at(port, 'number'));
  if (kind.endsWith('PodMonitoring')) return itemsOf(at(spec, 'endpoints')).map((endpoint) => at(endpoint, 'port'));
  return [];
}

const targetPortExists: Check = {
  id: 'target-port-exists',
  severity: 'error',
  title: 'A Service, pool or monitor names a port that the pods which it selects have.',
  source: 'Kubernetes documentation, "Service" (targetPort)',
  run: (set) =>
    podSelectors(set).flatMap((selector) => {
      const pods = set.pods.filter((pod) => selects(selector, pod));
      // What opens ports that it does not declare is only known of model servers.
      if (pods.length === 0 || pods.some(({ servers }) => servers.length === 0)) return [];
      return portRefs(selector).flatMap((port) => {
        if (pods.some((pod) => isServed(pod, port.value))) return [];
        const offered = [...new Set(pods.flatMap(offeredPorts))];
        return [
          {
            at: port,
            message: `no pod that is selected has port ${String(port.value)}; they have ${offered.join(', ')}`,
            fix: `write ${offered[0] ?? 'the port of the model server'}`,
          },
        ];
      });
    }),
};

/** Declared, or known to be listened on: a port needs no declaration to be reached. */
function isServed(pod: CheckedPod, port: unknown): boolean {
  const declared = pod.containers.flatMap(declaredPorts);
  if (declared.some(({ name, port: number }) => name === port || number === Number(port))) return true;
  // Unknown where it listens: may be anything.
  return pod.servers.some((server) => server.port === undefined || portsOf(server).includes(Number(port)));
}

/** By name where they have one, as a fix would write it. */
function offeredPorts(pod: CheckedPod): readonly string[] {
  const declared = pod.containers.flatMap(declaredPorts).flatMap(({ name, port }) => name ?? port ?? []);
  return [...declared, ...pod.servers.flatMap(portsOf)].map(String);
}

export const selectorChecks: readonly Check[] = [
  selectorMatchesTemplate,
  leaderWorkerSetName,
  selectorNearMiss,
  selectorFindsNothing,
  targetPortExists,
];
