/** Asks every serving pod, and the endpoint picker, what they measure: a few at a time, and for no longer than a look can spare. */
import type { Answer, PodAnswer, ServingAnswers } from '#shared/domain/metrics/serving-signals.ts';
import { AutomationError } from '#shared/errors.ts';
import { sideBySide } from '#shared/side-by-side.ts';
import type { SignalRequest } from './observe-signals.ts';
import type { ScaleReplicasPorts } from './ports.ts';

/**
 * Pods that one look asks at a time. Well below the connections to one API server, so that a pod's deadline begins when it is asked:
 * one that hangs must cost itself its answer, and not those behind it.
 */
const PODS_AT_A_TIME = 12;

/** How long a round of asking may take, ms, before the rest is left out: a look has 45 s for everything that it reads. */
const ROUND_LIMIT_MS = 10_000;

interface Endpoint {
  readonly pod: string;
  readonly port: number;
}

export async function askPods(request: SignalRequest, ports: ScaleReplicasPorts): Promise<ServingAnswers> {
  const { service, pickers, nowMs, counters } = request;
  const { servedModelName, endpointPicker } = service;
  const picked = endpointPicker && pickers?.map((pod): Endpoint => ({ pod, port: endpointPicker.metricsPort }));
  const servers = request.roles.map(({ role, pods }): [string, readonly Endpoint[]] => [
    role.role,
    pods.filter(({ state }) => state === 'ready').map(({ name }) => ({ pod: name, port: role.metricsPort })),
  ]);
  // The picker first: what it says cannot be had from anybody else, and without it all roles are in doubt.
  const endpoints = [...(picked ?? []), ...servers.flatMap(([, ofRole]) => ofRole)];
  const answers = await askAll(endpoints, request, ports);
  const toAnswer = (endpoint: Endpoint): PodAnswer => ({
    pod: endpoint.pod,
    answer: answers.get(endpoint) ?? { failure: 'not asked' },
  });
  return {
    servedModelName,
    roles: Object.fromEntries(servers.map(([role, ofRole]) => [role, ofRole.map(toAnswer)])),
    endpointPicker: picked?.map(toAnswer),
    atMs: nowMs,
    counters,
  };
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

const tooLate: Answer = { failure: `not asked: pods before it took more than ${ROUND_LIMIT_MS / 1000} s` };

/** A pod that does not answer is a gap in what is known, not the end of the look. */
async function askPod(
  { pod, port }: Endpoint,
  { connection, service }: SignalRequest,
  { podTexts }: ScaleReplicasPorts,
): Promise<Answer> {
  if (!service.signals.sources.includes('pods')) return { failure: 'signals.sources leaves pods out' };
  try {
    return { text: await podTexts.read(connection, { namespace: service.namespace, pod, port, path: '/metrics' }) };
  } catch (thrown) {
    if (!(thrown instanceof AutomationError)) throw thrown;
    return { failure: thrown.message };
  }
}
