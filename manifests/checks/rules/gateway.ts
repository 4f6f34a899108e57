/** What stands between requests and pods. */
import { parse } from 'yaml';
import { repeated } from '../../../shared/domain/repeated.ts';
import type { Check, Fault } from '../check.ts';
import { type CheckedSet, ofKind } from '../checked-set.ts';
import { at, isRecord, isThere, itemsOf, membersOf, numberOf, type Place, textOf } from '../place.ts';
import { isEndpointPicker } from './drain.ts';

const POOL =
  'kubernetes-sigs/gateway-api-inference-extension config/crd/bases/inference.networking.k8s.io_inferencepools.yaml';

const targetPorts: Check = {
  id: 'target-ports',
  severity: 'error',
  title: 'An InferencePool has one to eight target ports, each once.',
  source: POOL,
  run: (set) =>
    ofKind(set, 'InferencePool')
      .filter(({ apiVersion }) => apiVersion === 'inference.networking.k8s.io/v1')
      .flatMap(({ place }) => {
        const list = at(place, 'spec', 'targetPorts');
        const numbers = itemsOf(list).map((port) => numberOf(at(port, 'number')));
        const twice = repeated(numbers);
        const where = isThere(list) ? list : at(place, 'spec');
        if (numbers.length < 1 || numbers.length > 8) {
          return [
            {
              at: where,
              message: `it has ${numbers.length} target ports`,
              fix: 'name one to eight in spec.targetPorts',
            },
          ];
        }
        return twice.length === 0
          ? []
          : [{ at: where, message: `target port ${twice[0]} is there twice`, fix: 'name it once' }];
      }),
};

/** Kinds that are gone, by group: what came instead. */
const retired: readonly { readonly kind: RegExp; readonly version: RegExp; readonly fix: string }[] = [
  {
    kind: /^InferencePool$/,
    version: /^inference\.networking\.x-k8s\.io\//,
    fix: 'write apiVersion: inference.networking.k8s.io/v1 with selector.matchLabels, targetPorts and endpointPickerRef',
  },
  {
    kind: /^InferenceModel$/,
    version: /./,
    fix: 'write an InferenceObjective (llm-d.ai/v1alpha2) for its priority, an InferenceModelRewrite for its target models',
  },
  {
    kind: /^(InferenceObjective|InferenceModelRewrite)$/,
    version: /^inference\.networking\.x-k8s\.io\//,
    fix: 'write apiVersion: llm-d.ai/v1alpha2',
  },
  { kind: /^VariantAutoscaling$/, version: /./, fix: 'scale by KEDA or the HPA on metrics of the endpoint picker' },
];

const retiredKind: Check = {
  id: 'retired-kind',
  severity: 'error',
  title: 'Kinds are those of today: InferencePool v1, InferenceObjective and InferenceModelRewrite of llm-d.ai.',
  source: `${POOL}; llm-d/llm-d-router config/crd/bases`,
  run: ({ objects }) =>
    objects.flatMap(({ kind, apiVersion, place }) => {
      const row = retired.find((candidate) => candidate.kind.test(kind) && candidate.version.test(apiVersion));
      if (row === undefined) return [];
      return [{ at: at(place, 'apiVersion'), message: `${kind} of ${apiVersion} is retired`, fix: row.fix }];
    }),
};

/** A configuration of an endpoint picker, and the text of the ConfigMap that holds it. */
interface PickerConfig {
  readonly at: Place;
  /** The text read; its places are inside it, so faults are told at the text. */
  readonly config: Place;
}

export function pickerConfigs(set: CheckedSet): readonly PickerConfig[] {
  const inMaps = ofKind(set, 'ConfigMap').flatMap(({ place }) =>
    membersOf(at(place, 'data')).flatMap(([, text]) => {
      const config = readConfig(textOf(text) ?? '');
      return config === undefined ? [] : [{ at: text, config: { object: text.object, path: [], value: config } }];
    }),
  );
  const bare = ofKind(set, 'EndpointPickerConfig').map(({ place }) => ({ at: place, config: place }));
  return [...inMaps, ...bare];
}

/** Only what says that it is one: a ConfigMap may hold anything. */
function readConfig(text: string): unknown {
  if (!/^kind:\s*EndpointPickerConfig\b/m.test(text)) return undefined;
  try {
    const value: unknown = parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    // A template of something else, or no YAML: the picker says so itself when it starts.
    return undefined;
  }
}

/** A plugin without a name of its own goes by its type. */
function pluginNames(config: Place): readonly string[] {
  return itemsOf(at(config, 'plugins')).flatMap(
    (plugin) => textOf(at(plugin, 'name')) ?? textOf(at(plugin, 'type')) ?? [],
  );
}

/** Every `pluginRef`, and the deciders of a profile handler. */
function references(place: Place): readonly string[] {
  const below = [...itemsOf(place), ...membersOf(place).map(([, member]) => member)].flatMap(references);
  const own = textOf(at(place, 'pluginRef'));
  const deciders = membersOf(at(place, 'parameters', 'deciders')).flatMap(([, decider]) => textOf(decider) ?? []);
  return [...(own === undefined ? [] : [own]), ...deciders, ...below];
}

const pluginRefs: Check = {
  id: 'plugin-refs',
  severity: 'error',
  title: 'Every plugin that a profile of the endpoint picker refers to is declared, and declared once.',
  source: 'llm-d/llm-d-router apix/config/v1alpha1/endpointpickerconfig_types.go',
  run: (set) =>
    pickerConfigs(set).flatMap(({ at: place, config }) => {
      const names = pluginNames(config);
      const missing = [...new Set(references(config))].filter((name) => !names.includes(name));
      const twice = repeated(names);
      return [
        ...missing.map(
          (name): Fault => ({
            at: place,
            word: name,
            message: `pluginRef ${name} names no plugin; declared are ${names.join(', ')}`,
            fix: `add - type: ${name} to plugins, or name one of them`,
          }),
        ),
        ...twice.map(
          (name): Fault => ({
            at: place,
            word: name,
            message: `plugin ${name} is declared twice`,
            fix: 'give one of them a name of its own',
          }),
        ),
      ];
    }),
};

export function hasFlowControl({ config }: PickerConfig): boolean {
  return itemsOf(at(config, 'featureGates')).some((gate) => textOf(gate) === 'flowControl');
}

const pickerReplaced: Check = {
  id: 'picker-recreate',
  severity: 'warning',
  title: 'An endpoint picker is replaced, not rolled: two of them count requests in flight apart.',
  source: 'llm-d/llm-d-router config/charts/routerlib/templates/_deployment.yaml',
  run: ({ pods }) =>
    pods
      .filter(
        ({ object, containers }) =>
          object.kind === 'Deployment' && containers.some(({ image }) => isEndpointPicker(image)),
      )
      .filter(({ object }) => textOf(at(object.place, 'spec', 'strategy', 'type')) !== 'Recreate')
      .map(({ object }) => ({
        at: at(object.place, 'spec'),
        message: 'a rollout runs two endpoint pickers beside each other',
        fix: 'write strategy: { type: Recreate }',
      })),
};

export const gatewayChecks: readonly Check[] = [targetPorts, retiredKind, pluginRefs, pickerReplaced];
