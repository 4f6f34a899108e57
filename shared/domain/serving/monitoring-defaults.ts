/** What a stack's `monitoring` means where it says nothing, with its sources. */
import type { LatencyObjectives, Monitoring } from './monitoring.ts';
import type { Stack } from './resolved-stack.ts';

export const monitoringDefaults = {
  /** llm-d/llm-d guides/recipes/modelserver/components/monitoring. */
  intervalSeconds: 15,
  scope: 'namespace',
  /** llm-d/llm-d-router config/charts/routerlib/templates/_gke.yaml. */
  collectorNamespace: 'gmp-system',
  rules: true,
} as const;

/** A scrape that takes longer is lost anyway; it may not be longer than the interval (GoogleCloudPlatform/prometheus-engine, PodMonitoring). */
const MAX_TIMEOUT_SECONDS = 10;

export interface ResolvedMonitoring extends Required<Omit<Monitoring, 'objectives' | 'gpuExporter'>> {
  readonly timeoutSeconds: number;
  readonly objectives: LatencyObjectives;
  readonly gpuExporter?: NonNullable<Monitoring['gpuExporter']>;
}

/** Undefined: the document asks for none. */
export function resolveMonitoring({ spec }: Stack): ResolvedMonitoring | undefined {
  if (spec.monitoring === undefined) return undefined;
  const merged = { ...monitoringDefaults, ...spec.monitoring };
  return {
    ...merged,
    timeoutSeconds: Math.min(MAX_TIMEOUT_SECONDS, merged.intervalSeconds),
    objectives: spec.monitoring.objectives ?? {},
  };
}

/** What is promised, whether or not anything is measured. */
export function monitoringObjectives({ spec }: Stack): LatencyObjectives {
  return spec.monitoring?.objectives ?? {};
}
