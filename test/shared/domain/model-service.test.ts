import { describe, expect, it } from 'vitest';
import { resolveModelService } from '#shared/domain/model-service.ts';
import { makeModelService, makeRole, type ModelServiceChanges } from '../../support/make-model-service.ts';

const resolved = (changes: ModelServiceChanges = {}) => resolveModelService(makeModelService(changes));

describe('resolveModelService', () => {
  it('fills in every default', () => {
    expect(resolved({ prefill: { peakPrefillTokensPerSecond: 15_928 } })).toEqual({
      name: 'llama-70b',
      target: 'model/demo/serving/llama-70b',
      cluster: { project: 'demo', location: 'us-central1', name: 'demo' },
      namespace: 'serving',
      servedModelName: 'meta-llama/Llama-3.3-70B-Instruct',
      endpointPicker: { deployment: 'llama-70b-epp', inferencePool: 'llama-70b', metricsPort: 9090 },
      roles: [
        {
          role: 'prefill',
          workload: { kind: 'Deployment', name: 'llama-70b-prefill' },
          gpusPerReplica: 4,
          podsPerReplica: 1,
          nodePool: 'h200',
          metricsPort: 8000,
          size: { min: 1, max: 8, owner: 'inference-fleet' },
          peakPrefillTokensPerSecond: 15_928,
          startupSeconds: 600,
        },
        {
          role: 'decode',
          workload: { kind: 'Deployment', name: 'llama-70b-decode' },
          gpusPerReplica: 4,
          podsPerReplica: 1,
          nodePool: 'h200',
          metricsPort: 8200,
          size: { min: 1, max: 8, owner: 'inference-fleet' },
          startupSeconds: 600,
        },
      ],
      nodePools: [{ name: 'h200', size: { min: 1, max: 4, owner: 'inference-fleet' } }],
      signals: { maxAgeSeconds: 90, sources: ['pods', 'monitoring'] },
      slo: {},
      scaling: {
        targets: {
          queuedRequestsPerReplica: 1,
          runningRequestsPerReplica: 16,
          kvCacheUsedRatio: 0.8,
          prefillBacklogSeconds: 1.5,
          saturationRatio: 0.7,
        },
        toleranceRatio: 0.1,
        up: { stabilizationSeconds: 0, maxPercentPerPeriod: 100, periodSeconds: 15 },
        down: { stabilizationSeconds: 300, maxPercentPerPeriod: 100, periodSeconds: 15 },
        cooldownAfterUpSeconds: 1200,
        scaleToZeroAfterSeconds: 600,
      },
    });
  });

  it('takes what is written over the default', () => {
    const written = {
      endpointPicker: { deployment: 'epp', inferencePool: 'pool', metricsPort: 9091 },
      nodePools: [{ name: 'h200', size: { min: 0, max: 2, owner: 'gke' } }],
      signals: { maxAgeSeconds: 30, sources: ['monitoring'] },
      slo: { ttftP90Seconds: 3 },
      spendCapUsdPerHour: 500,
    };

    expect(resolved({ spec: written, decode: { metricsPort: 8001 } })).toMatchObject({
      ...written,
      roles: [{ metricsPort: 8000 }, { metricsPort: 8001 }],
    });
  });

  it('reads an aggregated model server at the port of vLLM', () => {
    expect(resolved({ spec: { roles: [makeRole('aggregated')] } }).roles).toMatchObject([{ metricsPort: 8000 }]);
  });

  it.each([
    {
      name: 'a window alone keeps the default rate',
      written: { stabilizationSeconds: 60 },
      expected: { stabilizationSeconds: 60, maxPercentPerPeriod: 100, periodSeconds: 15 },
    },
    {
      name: 'replicas per period replace the default percentage',
      written: { maxReplicasPerPeriod: 1, periodSeconds: 300 },
      expected: { stabilizationSeconds: 300, maxReplicasPerPeriod: 1, periodSeconds: 300 },
    },
    {
      name: 'a percentage replaces the default one',
      written: { maxPercentPerPeriod: 50 },
      expected: { stabilizationSeconds: 300, maxPercentPerPeriod: 50, periodSeconds: 15 },
    },
    {
      name: 'both rates stand beside one another',
      written: { maxPercentPerPeriod: 50, maxReplicasPerPeriod: 4 },
      expected: { stabilizationSeconds: 300, maxPercentPerPeriod: 50, maxReplicasPerPeriod: 4, periodSeconds: 15 },
    },
  ])('$name', ({ written, expected }) => {
    expect(resolved({ spec: { scaling: { down: written } } }).scaling.down).toEqual(expected);
  });

  it.each([
    { name: 'is twice the start-up of the slowest role', scaling: {}, expected: 1800 },
    { name: 'is what is written', scaling: { cooldownAfterUpSeconds: 0 }, expected: 0 },
  ])('the cool-down $name', ({ scaling, expected }) => {
    const service = resolved({ spec: { scaling }, prefill: { startupSeconds: 900 }, decode: { startupSeconds: 300 } });

    expect(service.scaling.cooldownAfterUpSeconds).toBe(expected);
  });
});
