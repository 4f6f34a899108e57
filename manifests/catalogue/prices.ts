import type { Price } from '../../shared/domain/catalogue.ts';

const KARPENTER = 'cloudpilot-ai/karpenter-provider-gcp pkg/providers/pricing/initial-prices.json';

/**
 * US dollars per hour. What is not listed is unknown, not free: e.g. there is no A3 Ultra spot price here because no source names one.
 * A document may state a price of its own (`usdPerNodeHour`), which wins.
 */
export const prices: readonly Price[] = [
  {
    subject: 'cluster',
    model: 'on-demand',
    usdPerHour: 0.1,
    confidence: 'official',
    source: 'Google Kubernetes Engine pricing page, cluster management fee',
    asOf: '2026-08',
  },
  {
    subject: 'a3-ultragpu-8g',
    model: 'on-demand',
    // Told as 84.8 to 86.8 (10.85 a GPU); the upper end, because spend caps are judged by it. A reservation costs the same.
    usdPerHour: 86.8,
    confidence: 'secondary',
    source: 'price comparison sites (10.85 per GPU); no official list price found',
    asOf: '2026-08',
  },
  {
    subject: 'a4-highgpu-8g',
    model: 'spot',
    region: 'us-west2',
    usdPerHour: 51.55,
    confidence: 'secondary',
    source: 'dstackai/dstack pull request 3142',
    asOf: '2025-10',
  },
  {
    subject: 'e2-standard-16',
    model: 'on-demand',
    region: 'us-central1',
    usdPerHour: 0.536,
    confidence: 'secondary',
    source: KARPENTER,
    asOf: '2026-08-03',
  },
];
