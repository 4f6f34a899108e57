import type { ServingSignals } from '../domain/metrics/serving-signals.ts';

/** Whose signals are wanted. */
export interface MonitoredService {
  readonly project: string;
  readonly location: string;
  readonly cluster: string;
  readonly namespace: string;
  /** Label `model_name` of the metrics. */
  readonly servedModelName: string;
  /** Names of the pods that serve, by role. */
  readonly pods: Readonly<Record<string, readonly string[]>>;
  /** Undefined: the service has no endpoint picker. */
  readonly inferencePool: string | undefined;
  readonly nowMs: number;
}

export type MonitoredSignals = Pick<ServingSignals, 'roles' | 'service'>;

/** Signals from where they are stored: later than the pods themselves say, but with a past. Throws `AutomationError`. */
export interface SignalStore {
  read(service: MonitoredService): Promise<MonitoredSignals>;
}
