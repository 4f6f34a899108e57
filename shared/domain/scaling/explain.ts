/** The arithmetic in words: the very lines that `inferctl explain`, the status page and chat show. */
import type { LimitedBy, RoleDecision, ScalingAction, Term, TermInput } from './types.ts';

/** Example: `held requests: 12 (endpointPicker, 5 s old) → 12 / 1 per replica → 12`. */
export function describeTerm({ name, inputs, formula, result }: Term): string {
  const read = inputs.map((input) =>
    input.name === name ? describeInput(input) : `${input.name} ${describeInput(input)}`,
  );
  const from = read.length === 0 ? '' : `${read.join(', ')} → `;
  return `${limitText(name)}: ${from}${formula} → ${result}`;
}

function describeInput({ state, value, source, ageSeconds, note }: TermInput): string {
  const shown = [...(value === undefined ? [] : [`${value}`]), ...(state === 'value' ? [] : [state])].join(' ');
  const from = [
    ...(source === undefined ? [] : [`${source}`]),
    ...(ageSeconds === undefined ? [] : [`${ageSeconds} s old`]),
    ...(note === undefined ? [] : [note]),
  ];
  return from.length === 0 ? shown : `${shown} (${from.join(', ')})`;
}

/** Names of limits and terms in words; most terms are named in words already. The codes are for programs: fields, metrics, the README. */
export function limitText(name: string): string {
  return limitTexts.get(name) ?? name;
}

const words: Readonly<Record<LimitedBy, string>> = {
  owner: 'owner',
  foreignScaler: 'another scaler',
  override: 'override',
  floor: 'minimum',
  ceiling: 'maximum',
  noSignal: 'no signal',
  unprovenSignal: 'signal not proven',
  decodeBottleneck: 'decode is the bottleneck',
  tolerance: 'tolerance',
  tooFew: 'too few before',
  stabilization: 'stabilization window',
  rateLimit: 'rate limit',
  cooldown: 'cool-down',
  rollout: 'rollout',
  spendCap: 'spend cap',
  priceUnknown: 'price unknown',
  pair: 'both roles or none',
};

const limitTexts: ReadonlyMap<string, string> = new Map([...Object.entries(words), ['step', 'way down']]);

export interface Change {
  readonly role: string;
  readonly fromReplicas: number;
  readonly toReplicas: number;
  readonly action: ScalingAction;
}

/** One sentence: what, and the term that decided it. Example: `decode 4 → 6: KV cache used 4.6 / 0.8 of a replica → 6`. */
export function describeChange({ role, fromReplicas, toReplicas, action }: Change, decisive: Term | undefined): string {
  const what =
    fromReplicas === toReplicas
      ? `${role} ${verbs[action]} ${fromReplicas}`
      : `${role} ${fromReplicas} → ${toReplicas}`;
  return decisive === undefined ? what : `${what}: ${limitText(decisive.name)}: ${decisive.formula}`;
}

const verbs: Readonly<Record<ScalingAction, string>> = {
  up: 'goes to',
  down: 'goes to',
  keep: 'stays at',
  hold: 'is held at',
};

export function summarize(roles: readonly Pick<RoleDecision, 'why'>[]): string {
  return roles.map(({ why }) => why).join('; ');
}
