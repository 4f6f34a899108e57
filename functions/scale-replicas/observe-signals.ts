/** Asks pods what they measure, and Cloud Monitoring for what they did not say. */
import type { CounterMemory } from '#shared/domain/metrics/counters.ts';
import { withAgeLimit } from '#shared/domain/metrics/gauges.ts';
import { readServingSignals } from '#shared/domain/metrics/serving-signals.ts';
import { fillFrom, hasGaps, mapSamples, type Signals } from '#shared/domain/metrics/signal-gaps.ts';
import { AutomationError } from '#shared/errors.ts';
import { askPods } from './ask-pods.ts';
import type { ScaleReplicasPorts } from './ports.ts';
import type { SignalRequest } from './signal-request.ts';
import type { RememberedQuantiles } from './steps.ts';

/** How often objectives are read, ms. They come by ten queries, no decision depends on them, and what is stored is minutes old. */
const QUANTILES_PACE_MS = 60_000;

interface Measured {
  readonly signals: Signals;
  readonly counters: CounterMemory;
  readonly silent: readonly string[];
  readonly quantiles?: RememberedQuantiles;
}

/**
 * Pods first; Cloud Monitoring, which lags by minutes, only for what they did not say. Nothing that cannot be read ends the look: each
 * gap is a sample with its reason.
 */
export async function observeSignals(request: SignalRequest, ports: ScaleReplicasPorts): Promise<Measured> {
  const { service, nowMs, quantiles: remembered } = request;
  const { sources, maxAgeSeconds } = service.signals;
  const { answers, silent } = await askPods(request, ports);
  const { counters, ...asked } = readServingSignals(answers);
  const isAsked = sources.includes('monitoring') && isMoreWanted(asked, request);
  const stored = isAsked ? await readStored(request, ports) : undefined;
  const signals = stored === undefined ? withQuantiles(asked, remembered) : fillFrom(asked, stored);
  const quantiles = stored === undefined ? remembered : quantilesOf(signals, nowMs);
  return {
    signals: mapSamples(signals, (sample) => withAgeLimit(sample, nowMs, maxAgeSeconds * 1000)),
    counters,
    silent,
    ...(quantiles !== undefined && { quantiles }),
  };
}

/**
 * Of a service that sleeps nothing can have changed but that requests are held for it, and only that wakes it: its other gaps, and its
 * objectives, would be asked for all night.
 */
function isMoreWanted(asked: Signals, request: SignalRequest): boolean {
  const withPicker = request.service.endpointPicker !== undefined;
  const isAsleep = request.roles.every(({ workload, pods }) => workload?.replicas === 0 && pods.length === 0);
  if (!isAsleep) return hasGaps(asked, { withQuantiles: areQuantilesDue(request), withPicker });
  const { heldRequests, flowControl } = asked.service;
  return withPicker && flowControl !== 'off' && heldRequests.kind !== 'value';
}

/** Whoever states objectives wants to read how they are met. */
function areQuantilesDue({ service, nowMs, quantiles }: SignalRequest): boolean {
  if (Object.keys(service.slo).length === 0) return false;
  return quantiles === undefined || nowMs - quantiles.askedAtMs >= QUANTILES_PACE_MS;
}

function quantilesOf({ service }: Signals, askedAtMs: number): RememberedQuantiles {
  return { ttftP90Seconds: service.ttftP90Seconds, tpotP90Seconds: service.tpotP90Seconds, askedAtMs };
}

function withQuantiles(asked: Signals, remembered: RememberedQuantiles | undefined): Signals {
  if (remembered === undefined) return asked;
  const { ttftP90Seconds, tpotP90Seconds } = remembered;
  return { ...asked, service: { ...asked.service, ttftP90Seconds, tpotP90Seconds } };
}

/** Undefined where Cloud Monitoring cannot be read, either: the gaps stay, each with its own reason. */
async function readStored(request: SignalRequest, ports: ScaleReplicasPorts): Promise<Signals | undefined> {
  const { service, roles, nowMs } = request;
  const { cluster, namespace, servedModelName, endpointPicker } = service;
  try {
    const store = await ports.signalStore();
    return await store.read({
      project: cluster.project,
      location: cluster.location,
      cluster: cluster.name,
      namespace,
      servedModelName,
      pods: Object.fromEntries(
        roles.map(({ role, pods }) => [
          role.role,
          pods.filter(({ state }) => state === 'ready').map(({ name }) => name),
        ]),
      ),
      inferencePool: endpointPicker?.inferencePool,
      nowMs,
    });
  } catch (thrown) {
    if (!(thrown instanceof AutomationError)) throw thrown;
    ports.log.warn('could not read Cloud Monitoring', { target: service.target, error: thrown.message });
    return undefined;
  }
}
