/** What a person wants to see of a served model in one line of a screen. */
import { type HistogramReading, increaseOf, quantileOf } from '../../shared/simulation/histogram.ts';
import type { ServingModel } from '../../shared/simulation/serving-model.ts';
import type { ServedRole } from './service.ts';

export interface RoleSummary {
  readonly replicasReady: number;
  /** In the engines' queues, KV transfers included. */
  readonly queuedRequests: number;
  readonly runningRequests: number;
  /** Mean over the ready replicas, 0..1; absent without one. */
  readonly kvCacheUsedRatio?: number;
}

export interface ServiceSummary {
  readonly atMs: number;
  /** Arrivals over the last minute; absent before the first scrape. */
  readonly requestsPerSecond?: number;
  /** In the endpoint picker's hands. */
  readonly heldRequests: number;
  readonly roles: Readonly<Partial<Record<ServedRole, RoleSummary>>>;
  /** Of the requests that saw their first token in the last minute; absent if none did. */
  readonly ttftP90Seconds?: number;
  /** Of all requests with an outcome since the beginning, 0..1; absent before the first. */
  readonly attainedShare?: number;
  readonly completedRequests: number;
  readonly lostRequests: number;
  readonly refusedRequests: number;
  readonly retriedRequests: number;
  readonly gpuHours: number;
}

/** What had happened until some time. */
export interface Past {
  readonly atMs: number;
  readonly arrived: number;
  readonly timeToFirstToken: HistogramReading;
}

export function pastOf(model: ServingModel, atMs: number): Past {
  return { atMs, arrived: model.arrived, timeToFirstToken: model.score.timeToFirstToken.read() };
}

export function summarize(
  model: ServingModel,
  { since, now, gpuHours }: { readonly since: Past; readonly now: Past; readonly gpuHours: number },
): ServiceSummary {
  const { score, picker } = model;
  const seconds = (now.atMs - since.atMs) / 1000;
  const ttftP90Seconds = quantileOf(increaseOf(since.timeToFirstToken, now.timeToFirstToken), 0.9);
  return {
    atMs: now.atMs,
    ...(seconds > 0 && { requestsPerSecond: (now.arrived - since.arrived) / seconds }),
    heldRequests: picker.held.length,
    roles: rolesOf(model),
    ...(ttftP90Seconds !== undefined && { ttftP90Seconds }),
    ...(score.attainedShare !== undefined && { attainedShare: score.attainedShare }),
    completedRequests: score.completed,
    lostRequests: score.lost,
    refusedRequests: score.refused,
    retriedRequests: model.retried,
    gpuHours,
  };
}

function rolesOf(model: ServingModel): Readonly<Partial<Record<ServedRole, RoleSummary>>> {
  const roles = Object.groupBy(model.replicas.values(), ({ state }) => state.role);
  return Object.fromEntries(
    Object.entries(roles).map(([role, replicas]): [string, RoleSummary] => {
      const engines = replicas.map(({ engine }) => engine);
      const ready = replicas.filter(({ state }) => state.accepts).map(({ engine }) => engine);
      const kvSum = ready.reduce((sum, { kvUsedRatio }) => sum + kvUsedRatio, 0);
      return [
        role,
        {
          replicasReady: ready.length,
          queuedRequests: engines.reduce((sum, { queued, deferred }) => sum + queued + deferred, 0),
          runningRequests: engines.reduce((sum, { running }) => sum + running, 0),
          ...(ready.length > 0 && { kvCacheUsedRatio: kvSum / ready.length }),
        },
      ];
    }),
  );
}
