/** Custom resources of Managed Service for Prometheus, as far as we write them (GoogleCloudPlatform/prometheus-engine charts/operator/crds). */
import type { V1LabelSelector } from '@kubernetes/client-node';
import type { Applied, Wire } from './wire.ts';

const API_VERSION = 'monitoring.googleapis.com/v1';

/** Prometheus' form: `15s`. */
export type PrometheusDuration = `${number}${'s' | 'm' | 'h'}`;

export interface ScrapeEndpoint {
  /** By name: only then the container is known. */
  readonly port: string;
  readonly path: string;
  readonly interval: PrometheusDuration;
  readonly timeout: PrometheusDuration;
  readonly authorization?: {
    readonly type: 'Bearer';
    readonly credentials: { readonly secret: SecretKey };
  };
}

export interface SecretKey {
  readonly name: string;
  readonly key: string;
  /** That of the monitor when left out. */
  readonly namespace?: string;
}

export interface TargetLabels {
  readonly metadata: readonly ('container' | 'namespace' | 'node' | 'pod')[];
  /** Labels of the pod that become labels of its series. */
  readonly fromPod: readonly { readonly from: string; readonly to: string }[];
}

interface MonitoringSpec {
  readonly selector: Wire<V1LabelSelector>;
  /** 1..10. */
  readonly endpoints: readonly ScrapeEndpoint[];
  readonly targetLabels: TargetLabels;
}

export type PodMonitoring = Applied<{ spec: MonitoringSpec }> & { readonly kind: 'PodMonitoring' };
export type ClusterPodMonitoring = Applied<{ spec: MonitoringSpec }> & { readonly kind: 'ClusterPodMonitoring' };

export type Rule = RecordingRule | AlertingRule;

export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
  readonly labels?: { readonly [label: string]: string };
}

export interface AlertingRule {
  readonly alert: string;
  readonly expr: string;
  readonly for: PrometheusDuration;
  readonly labels: { readonly [label: string]: string };
  readonly annotations: { readonly summary: string; readonly description: string };
}

export interface RuleGroup {
  readonly name: string;
  readonly interval: PrometheusDuration;
  readonly rules: readonly Rule[];
}

export type Rules = Applied<{ spec: { readonly groups: readonly RuleGroup[] } }> & { readonly kind: 'Rules' };

export function podMonitoring(metadata: PodMonitoring['metadata'], spec: MonitoringSpec): PodMonitoring {
  return { apiVersion: API_VERSION, kind: 'PodMonitoring', metadata, spec };
}

export function clusterPodMonitoring(
  metadata: ClusterPodMonitoring['metadata'],
  spec: MonitoringSpec,
): ClusterPodMonitoring {
  return { apiVersion: API_VERSION, kind: 'ClusterPodMonitoring', metadata, spec };
}

export function rules(metadata: Rules['metadata'], groups: readonly RuleGroup[]): Rules {
  return { apiVersion: API_VERSION, kind: 'Rules', metadata, spec: { groups } };
}
