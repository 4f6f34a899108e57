import type { Stack } from '../../../shared/domain/serving/resolved-stack.ts';
import type { AlertingRule } from '../../kubernetes/managed-prometheus.ts';
import { seriesLabels } from './metrics.ts';

export interface AlertWords {
  readonly name: string;
  /** `critical`: users notice. `warning`: they will. */
  readonly severity: 'critical' | 'warning';
  readonly expr: string;
  /** How long it has to hold. */
  readonly minutes: number;
  /** What is wrong. */
  readonly summary: string;
  /** Where to look first. */
  readonly look: string;
}

export function alertOf(
  { name: stack }: Stack,
  { name, severity, expr, minutes, summary, look }: AlertWords,
): AlertingRule {
  return {
    alert: name,
    expr,
    for: `${minutes}m`,
    labels: { severity, [seriesLabels.stack]: stack },
    annotations: { summary: `${stack}: ${summary}`, description: `Look at ${look}. Value: {{ $value }}` },
  };
}
