import type { CounterMemory } from '#shared/domain/metrics/counters.ts';
import type { ResolvedModelService } from '#shared/domain/model-service.ts';
import type { ClusterConnection } from '#shared/ports/cluster-objects.ts';
import type { RememberedQuantiles, RoleObserved } from './steps.ts';

/** Whose signals are asked for, and what earlier looks remember of them. */
export interface SignalRequest {
  readonly service: ResolvedModelService;
  readonly connection: ClusterConnection;
  readonly roles: readonly RoleObserved[];
  /** Pods of the endpoint picker; undefined: the service has none. */
  readonly pickers: readonly string[] | undefined;
  readonly nowMs: number;
  readonly counters: CounterMemory | undefined;
  readonly quantiles: RememberedQuantiles | undefined;
  /** Pods that did not answer when they were last asked; absent: none is known. */
  readonly silent?: readonly string[] | undefined;
}
