/** Probes, and how long a start may take. */
import type { Check, Fault } from '../check.ts';
import { type CheckedPod, isPartial, type ServedPod } from '../checked-set.ts';
import type { Container } from '../container.ts';
import { declaredPorts, isSilent, portsOf } from '../model-server.ts';
import { at, isThere, numberOf, type Place } from '../place.ts';

const PROBES = 'llm-d/llm-d docs/operations/readiness-probes.md';
const KUBERNETES = 'Kubernetes documentation, "Configure Liveness, Readiness and Startup Probes"';

const probeNames = ['startupProbe', 'livenessProbe', 'readinessProbe'] as const;

/** Where the probes of a container say which port they ask. */
function probedPorts(container: Container): readonly Place[] {
  return probeNames
    .flatMap((name) => ['httpGet', 'tcpSocket'].map((way) => at(container.place, name, way, 'port')))
    .filter(isThere);
}

const probePortExists: Check = {
  id: 'probe-port-exists',
  severity: 'error',
  title: 'A probe asks a port that its container has, and on which its server listens.',
  source: KUBERNETES,
  run: ({ pods }) =>
    pods.flatMap((pod) =>
      pod.containers.flatMap((container) => probedPorts(container).flatMap((port) => portFault(pod, container, port))),
    ),
};

/** A name has to be declared; a number is held against what the server listens on. */
function portFault(pod: CheckedPod, container: Container, port: Place): readonly Fault[] {
  const own = declaredPorts(container);
  const named = own.find(({ name }) => name === port.value);
  if (typeof port.value === 'string' && !/^\d+$/.test(port.value) && named === undefined) {
    const names = own.flatMap(({ name }) => name ?? []);
    return [
      {
        at: port,
        message: `no port of container ${container.name} is named ${port.value}`,
        fix:
          names.length === 0 ? 'declare the port in the container' : `name one of ${names.join(', ')}, or declare it`,
      },
    ];
  }
  return listeningFault(pod, container, { place: port, number: Number(named?.port ?? port.value) });
}

/** Only where it is known on what the server listens. */
function listeningFault(
  pod: CheckedPod,
  container: Container,
  { place, number }: { readonly place: Place; readonly number: number },
): readonly Fault[] {
  const server = pod.servers.find((candidate) => candidate.container === container);
  if (server?.engine !== 'vllm' || server.port === undefined || isPartial(container)) return [];
  const listening = portsOf(server);
  // A pod has one network: a sidecar beside it may answer.
  const others = pod.containers.filter((other) => other !== container).flatMap(declaredPorts);
  if (listening.includes(number) || others.some(({ port }) => port === number)) return [];
  return [
    {
      at: place,
      message: `the probe asks port ${number}, the server listens on ${listening.join(', ')}`,
      fix: `ask port ${listening.at(0)}, or change --port`,
    },
  ];
}

const probesOnSilentWorker: Check = {
  id: 'probes-on-silent-worker',
  severity: 'error',
  title:
    'A worker that serves no HTTP has no HTTP or TCP probe: it would never pass, and the group never become ready.',
  source: 'vllm-project/vllm vllm/entrypoints/cli/serve.py (--headless); kubernetes-sigs/lws docs/examples/vllm',
  run: ({ pods }) =>
    pods
      .filter(({ group }) => group?.position !== 'leader')
      .flatMap((pod) => pod.containers.filter((container) => !container.isInit && isSilent(container)))
      .flatMap((container) =>
        probeNames
          .map((name) => at(container.place, name))
          .filter((probe) => isThere(at(probe, 'httpGet')) || isThere(at(probe, 'tcpSocket')))
          .map((probe) => ({
            at: probe,
            message: `container ${container.name} computes and answers nobody, so this probe never passes`,
            fix: 'remove it: the group’s restart policy looks after workers; probe the leader',
          })),
      ),
};

/** Pods that answer requests and stay: a Job, or a worker, is none. */
function answering(servers: readonly ServedPod[]): readonly ServedPod[] {
  return servers.filter(({ container, pod }) => !isSilent(container) && !pod.object.kind.endsWith('Job'));
}

/** Seconds until a container that never answers is killed. */
function budgetOf(probe: Place): number {
  const { initialDelaySeconds, periodSeconds, failureThreshold } = probeNumbers(probe);
  return initialDelaySeconds + periodSeconds * failureThreshold;
}

/** Defaults of Kubernetes (documentation of `Probe`). */
function probeNumbers(probe: Place) {
  return {
    initialDelaySeconds: numberOf(at(probe, 'initialDelaySeconds')) ?? 0,
    periodSeconds: numberOf(at(probe, 'periodSeconds')) ?? 10,
    failureThreshold: numberOf(at(probe, 'failureThreshold')) ?? 3,
  };
}

/** Seconds; a model of 100 GiB takes about that from Hugging Face (llm-d's own budget is 3,600). */
const SHORTEST_START_SECONDS = 600;

const startupProbe: Check = {
  id: 'startup-probe',
  severity: 'warning',
  title: 'A startup probe gives the model time to load before liveness is judged.',
  source: PROBES,
  run: ({ servers }) =>
    answering(servers).flatMap(({ container: { place } }) => {
      const [startup, liveness] = [at(place, 'startupProbe'), at(place, 'livenessProbe')];
      if (isThere(startup) || !isThere(liveness)) return [];
      const budget = budgetOf(liveness);
      if (budget >= SHORTEST_START_SECONDS) return [];
      return [
        {
          at: liveness,
          message: `liveness kills the container ${budget} s after its start, loaded or not, and there is no startup probe`,
          fix: 'add a startupProbe on /v1/models with a budget for the whole load, e.g. periodSeconds 10 × failureThreshold 360',
        },
      ];
    }),
};

const readinessProbe: Check = {
  id: 'readiness-probe',
  severity: 'warning',
  title: 'Readiness asks the server over HTTP whether the model answers.',
  source: PROBES,
  run: ({ servers }) =>
    answering(servers).flatMap(({ container: { place } }) => {
      const readiness = at(place, 'readinessProbe');
      const fix = 'add a readinessProbe with httpGet /v1/models on the port of the model server';
      if (!isThere(readiness)) {
        // A startup probe holds readiness back until it has passed.
        if (isThere(at(place, 'startupProbe'))) return [];
        return [{ at: place, message: 'there is no readiness probe: requests arrive before the model is loaded', fix }];
      }
      if (!isThere(at(readiness, 'tcpSocket'))) return [];
      return [{ at: at(readiness, 'tcpSocket'), message: 'an open port says nothing about the model behind it', fix }];
    }),
};

const progressDeadline: Check = {
  id: 'progress-deadline',
  severity: 'warning',
  title: 'A Deployment’s progressDeadlineSeconds is above the startup budget of its pods.',
  source: 'Kubernetes documentation, "Deployments" (progressDeadlineSeconds, 600 by default)',
  run: ({ servers }) =>
    answering(servers)
      .filter(({ pod }) => pod.object.kind === 'Deployment')
      .flatMap(({ container, pod }) => {
        const startup = at(container.place, 'startupProbe');
        const deadline = at(pod.object.place, 'spec', 'progressDeadlineSeconds');
        const [seconds, budget] = [numberOf(deadline) ?? 600, budgetOf(startup)];
        if (!isThere(startup) || seconds > budget) return [];
        return [
          {
            at: isThere(deadline) ? deadline : at(pod.object.place, 'spec'),
            message: `the Deployment is reported as failed after ${seconds} s, its pods may load for ${budget} s`,
            fix: `write progressDeadlineSeconds: ${budget + 600}`,
          },
        ];
      }),
};

export const probeChecks: readonly Check[] = [
  probePortExists,
  probesOnSilentWorker,
  startupProbe,
  readinessProbe,
  progressDeadline,
];
