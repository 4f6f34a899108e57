/** A service whose cluster has been deleted, seen through the loop. */
import { describe, expect, it } from 'vitest';
import { catalogue } from '#manifests/catalogue/index.ts';
import { runAutomation } from '#shared/automation.ts';
import { parseStoredDocument } from '#shared/documents/index.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import { AutomationError } from '#shared/errors.ts';
import { demandKey, documentKey, PoolDemandRecord, Progress, progressKey, wakeKey } from '#shared/ledger/records.ts';
import { makeProgress } from '../../support/make-progress.ts';
import { prepareWake } from '#shared/wakes.ts';
import { foretellRefusal } from '../../../functions/objections.ts';
import { scaleReplicas } from '../../../functions/scale-replicas/index.ts';
import type { ScaleReplicasPorts } from '../../../functions/scale-replicas/ports.ts';
import { makeLoopBench } from '../../support/loop-ports.ts';
import { makeModelServiceDocument } from '../../support/make-model-service.ts';

const wake = { automation: 'scale-replicas', target: 'model/demo/serving/llama-70b' };
const place = (location: string) => ({ cluster: { project: 'demo', location, name: 'demo' } });
const demand = {
  pool: 'pool/demo/h200',
  from: wake.target,
  items: [{ what: 'decode', pods: 4, gpusPerPod: 8 }],
  decidedAtMs: 1,
};
const stood = makeProgress(wake, { report: { sizes: [] } });

/** A service that stood and asked for 4 nodes; then one look, at which GKE answers as given. */
async function lookOnce(read: () => Promise<JsonObject | undefined>) {
  const bench = makeLoopBench();
  const { ledger } = bench;
  await ledger.transact(async (tx) => {
    const woken = await prepareWake(tx, wake);
    const origin = { publishTimeMs: 1, messageId: 'm', contentHash: 'h', acceptedAtMs: 1, actor: 'a' };
    const document = makeModelServiceDocument();
    tx.put(documentKey(wake.target), { kind: 'ModelService', target: wake.target, document, sequence: 1, ...origin });
    tx.put(progressKey(wake), stood);
    tx.put(demandKey(demand), demand);
    woken.write(tx);
  });
  const none = async () => await Promise.reject(new Error('there is no cluster to ask'));
  const ports: ScaleReplicasPorts = {
    ...bench,
    clusters: async () => ({ read }),
    objects: { read: none, list: none },
    workloads: { scale: none, annotatePod: none },
    podTexts: { read: none },
    signalStore: none,
  };
  await runAutomation(scaleReplicas, ports, wake);
  const moved = parseStoredDocument('ModelService', makeModelServiceDocument({ spec: place('us-east4') }), catalogue);
  return {
    progress: Progress.parse(await ledger.get(progressKey(wake))),
    demand: PoolDemandRecord.parse(await ledger.get(demandKey(demand))),
    woken: bench.published,
    wakeRecord: await ledger.get(wakeKey(wake)),
    refusal: await foretellRefusal(ledger, moved),
  };
}

describe('a cluster that GKE does not know', () => {
  it('has nothing of the service: no pool is asked for anything, and the service may move', async () => {
    const { progress, demand: asked, woken, wakeRecord, refusal } = await lookOnce(async () => undefined);

    expect(progress).toMatchObject({
      phase: 'holding',
      reason: 'connecting to cluster demo: there is none in demo/us-central1',
      report: { cluster: 'gone' },
    });
    expect(asked.items).toEqual([]);
    expect(woken).toContainEqual({ automation: 'scale-node-pool', target: 'pool/demo/h200' });
    expect(wakeRecord).toMatchObject({ nextCheckAtMs: 1_015_000 });
    expect(refusal).toEqual([]);
  });

  it.each([
    { name: 'GKE cannot be asked', read: async () => await Promise.reject(new AutomationError('auth', 'HTTP 403')) },
    { name: 'it has no address yet', read: async () => ({ name: 'demo', status: 'PROVISIONING' }) },
  ])('is not what is seen while $name: all stays as it was', async ({ read }) => {
    const { progress, demand: asked, refusal } = await lookOnce(read);

    expect(progress.report).toEqual(stood.report);
    expect(asked).toEqual(demand);
    expect(refusal).toEqual([expect.stringMatching(/^spec\.cluster\.location = "us-east4": must stay "us-central1"/)]);
  });
});
