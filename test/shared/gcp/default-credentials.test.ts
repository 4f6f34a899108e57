import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { makeComputeNetworks } from '#shared/gcp/compute-networks.ts';
import { makeGkeClusters } from '#shared/gcp/gke-clusters.ts';

const place = { project: 'demo', region: 'us-central1' };

/** A machine without any credentials: no key file, no gcloud login, no metadata server. */
beforeEach(() => {
  vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', '');
  vi.stubEnv('CLOUDSDK_CONFIG', '/nonexistent');
  vi.stubEnv('HOME', '/nonexistent');
  vi.stubEnv('METADATA_SERVER_DETECTION', 'none');
});
afterEach(() => {
  vi.unstubAllEnvs();
});

// A rejection that nobody handles would fail the run: generated clients have one when their start fails.
it('says that there are no credentials, at every call', async () => {
  const options = { connection: { credentials: 'adc', endpoints: {} } } as const;
  const networks = makeComputeNetworks(options);
  const clusters = makeGkeClusters(options);

  for (let call = 0; call < 2; call++) {
    await expect(networks.list('networks', place)).rejects.toMatchObject({
      kind: 'auth',
      facts: { code: 'NO_CREDENTIALS' },
    });
    await expect(clusters.read(place, 'demo')).rejects.toMatchObject({
      kind: 'auth',
      facts: { code: 'NO_CREDENTIALS' },
    });
  }
});
