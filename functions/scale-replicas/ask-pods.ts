/** Asks every serving pod, and the endpoint picker, what they measure: a few at a time, and for no longer than a look can spare. */
import type { Answer, PodAnswer, ServingAnswers } from '#shared/domain/metrics/serving-signals.ts';
import { AutomationError } from '#shared/errors.ts';
import { sideBySide } from '#shared/side-by-side.ts';
import type { ScaleReplicasPorts } from './ports.ts';
import type { SignalRequest } from './signal-request.ts';

/**
 * Pods that one look asks at a time. Well below the connections to one API server, so that a pod's deadline begins when it is asked:
 * one that hangs must cost itself its answer, and not those behind it.
 */
const PODS_AT_A_TIME = 12;

/** How long a round of asking may take, ms, before the rest is left out: a look has 45 s for everything that it reads. */
const ROUND_LIMIT_MS = 10_000;

/** Names that are remembered, so that the record stays small; with more of them the rest is asked in its usual place. */
const MOST_SILENT = 500;

interface Endpoint {
  readonly pod: string;
  readonly port: number;
}

export interface Asked {
  readonly answers: ServingAnswers;
  /** Names of pods that did not answer when they were last asked. */
  readonly silent: readonly string[];
}

export async function askPods(request: SignalRequest, ports: ScaleReplicasPorts): Promise<Asked> {
  const { service, pickers, nowMs, counters } = request;
  const { servedModelName, endpointPicker } = service;
  const picked = endpointPicker && pickers?.map((pod): Endpoint => ({ pod, port: endpointPicker.metricsPort }));
  const servers = request.roles.map(({ role, pods }): [string, readonly Endpoint[]] => [
    role.role,
    pods.filter(({ state }) => state === 'ready').map(({ name }) => ({ pod: name, port: role.metricsPort })),
  ]);
  // The picker first: what it says cannot be had from anybody else, and without it all roles are in doubt.
  const endpoints = [
    ...(picked ?? []),
    ...silentLast(
      servers.flatMap(([, ofRole]) => ofRole),
      request,
    ),
  ];
  const answers = await askAll(endpoints, request, ports);
  const toAnswer = (endpoint: Endpoint): PodAnswer => ({
    pod: endpoint.pod,
    answer: answers.get(endpoint) ?? { failure: 'not asked' },
  });
  return {
    answers: {
      servedModelName,
      roles: Object.fromEntries(servers.map(([role, ofRole]) => [role, ofRole.map(toAnswer)])),
      endpointPicker: picked?.map(toAnswer),
      atMs: nowMs,
      counters,
    },
    silent: namesOfSilent(answers, request),
  };
}

/**
 * A pod that hangs costs its whole deadline (3 s), so 40 of them use up a round. Those that were silent at the last look are asked when
 * everybody else has been, and one for which there was no time then keeps its place: each look hears all pods that answer.
 */
function silentLast(servers: readonly Endpoint[], { silent = [] }: SignalRequest): readonly Endpoint[] {
  const known = new Set(silent);
  return servers.toSorted((a, b) => Number(known.has(a.pod)) - Number(known.has(b.pod)));
}

function namesOfSilent(
  answers: ReadonlyMap<Endpoint, Answer>,
  { silent: before = [] }: SignalRequest,
): readonly string[] {
  const known = new Set(before);
  const isSilent = ({ pod }: Endpoint, answer: Answer) =>
    answer === tooLate ? known.has(pod) : 'failure' in answer && answer !== leftOut;
  const found = [...answers].flatMap(([endpoint, answer]) => (isSilent(endpoint, answer) ? [endpoint.pod] : []));
  return found.slice(0, MOST_SILENT);
}

async function askAll(
  endpoints: readonly Endpoint[],
  request: SignalRequest,
  ports: ScaleReplicasPorts,
): Promise<ReadonlyMap<Endpoint, Answer>> {
  const { clock } = ports;
  const beganAtMs = clock.elapsedMs();
  const answers = new Map<Endpoint, Answer>();
  await sideBySide(endpoints, PODS_AT_A_TIME, async (endpoint) => {
    const isLate = clock.elapsedMs() - beganAtMs > ROUND_LIMIT_MS;
    answers.set(endpoint, isLate ? tooLate : await askPod(endpoint, request, ports));
  });
  return answers;
}

const leftOut: Answer = { failure: 'signals.sources leaves pods out' };

const tooLate: Answer = { failure: `not asked: pods before it took more than ${ROUND_LIMIT_MS / 1000} s` };

/** A pod that does not answer is a gap in what is known, not the end of the look. */
async function askPod(
  { pod, port }: Endpoint,
  { connection, service }: SignalRequest,
  { podTexts }: ScaleReplicasPorts,
): Promise<Answer> {
  if (!service.signals.sources.includes('pods')) return leftOut;
  try {
    return { text: await podTexts.read(connection, { namespace: service.namespace, pod, port, path: '/metrics' }) };
  } catch (thrown) {
    if (!(thrown instanceof AutomationError)) throw thrown;
    return { failure: thrown.message };
  }
}
