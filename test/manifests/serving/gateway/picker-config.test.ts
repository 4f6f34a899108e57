/** What the endpoint picker is told: read strictly by it, so that a wrong name ends it at its start. */
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { EndpointPickerConfig } from '#manifests/serving/gateway/picker-config/picker-config.ts';
import { endpointPickerConfig } from '#manifests/serving/gateway/picker-config/picker-config.ts';
import { gateway } from '#manifests/serving/gateway/gateway.ts';
import { type GatewaySpec, scorings } from '#shared/domain/serving/gateway.ts';
import type { StackRoles } from '#shared/domain/serving/roles.ts';
import type { ServingStackSpec } from '#shared/domain/serving/stack.ts';
import { makeStack } from '../../../support/make-serving-stack.ts';

const together: StackRoles = { aggregated: { gpus: 1 } };
const apart: StackRoles = { prefill: {}, decode: {} };

function configOf(written: GatewaySpec, spec: Partial<ServingStackSpec> = {}): EndpointPickerConfig {
  const objects = gateway(makeStack({ gateway: written, ...spec }));
  const map = objects.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'demo-epp');
  const { data } = map as unknown as { readonly data: { readonly 'endpoint-picker.yaml': string } };
  return parse(data['endpoint-picker.yaml']) as EndpointPickerConfig;
}

/** `queue-scorer 2`. */
function profilesOf({ schedulingProfiles }: EndpointPickerConfig): Record<string, readonly string[]> {
  return Object.fromEntries(
    schedulingProfiles.map(({ name, plugins }) => [
      name,
      plugins.map(({ pluginRef, weight }) => [pluginRef, ...(weight === undefined ? [] : [weight])].join(' ')),
    ]),
  );
}

const pluginOf = ({ plugins }: EndpointPickerConfig, type: string) => plugins.find((plugin) => plugin.type === type);

describe('the configuration of an endpoint picker', () => {
  it('compares by queue, KV cache and prefix where nothing is said', () => {
    const config = configOf({});

    expect(config).toEqual({
      apiVersion: 'llm-d.ai/v1alpha1',
      kind: 'EndpointPickerConfig',
      plugins: [
        { type: 'approx-prefix-cache-producer', parameters: { maxPrefixTokensToMatch: 131_072 } },
        { type: 'queue-scorer' },
        { type: 'kv-cache-utilization-scorer' },
        { type: 'prefix-cache-scorer' },
        { type: 'max-score-picker' },
      ],
      schedulingProfiles: [
        {
          name: 'default',
          plugins: [
            { pluginRef: 'queue-scorer', weight: 2 },
            { pluginRef: 'kv-cache-utilization-scorer', weight: 2 },
            { pluginRef: 'prefix-cache-scorer', weight: 3 },
            { pluginRef: 'max-score-picker' },
          ],
        },
      ],
    });
  });

  it.each([
    {
      what: 'two roles',
      spec: {},
      prefill: [
        'prefill-filter',
        'prefix-cache-scorer 3',
        'queue-scorer 2',
        'kv-cache-utilization-scorer 2',
        'max-score-picker',
      ],
      decode: ['decode-filter', 'active-request-scorer 2', 'max-score-picker'],
    },
    {
      what: 'two roles, by what decode has',
      spec: { prefillWhen: { uncachedTokens: 512 } },
      prefill: [
        'prefill-filter',
        'prefix-cache-scorer 3',
        'queue-scorer 2',
        'kv-cache-utilization-scorer 2',
        'max-score-picker',
      ],
      decode: ['decode-filter', 'prefix-cache-scorer 3', 'active-request-scorer 2', 'max-score-picker'],
    },
    {
      what: 'two roles of a measured peak',
      spec: { peakPrefillTokensPerSecond: 33_821 },
      prefill: ['prefill-filter', 'prefix-cache-affinity-filter', 'token-load-scorer', 'max-score-picker'],
      decode: ['decode-filter', 'active-request-scorer 2', 'max-score-picker'],
    },
    {
      what: 'predicted latency of two roles',
      spec: { scoring: 'predicted-latency' },
      prefill: ['prefill-filter', 'loose-affinity-filter', 'ttft-scorer', 'weighted-random-picker'],
      decode: ['decode-filter', 'tpot-scorer', 'weighted-random-picker'],
    },
  ] as const)('has a profile for each of $what', ({ spec, prefill, decode }) => {
    const profiles = profilesOf(configOf(spec, { roles: apart }));

    expect(profiles).toEqual({ prefill, decode });
  });

  it.each([
    { prefillWhen: 'always', decider: 'always-disagg-pd-decider', parameters: undefined },
    {
      prefillWhen: { uncachedTokens: 512 },
      decider: 'prefix-based-pd-decider',
      parameters: { nonCachedTokens: 512 },
    },
  ] as const)('asks $decider where to prefill', ({ prefillWhen, decider, parameters }) => {
    const config = configOf({ prefillWhen }, { roles: apart });

    const handler = pluginOf(config, 'disagg-profile-handler');
    expect(handler).toEqual({ type: 'disagg-profile-handler', parameters: { deciders: { prefill: decider } } });
    expect(pluginOf(config, decider)).toEqual({ type: decider, ...(parameters && { parameters }) });
  });

  it.each(
    scorings.flatMap((scoring) =>
      [together, apart].flatMap((roles) => [{}, { flowControl: {} }].map((more) => ({ scoring, roles, more }))),
    ),
  )('declares every plugin that it refers to: $scoring, $roles, $more', ({ scoring, roles, more }) => {
    const config = configOf({ scoring, ...more }, { roles, kvCache: { events: true } });

    const names = config.plugins.map((plugin) => ('name' in plugin ? plugin.name : plugin.type));
    expect(names).toEqual([...new Set(names)]);
    expect(names).toEqual(expect.arrayContaining([...referencesIn(config)]));
  });

  it('looks prefixes up in blocks of the size, seed and port that pods report with', () => {
    const config = configOf({ scoring: 'precise-prefix' }, { kvCache: { events: true, blockTokens: 32 } });

    expect(pluginOf(config, 'precise-prefix-cache-producer')).toMatchObject({
      parameters: {
        tokenProcessorConfig: { blockSizeTokens: 32, hashSeed: '42' },
        kvEventsConfig: { topicFilter: 'kv@', podDiscoveryConfig: { socketPort: 5556 } },
      },
    });
    expect(config.dataLayer?.sources.at(-1)).toEqual({
      pluginRef: 'endpoint-notification-source',
      extractors: [{ pluginRef: 'precise-prefix-cache-producer' }],
    });
  });

  it.each([
    { what: 'all pods', roles: together, parameters: { streamingMode: true } },
    { what: 'decode', roles: apart, parameters: { streamingMode: true, endpointRoleLabel: 'llm-d.ai/role' } },
  ])('learns times between tokens of $what', ({ roles, parameters }) => {
    const config = configOf({ scoring: 'predicted-latency' }, { roles });

    expect(pluginOf(config, 'predicted-latency-producer')).toMatchObject({ parameters });
  });

  it('compares no more of a prompt than the model takes', () => {
    const config = configOf({}, { model: { id: 'org/model', maxContextTokens: 8192 } });

    expect(pluginOf(config, 'approx-prefix-cache-producer')).toMatchObject({
      parameters: { maxPrefixTokensToMatch: 8192 },
    });
  });

  it('lets requests wait by their priority', () => {
    const config = configOf({
      flowControl: {
        saturation: { requestsPerEndpoint: 132 },
        bands: [{ priority: 10, maxRequests: 500, fairness: 'round-robin', ordering: 'edf' }],
        maxWaitWithoutPodsSeconds: 900,
      },
    });

    expect(config.featureGates).toEqual(['flowControl']);
    expect(config.flowControl).toEqual({
      maxBytes: '8Gi',
      defaultRequestTTL: '60s',
      noEndpointRequestTTL: '900s',
      saturationDetector: { pluginRef: 'concurrency-detector' },
      priorityBands: [
        {
          priority: 10,
          maxRequests: '500',
          fairnessPolicyRef: 'round-robin-fairness-policy',
          orderingPolicyRef: 'edf-ordering-policy',
        },
      ],
    });
    expect(pluginOf(config, 'concurrency-detector')).toMatchObject({ parameters: { maxConcurrency: 132 } });
  });

  it.each([
    { version: '0.10.0', apiVersion: 'llm-d.ai/v1alpha1' },
    { version: '0.11.0', apiVersion: 'llm-d.ai/v1' },
  ])('is in $apiVersion for a picker of $version', ({ version, apiVersion }) => {
    expect(configOf({ endpointPicker: { version } }).apiVersion).toBe(apiVersion);
  });

  it('refuses two plugins of one name', () => {
    const plan = {
      version: '0.10.0',
      standing: [
        { type: 'utilization-detector' },
        { type: 'utilization-detector', parameters: { queueDepthThreshold: 1 } },
      ],
      profiles: [],
      sources: [],
    } as const;

    expect(() => endpointPickerConfig(plan)).toThrow(
      'declaring the plugin utilization-detector: two of one name differ',
    );
  });
});

/** Every value under a key that refers to a plugin. */
function referencesIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const refers = /Ref$|^prefixMatchInfoProducerName$/.test(key) && typeof inner === 'string';
    if (key === 'deciders') return Object.values(inner as Record<string, string>);
    return refers ? [inner] : referencesIn(inner);
  });
}
