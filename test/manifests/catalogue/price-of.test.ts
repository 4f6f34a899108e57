import { describe, expect, it } from 'vitest';
import { catalogue } from '#manifests/catalogue/index.ts';
import { priceOf } from '#manifests/catalogue/price-of.ts';
import { makePool, makeResolvedCluster } from '../../support/make-cluster.ts';

describe('priceOf', () => {
  it('adds fee, system nodes and reserved GPU nodes: 0.10 + 2 x 0.536 + 2 x 86.8', () => {
    const price = priceOf(makeResolvedCluster(), catalogue);

    expect(price).toEqual({
      usdPerHour: 174.772,
      lines: [
        {
          what: 'cluster management fee',
          count: 1,
          usdPerHourEach: 0.1,
          source: 'Google Kubernetes Engine pricing page, cluster management fee (2026-08, official)',
        },
        {
          what: 'pool system: e2-standard-16',
          count: 2,
          usdPerHourEach: 0.536,
          source:
            'cloudpilot-ai/karpenter-provider-gcp pkg/providers/pricing/initial-prices.json (2026-08-03, secondary)',
        },
        {
          what: 'pool h200: a3-ultragpu-8g, reservation',
          count: 2,
          usdPerHourEach: 86.8,
          source: 'price comparison sites (10.85 per GPU); no official list price found (2026-08, secondary)',
        },
      ],
    });
  });

  it('counts pools at their largest when asked to', () => {
    const cluster = makeResolvedCluster({ pool: { size: { initial: 2, max: 4 } } });

    expect(priceOf(cluster, catalogue, 'max').usdPerHour).toBe(348.372);
  });

  it('does not know the sum when it does not know a part', () => {
    const price = priceOf(makeResolvedCluster({ pool: { consumption: { spot: true } } }), catalogue);

    expect(price.usdPerHour).toBeUndefined();
    expect(price.lines.at(-1)).toEqual({
      what: 'pool h200: a3-ultragpu-8g, spot',
      count: 2,
      usdPerHourEach: undefined,
      source: 'unknown: state usdPerNodeHour in the document',
    });
  });

  it('does not use a price of another region', () => {
    const cluster = makeResolvedCluster({ spec: { region: 'europe-west1', zone: 'europe-west1-b' } });

    expect(priceOf(cluster, catalogue).lines[1]?.usdPerHourEach).toBeUndefined();
  });

  it('believes the document over the catalogue', () => {
    const cluster = makeResolvedCluster({
      spec: { systemPool: { usdPerNodeHour: 1, nodes: 3 } },
      pool: { consumption: { spot: true }, usdPerNodeHour: 30.5 },
    });

    const price = priceOf(cluster, catalogue);

    expect(price.usdPerHour).toBe(64.1);
    expect(price.lines.slice(1).map(({ source }) => source)).toEqual(['the document', 'the document']);
  });

  it('needs no price for no nodes', () => {
    const gpuPools = [makePool({ size: { initial: 0, max: 2 }, consumption: { spot: true } })];
    const cluster = makeResolvedCluster({ spec: { gpuPools } });

    expect(priceOf(cluster, catalogue).usdPerHour).toBe(1.172);
    expect(priceOf(cluster, catalogue, 'max').usdPerHour).toBeUndefined();
  });
});
