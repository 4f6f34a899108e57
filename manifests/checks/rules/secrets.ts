/** Credentials and labels: what is written in the wrong place or under an old name. */
import type { Check, Fault } from '../check.ts';
import { type CheckedSet, isServing } from '../checked-set.ts';
import { at, isPlaceholder, isRecord, isThere, itemsOf, membersOf, type Place, textOf } from '../place.ts';
import { podSelectors } from '../selection.ts';

/** By name; counts of tokens and the like are none. */
const CREDENTIAL =
  /(^|_)(HUB_TOKEN|HF_TOKEN|AUTH_TOKEN|ACCESS_TOKEN|API_TOKEN|TOKEN|PASSWORD|SECRET|API_KEY|SECRET_KEY|ACCESS_KEY)$/;
const COUNT = /^(MAX|MIN|NUM|EOS|BOS|PAD|ALLOW)_/;
/** What local clients send where nobody checks. */
const NOTHING = /^(|EMPTY|NONE|none|null|dummy)$/;

/** Tokens of Hugging Face, by their form (Hugging Face documentation, "User access tokens"). */
const HF_TOKEN = /\bhf_[A-Za-z0-9]{30,}\b/;

/** Of what serves; elsewhere only what is a token of Hugging Face for sure. */
function environment({ pods }: CheckedSet): readonly Place[] {
  return pods.flatMap((pod) => {
    const entries = pod.containers.flatMap(({ place }) => itemsOf(at(place, 'env')));
    return isServing(pod)
      ? entries
      : entries.filter((entry) => /^(HF|HUGGING_FACE)_/.test(textOf(at(entry, 'name')) ?? ''));
  });
}

const literalToken: Check = {
  id: 'literal-token',
  severity: 'error',
  title: 'Credentials come from a Secret, never as text of a manifest.',
  source: 'Kubernetes documentation, "Secrets" (using Secrets as environment variables)',
  run: (set) => [
    ...environment(set).flatMap((entry): readonly Fault[] => {
      const [name, value] = [textOf(at(entry, 'name')) ?? '', textOf(at(entry, 'value'))];
      const isCredential = CREDENTIAL.test(name) && !COUNT.test(name);
      // Of the whole value: $(NAME) takes it from another variable.
      if (value === undefined || NOTHING.test(value) || /^\$\([A-Za-z_]\w*\)$/.test(value)) return [];
      if (!isCredential && !HF_TOKEN.test(value)) return [];
      const what = isPlaceholder(value)
        ? `will hold the token itself once ${value} is filled in`
        : 'holds the token itself';
      return [{ at: at(entry, 'value'), message: `${name} ${what}`, fix: `write valueFrom.secretKeyRef` }];
    }),
    ...set.servers.flatMap(({ flags, at: place }) =>
      ['--hf-token', '--api-key'].flatMap((word): readonly Fault[] => {
        const value = flags.get(word) ?? '';
        if (NOTHING.test(value) || isPlaceholder(value) || value.includes('$(')) return [];
        return [
          {
            at: place,
            word,
            message: `${word} has the credential in it`,
            fix: 'take it from a variable that a Secret fills',
          },
        ];
      }),
    ),
  ],
};

const tokenName: Check = {
  id: 'token-name',
  severity: 'warning',
  title: 'The token of Hugging Face is called HF_TOKEN; HUGGING_FACE_HUB_TOKEN is its former name.',
  source: 'huggingface/huggingface_hub src/huggingface_hub/constants.py',
  run: ({ pods }) =>
    pods.flatMap(({ containers }) =>
      containers.flatMap(({ place }) => {
        const entries = itemsOf(at(place, 'env'));
        const named = (name: string) => entries.find((entry) => textOf(at(entry, 'name')) === name);
        const old = named('HUGGING_FACE_HUB_TOKEN');
        if (old === undefined || named('HF_TOKEN') !== undefined) return [];
        return [{ at: at(old, 'name'), message: 'HUGGING_FACE_HUB_TOKEN is a former name', fix: 'write HF_TOKEN' }];
      }),
    ),
};

/** Every place with labels that people write. */
function labelMaps(set: CheckedSet): readonly Place[] {
  return [
    ...set.objects.map(({ place }) => at(place, 'metadata', 'labels')),
    ...set.objects.map(({ place }) => at(place, 'spec', 'selector', 'matchLabels')),
    ...set.pods.filter(({ metadata }) => metadata.path.length > 1).map(({ metadata }) => at(metadata, 'labels')),
  ].filter(isThere);
}

/** Empty, or beginning and ending with a letter or digit. */
const VALUE = /^(?:[A-Za-z0-9](?:[-\w.]*[A-Za-z0-9])?)?$/;

const labelLength: Check = {
  id: 'label-length',
  severity: 'error',
  title: 'A label’s value has at most 63 letters, digits, -, _ and ., and is text.',
  source: 'Kubernetes documentation, "Labels and Selectors" (syntax and character set)',
  run: (set) =>
    labelMaps(set)
      .flatMap(membersOf)
      .flatMap(([key, place]): readonly Fault[] => {
        const value = textOf(place);
        if (value === undefined) {
          // A template that nobody has rendered ({{ … }}) reads as an object.
          if (!isThere(place) || isRecord(place.value)) return [];
          return [
            {
              at: place,
              message: `${key} is ${String(place.value)}, which is no text in YAML`,
              fix: 'put quotes around it',
            },
          ];
        }
        if (isPlaceholder(value)) return [];
        if (value.length > 63) {
          return [{ at: place, message: `${key}: ${value} has ${value.length} characters`, fix: 'shorten it to 63' }];
        }
        if (VALUE.test(value)) return [];
        return [
          {
            at: place,
            message: `${key}: ${value} has characters that no label may have`,
            fix: 'use letters, digits, -, _ and .',
          },
        ];
      }),
};

/** llm-d/llm-d-router docs/disaggregation.md; llm-d/llm-d guides/recipes/modelserver/base. */
function advice(key: string, value: string | undefined): string | undefined {
  if (key === 'llm-d.ai/inferenceServing') return 'write llm-d.ai/inference-serving';
  if (key.startsWith('llmd.ai/'))
    return `write llm-d.ai/${key === 'llmd.ai/inferenceServing' ? 'inference-serving' : key.slice('llmd.ai/'.length)}`;
  return key === 'llm-d.ai/role' && value === 'both' ? 'write prefill-decode' : undefined;
}

const deprecatedLabel: Check = {
  id: 'deprecated-label',
  severity: 'warning',
  title: 'llm-d’s labels have their present names: pickers, pools and monitors of today ask for those.',
  source: 'llm-d/llm-d-router docs/disaggregation.md; llm-d/llm-d guides/recipes/modelserver/base',
  run: (set) =>
    [...labelMaps(set), ...podSelectors(set).map((selector) => selector.at)].flatMap((map) =>
      membersOf(map).flatMap(([key, place]) => {
        const fix = advice(key, textOf(place));
        const text = textOf(place);
        return fix === undefined
          ? []
          : [{ at: place, message: `${key}${text === undefined ? '' : `: ${text}`} is a former spelling`, fix }];
      }),
    ),
};

export const secretChecks: readonly Check[] = [literalToken, tokenName, labelLength, deprecatedLabel];
