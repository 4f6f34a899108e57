/** What llm-d's endpoint picker reads at its start (llm-d/llm-d-router apix/config/v1alpha1/endpointpickerconfig_types.go). Unknown fields end it. */
import { isAtLeast } from '../../../../shared/domain/serving/release.ts';
import type { Plugin } from './plugins.ts';

export type PickerApiVersion = 'llm-d.ai/v1alpha1' | 'llm-d.ai/v1';

export interface EndpointPickerConfig {
  readonly apiVersion: PickerApiVersion;
  readonly kind: 'EndpointPickerConfig';
  readonly featureGates?: readonly 'flowControl'[];
  readonly plugins: readonly Plugin[];
  readonly schedulingProfiles: readonly SchedulingProfile[];
  readonly dataLayer?: { readonly sources: readonly DataSource[] };
  readonly flowControl?: FlowControlConfig;
}

export interface SchedulingProfile {
  readonly name: string;
  readonly plugins: readonly { readonly pluginRef: string; readonly weight?: number }[];
}

export interface DataSource {
  readonly pluginRef: string;
  readonly extractors: readonly { readonly pluginRef: string }[];
}

/** Amounts are Kubernetes quantities, durations Go's. */
export interface FlowControlConfig {
  readonly maxBytes: string;
  readonly defaultRequestTTL: string;
  readonly noEndpointRequestTTL?: string;
  readonly saturationDetector: { readonly pluginRef: string };
  readonly priorityBands?: readonly PriorityBandConfig[];
}

export interface PriorityBandConfig {
  readonly priority: number;
  readonly maxRequests?: string;
  readonly fairnessPolicyRef: string;
  readonly orderingPolicyRef: string;
}

/** A plugin in a profile, and how much it counts where it scores. */
export interface Use {
  readonly plugin: Plugin;
  readonly weight?: number;
}

export interface PickerPlan {
  /** Of the picker. */
  readonly version: string;
  /** Plugins that are in no profile: producers of what others read, deciders, handlers. */
  readonly standing: readonly Plugin[];
  readonly profiles: readonly { readonly name: string; readonly uses: readonly Use[] }[];
  readonly sources: readonly { readonly source: Plugin; readonly extractor: Plugin }[];
  readonly flowControl?: { readonly plugins: readonly Plugin[]; readonly config: FlowControlConfig };
}

/** What a reference names is declared, because both are made of the same plugin. */
export function endpointPickerConfig(plan: PickerPlan): EndpointPickerConfig {
  const { version, standing, profiles, sources, flowControl } = plan;
  return {
    apiVersion: apiVersionOf(version),
    kind: 'EndpointPickerConfig',
    ...(flowControl !== undefined && { featureGates: ['flowControl'] }),
    plugins: declared([
      ...standing,
      ...sources.flatMap(({ source, extractor }) => [source, extractor]),
      ...profiles.flatMap(({ uses }) => uses.map(({ plugin }) => plugin)),
      ...(flowControl?.plugins ?? []),
    ]),
    schedulingProfiles: profiles.map(({ name, uses }) => ({ name, plugins: uses.map(referenceOf) })),
    ...(sources.length > 0 && {
      dataLayer: {
        sources: sources.map(({ source, extractor }) => ({
          pluginRef: nameOf(source),
          extractors: [{ pluginRef: nameOf(extractor) }],
        })),
      },
    }),
    ...(flowControl !== undefined && { flowControl: flowControl.config }),
  };
}

/**
 * 0.10.0 knows v1alpha1 only and refuses anything else (llm-d/llm-d-router pkg/epp/config/loader/configloader.go at v0.10.0); llm-d's guides
 * for what comes after it write v1 with the same fields (llm-d/llm-d guides/pd-disaggregation/router). Assumed: from the next release on.
 */
function apiVersionOf(version: string): PickerApiVersion {
  return isAtLeast(version, '0.11.0') ? 'llm-d.ai/v1' : 'llm-d.ai/v1alpha1';
}

/** A plugin is called what its type is called unless it says otherwise. */
export function nameOf(plugin: Plugin): string {
  return 'name' in plugin ? plugin.name : plugin.type;
}

function referenceOf({ plugin, weight }: Use): SchedulingProfile['plugins'][number] {
  return { pluginRef: nameOf(plugin), ...(weight !== undefined && { weight }) };
}

function declared(plugins: readonly Plugin[]): readonly Plugin[] {
  const byName = new Map<string, Plugin>();
  for (const plugin of plugins) {
    const other = byName.get(nameOf(plugin)) ?? plugin;
    if (JSON.stringify(other) !== JSON.stringify(plugin)) {
      throw new Error(`declaring the plugin ${nameOf(plugin)}: two of one name differ`);
    }
    byName.set(nameOf(plugin), other);
  }
  return [...byName.values()];
}
