/** List prices of machines that serve and that no pool of ours is built of; those that are stand in `prices.ts`. */
import type { Price } from '../../shared/domain/catalogue.ts';

const told = {
  model: 'on-demand',
  confidence: 'secondary',
  source: 'cloudpilot-ai/karpenter-provider-gcp pkg/providers/pricing/initial-prices.json',
  asOf: '2026-08-03',
} as const;

const central = { ...told, region: 'us-central1' } as const;

export const servingPrices: readonly Price[] = [
  { ...central, subject: 'g2-standard-12', usdPerHour: 1.0 },
  { ...central, subject: 'g2-standard-24', usdPerHour: 2.001 },
  { ...central, subject: 'g2-standard-48', usdPerHour: 4.002 },
  { ...central, subject: 'g2-standard-96', usdPerHour: 8.003 },
  { ...central, subject: 'a2-highgpu-1g', usdPerHour: 3.673 },
  { ...central, subject: 'a2-highgpu-2g', usdPerHour: 7.347 },
  { ...central, subject: 'a2-highgpu-4g', usdPerHour: 14.694 },
  { ...central, subject: 'a2-highgpu-8g', usdPerHour: 29.387 },
  { ...central, subject: 'a2-megagpu-16g', usdPerHour: 55.74 },
  { ...central, subject: 'a2-ultragpu-1g', usdPerHour: 5.069 },
  { ...central, subject: 'a2-ultragpu-2g', usdPerHour: 10.138 },
  { ...central, subject: 'a2-ultragpu-4g', usdPerHour: 20.275 },
  { ...central, subject: 'a2-ultragpu-8g', usdPerHour: 40.55 },
  { ...central, subject: 'a3-highgpu-1g', usdPerHour: 11.061 },
  { ...central, subject: 'a3-highgpu-2g', usdPerHour: 22.122 },
  { ...central, subject: 'a3-highgpu-4g', usdPerHour: 44.245 },
  { ...central, subject: 'a3-highgpu-8g', usdPerHour: 88.49 },
  // Not offered on demand in us-central1.
  { ...told, region: 'us-east4', subject: 'a3-megagpu-8g', usdPerHour: 92.938 },
];
