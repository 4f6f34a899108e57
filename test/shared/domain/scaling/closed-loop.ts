/**
 * A served model under constant load, as small as it can be: requests arrive evenly, each replica serves so many at once, what does not
 * fit waits, and a replica that is asked for serves after the start-up time. Utilisation slows everything down, so that the signals
 * answer to the size as they do in life.
 */
import { decideSizes } from '#shared/domain/scaling/decide.ts';
import type { Rule } from '#shared/domain/scaling/rule-contract.ts';
import type { Sample } from '#shared/domain/scaling/signals.ts';
import type {
  RoleInput,
  RoleName,
  ScalingDecision,
  ScalingInput,
  ScalingMemory,
  ServiceSettings,
} from '#shared/domain/scaling/types.ts';

export const LOOK_SECONDS = 15;

export interface Load {
  /** Requests a second. */
  readonly arrivals: number;
  /** Seconds that a request takes in an otherwise idle replica. */
  readonly serviceSeconds: number;
  /** By how much a full replica is slower than an idle one, 0..1. */
  readonly slowdown: number;
  readonly inputTokens: number;
}

export interface RoleModel {
  readonly role: RoleName;
  /** Requests that one replica serves at once. */
  readonly slots: number;
  readonly load: Load;
  readonly peakPrefillTokensPerSecond?: number;
}

interface RoleState {
  asked: number;
  /** When each replica that was asked for began to start. */
  replicas: { readonly name: string; readonly sinceMs: number }[];
  waiting: number;
  running: number;
}

export interface Loop {
  readonly models: readonly RoleModel[];
  readonly settings: ServiceSettings;
  readonly startupSeconds: number;
  readonly size: { readonly min: number; readonly max: number };
  readonly initialReplicas: number;
  readonly looks: number;
  readonly rule?: Rule;
}

export interface Look {
  readonly atMs: number;
  readonly input: ScalingInput;
  readonly decision: ScalingDecision;
}

export function runLoop(loop: Loop): readonly Look[] {
  const longAgoMs = -10 * loop.startupSeconds * 1000;
  const states = loop.models.map(
    ({ role }): RoleState => ({
      asked: loop.initialReplicas,
      replicas: Array.from({ length: loop.initialReplicas }, (_, at) => ({
        name: `${role}-${at}`,
        sinceMs: longAgoMs,
      })),
      waiting: 0,
      running: 0,
    }),
  );
  let memory: ScalingMemory | undefined;
  let born = loop.initialReplicas;
  return Array.from({ length: loop.looks }, (_, look): Look => {
    const atMs = look * LOOK_SECONDS * 1000;
    states.forEach((state, at) => serve(state, loop.models[at]!, readyOf(state, atMs, loop).length));
    const input: ScalingInput = {
      nowMs: atMs,
      settings: loop.settings,
      roles: states.map((state, at) => toRole(state, loop.models[at]!, { atMs, loop })),
      signals: toSignals(states, loop, atMs),
      ...(memory !== undefined && { memory }),
    };
    const decision = decideSizes(input, loop.rule);
    memory = decision.memory;
    states.forEach((state, at) => {
      state.asked = decision.roles[at]!.desiredReplicas;
      // The youngest go first, as a Deployment deletes pods that are not ready before those that are.
      state.replicas = state.replicas.slice(0, state.asked);
      while (state.replicas.length < state.asked) {
        born += 1;
        state.replicas.push({ name: `${loop.models[at]!.role}-${born}`, sinceMs: atMs });
      }
    });
    return { atMs, input, decision };
  });
}

function readyOf(state: RoleState, atMs: number, { startupSeconds }: Loop) {
  return state.replicas.filter(({ sinceMs }) => atMs - sinceMs >= startupSeconds * 1000);
}

/** One look's time in seconds: Little's law for what fits, and what does not fit waits. */
function serve(state: RoleState, { slots, load }: RoleModel, ready: number): void {
  for (let second = 0; second < LOOK_SECONDS; second += 1) {
    const capacity = slots * ready;
    const full = capacity === 0 ? 1 : state.running / capacity;
    const ended = state.running / (load.serviceSeconds * (1 + load.slowdown * full));
    const inside = state.running - Math.min(state.running, ended) + state.waiting + load.arrivals;
    state.running = Math.min(inside, capacity);
    state.waiting = inside - state.running;
  }
}

function toRole(
  state: RoleState,
  model: RoleModel,
  { atMs, loop }: { readonly atMs: number; readonly loop: Loop },
): RoleInput {
  const ready = readyOf(state, atMs, loop);
  const value = (amount: number): Sample => ({ kind: 'value', value: amount, atMs, source: 'modelServer' });
  const each = Math.max(ready.length, 1);
  const { peakPrefillTokensPerSecond } = model;
  return {
    role: model.role,
    owner: 'inference-fleet',
    size: loop.size,
    gpusPerReplica: 4,
    startupSeconds: loop.startupSeconds,
    ...(peakPrefillTokensPerSecond !== undefined && { peakPrefillTokensPerSecond }),
    currentReplicas: state.asked,
    readyReplicas: ready.length,
    pending: state.replicas.slice(ready.length).map(({ name, sinceMs }) => ({ pod: name, sinceMs })),
    terminating: [],
    rolloutInProgress: false,
    signals: {
      pods: ready.map(({ name }) => ({
        pod: name,
        queuedRequests: value(Math.floor(state.waiting / each)),
        runningRequests: value(state.running / each),
        kvCacheUsedRatio: value(Math.min(state.running / each / model.slots, 1)),
      })),
      inflightTokens: value((state.running + state.waiting) * model.load.inputTokens),
    },
  };
}

function toSignals(states: readonly RoleState[], loop: Loop, atMs: number): ScalingInput['signals'] {
  const value = (amount: number): Sample => ({ kind: 'value', value: amount, atMs, source: 'endpointPicker' });
  const waiting = states.reduce((sum, state) => sum + state.waiting, 0);
  const running = states.reduce((sum, state) => sum + state.running, 0);
  const full = states.map(
    (state, at) => state.running / Math.max(1, readyOf(state, atMs, loop).length * loop.models[at]!.slots),
  );
  return {
    flowControl: loop.settings.hasEndpointPicker ? 'on' : 'off',
    heldRequests: value(Math.floor(waiting)),
    runningRequests: value(running),
    saturationRatio: value(Math.max(...full)),
    completedRequestsPerSecond: value(1),
    ttftP90Seconds: value(1),
    tpotP90Seconds: value(0.05),
  };
}

/** Changes of direction of one role: seconds between the last change one way and the first the other way. */
export function reversals(looks: readonly Look[], at: number): readonly number[] {
  const changes = looks.flatMap(({ atMs, input, decision }) => {
    const by = decision.roles[at]!.desiredReplicas - input.roles[at]!.currentReplicas;
    return by === 0 ? [] : [{ atMs, up: by > 0 }];
  });
  return changes.flatMap((change, place) => {
    const before = changes[place - 1];
    return before === undefined || before.up === change.up ? [] : [(change.atMs - before.atMs) / 1000];
  });
}
