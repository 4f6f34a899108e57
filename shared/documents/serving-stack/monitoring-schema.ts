import * as z from 'zod';
import type { LatencyObjectives, Monitoring } from '../../domain/serving/monitoring.ts';
import { monitoringDefaults as defaults } from '../../domain/serving/monitoring-defaults.ts';
import { choice, decimal, flag, whole } from '../fields.ts';
import { namespace } from '../kubernetes-names.ts';

/** Prometheus interpolates within a bucket: a promise at the edge of one is measured exactly. */
const objectives = z
  .strictObject({
    ttftSeconds: decimal({
      describe: 'Seconds to the first token that 99 of 100 requests keep; 90 of 100 for a scaler by latency',
      above: 0,
      max: 600,
    }).exactOptional(),
    itlSeconds: decimal({
      describe: 'Seconds between two tokens, likewise; 0.1 is the edge of a bucket of vLLM',
      above: 0,
      max: 60,
    }).exactOptional(),
  })
  .meta({ description: 'What is promised to users' }) satisfies z.ZodType<LatencyObjectives>;

export const monitoring = z
  .strictObject({
    intervalSeconds: whole({
      describe: 'Seconds between scrapes',
      min: 5,
      max: 300,
      default: defaults.intervalSeconds,
    }).exactOptional(),
    scope: choice(['namespace', 'cluster'], {
      describe: 'A monitor for each role, or one for all stacks of the cluster',
      default: defaults.scope,
    }).exactOptional(),
    collectorNamespace: choice(['gmp-system', 'gke-gmp-system'], {
      describe: "Namespace of Google's collectors; the second on Autopilot",
      default: defaults.collectorNamespace,
    }).exactOptional(),
    rules: flag({ describe: 'Recording and alerting rules', default: defaults.rules }).exactOptional(),
    objectives: objectives.exactOptional(),
    gpuExporter: z
      .strictObject({ namespace: namespace('Namespace of the exporter', 'gmp-public') })
      .meta({
        description: "A DCGM exporter of yours, for alerts on XID and memory errors, which GKE's own does not report",
      })
      .exactOptional(),
  })
  .meta({ description: 'What is measured, by Managed Service for Prometheus' }) satisfies z.ZodType<Monitoring>;
