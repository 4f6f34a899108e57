/** How a pod goes without cutting off whoever it answers. */
import type { Check } from '../check.ts';
import type { CheckedPod, ServedPod } from '../checked-set.ts';
import { isSilent } from '../model-server.ts';
import { at, isThere, itemsOf, numberOf, type Place, textOf } from '../place.ts';

const DRAIN = 'kserve/kserve pkg/controller/v1alpha2/llmisvc/config_merge.go';
const SHUTDOWN = 'llm-d/llm-d docs/operations/lifecycle/graceful-shutdown.md';

/** Seconds that the process needs to end after the last request (KServe keeps as many). */
const EXIT_SECONDS = 5;

/** Kubernetes documentation, "Pod Lifecycle". */
const DEFAULT_GRACE_SECONDS = 30;

function graceOf({ spec }: Pick<CheckedPod, 'spec'>): number {
  return numberOf(at(spec, 'terminationGracePeriodSeconds')) ?? DEFAULT_GRACE_SECONDS;
}

/** Undefined: no hook, or one that does something else than wait. */
function preStopSeconds(container: Place): number | undefined {
  const preStop = at(container, 'lifecycle', 'preStop');
  const direct = numberOf(at(preStop, 'sleep', 'seconds'));
  if (direct !== undefined) return direct;
  const words = itemsOf(at(preStop, 'exec', 'command')).map((word) => textOf(word) ?? '');
  const [, seconds] = /(?:^|[\s/;&])sleep\s+(\d+)/.exec(words.join(' ')) ?? [];
  return seconds === undefined ? undefined : Number(seconds);
}

const graceCoversDrain: Check = {
  id: 'grace-covers-drain',
  severity: 'error',
  title: 'terminationGracePeriodSeconds covers the preStop wait, --shutdown-timeout, and 5 s to exit.',
  source: DRAIN,
  run: ({ servers }) =>
    servers.flatMap(({ container, pod, flags }) => {
      const [wait, drain] = [preStopSeconds(container.place) ?? 0, flags.number('--shutdown-timeout') ?? 0];
      const needed = wait + drain + EXIT_SECONDS;
      const grace = graceOf(pod);
      if (wait + drain === 0 || grace >= needed) return [];
      const written = at(pod.spec, 'terminationGracePeriodSeconds');
      return [
        {
          at: isThere(written) ? written : pod.spec,
          message: `the pod is killed after ${grace} s; preStop ${wait} s + --shutdown-timeout ${drain} s + exit ${EXIT_SECONDS} s = ${needed} s`,
          fix: `write terminationGracePeriodSeconds: ${needed}`,
        },
      ];
    }),
};

/** What is scaled and rolled out: nobody expects of a Job or a bare Pod that it hands over. */
function isReplaced({ pod, container }: ServedPod): boolean {
  return !isSilent(container) && !/Job$|^Pod$/.test(pod.object.kind);
}

const drains: Check = {
  id: 'drains',
  severity: 'warning',
  title: 'A server that is replaced waits until it gets no more requests, and ends those that it has.',
  source: SHUTDOWN,
  run: ({ servers }) =>
    servers.filter(isReplaced).flatMap(({ container, flags, at: place }) => {
      const hasHook = isThere(at(container.place, 'lifecycle', 'preStop'));
      const timeout = flags.get('--shutdown-timeout');
      if (hasHook && timeout !== undefined && timeout !== '0') return [];
      const missing = [
        ...(hasHook ? [] : ['preStop wait (requests still arrive when it ends)']),
        ...(timeout === undefined || timeout === '0'
          ? ['--shutdown-timeout (its default, 0, aborts requests in flight)']
          : []),
      ];
      return [
        {
          at: hasHook ? place : container.place,
          message: `there is no ${missing.join(' and no ')}`,
          fix: 'add lifecycle.preStop sleep 15, --shutdown-timeout=45 (vLLM 0.18.0 and newer) and terminationGracePeriodSeconds: 75',
        },
      ];
    }),
};

export function isEndpointPicker(image: string): boolean {
  return /\/(llm-d-router-endpoint-picker|llm-d-inference-scheduler|epp)(-dev)?(:|@|$)/.test(image);
}

const pickerGrace: Check = {
  id: 'picker-grace',
  severity: 'warning',
  title: 'The endpoint picker has at least the grace of the pods that it picks: requests in flight go through it.',
  source: 'llm-d/llm-d-router config/charts/routerlib/templates/_deployment.yaml',
  run: ({ pods, servers }) => {
    const longest = Math.max(0, ...servers.map(({ pod }) => graceOf(pod)));
    return pods
      .filter((pod) => pod.containers.some(({ image }) => isEndpointPicker(image)) && graceOf(pod) < longest)
      .map((pod) => {
        const written = at(pod.spec, 'terminationGracePeriodSeconds');
        return {
          at: isThere(written) ? written : pod.spec,
          message: `the endpoint picker is killed after ${graceOf(pod)} s, model servers have ${longest} s`,
          fix: `write terminationGracePeriodSeconds: ${longest} or more`,
        };
      });
  },
};

export const drainChecks: readonly Check[] = [graceCoversDrain, drains, pickerGrace];
