/** What GKE offers where: versions, zones and machine shapes, as data with their source (D12). */
import { realMediansMs, type Work } from './durations.ts';
import { type MachineShape, machines } from './machines.ts';

export interface GkeFacts {
  readonly channels: readonly ChannelFacts[];
  /** Zones of each region. */
  readonly zones: Readonly<Record<string, readonly string[]>>;
  readonly machines: Readonly<Record<string, MachineShape>>;
  /** How long operations take, median in world ms; Google's own in the running local cloud, shorter where only the order counts. */
  readonly mediansMs: Readonly<Record<Work, number>>;
}

export interface ChannelFacts {
  readonly channel: 'RAPID' | 'REGULAR' | 'STABLE';
  readonly defaultVersion: string;
  /** Newest first. */
  readonly validVersions: readonly string[];
}

/**
 * As of 2026-09. Versions are those that public sources name; which channel carries which is assumed:
 * 1.31.4-gke.1183000 and 1.32.2-gke.1475000 are the minimum for A3 Ultra and A4 (page "Create a custom AI-optimized GKE cluster"),
 * the 1.31.7, 1.32.4 and 1.33.4-gke.1036000 ones are recommended by AI-Hypercomputer/gpu-recipes
 * `docs/configuring-environment-gke-*.md`, 1.33.4-gke.1134000 is used by maci0/gke-inference-from-scratch,
 * the 1.34 and 1.35 ones are the minimum of managed DRANET (page "Accelerator network profile").
 */
const versions = [
  '1.35.2-gke.1842000',
  '1.34.1-gke.1829001',
  '1.33.4-gke.1134000',
  '1.33.4-gke.1036000',
  '1.32.4-gke.1767000',
  '1.32.4-gke.1236000',
  '1.32.2-gke.1475000',
  '1.31.7-gke.1265000',
  '1.31.4-gke.1183000',
] as const;

/** Zones: Compute Engine documentation, page "Regions and zones"; the regions that have A3 Ultra, A4 or A3 Mega. */
const zoneLetters: Readonly<Record<string, string>> = {
  'asia-east1': 'abc',
  'asia-northeast1': 'abc',
  'asia-south1': 'abc',
  'asia-south2': 'abc',
  'asia-southeast1': 'abc',
  'australia-southeast1': 'abc',
  'europe-north1': 'abc',
  'europe-west1': 'bcd',
  'europe-west3': 'abc',
  'europe-west4': 'abc',
  'us-central1': 'abcf',
  'us-east1': 'bcd',
  'us-east4': 'abc',
  'us-east5': 'abc',
  'us-south1': 'abc',
  'us-west1': 'abc',
  'us-west2': 'abc',
  'us-west3': 'abc',
  'us-west4': 'abc',
};

export const gkeFacts: GkeFacts = {
  channels: [
    { channel: 'RAPID', defaultVersion: versions[1], validVersions: versions.slice(0, 4) },
    { channel: 'REGULAR', defaultVersion: versions[2], validVersions: versions.slice(1) },
    { channel: 'STABLE', defaultVersion: versions[4], validVersions: versions.slice(3) },
  ],
  zones: Object.fromEntries(
    Object.entries(zoneLetters).map(([region, letters]) => [
      region,
      letters.split('').map((letter) => `${region}-${letter}`),
    ]),
  ),
  machines,
  mediansMs: realMediansMs,
};
