/** What can be said of a document before it is published, within a second: apply asks it every time. */
import { catalogue } from '#manifests/catalogue/index.ts';
import { type FleetDocument, formatProblem, parseDocument, targetOf } from '#shared/documents/index.ts';
import type { ClusterDocument } from '#shared/domain/cluster.ts';
import type { ModelServiceDocument } from '#shared/domain/model-service.ts';
import { resolveCluster } from '#shared/domain/resolve-cluster.ts';
import { clusterTarget } from '#shared/domain/target.ts';
import { AutomationError } from '#shared/errors.ts';
import { priceOf } from '#manifests/catalogue/price-of.ts';
import { readRecord } from '#shared/ledger/read-records.ts';
import { DocumentRecord, documentKey, Progress, progressKey } from '#shared/ledger/records.ts';
import type { Ledger } from '#shared/ports/ledger.ts';
import { checkSpending } from '../spending.ts';
import type { DoorReply } from '../door.ts';
import { foretellRefusal } from '../objections.ts';
import { wakesOf } from '../registry.ts';
import type { Runtime } from '../runtime.ts';
import { findCluster, notBuiltYet, noSuchCluster } from './find-cluster.ts';
import { invalid } from './preview.ts';

interface Foretold {
  /** Intake would accept it, but nothing would ever come of it, and its target could not be taken back. */
  readonly obstacles: readonly string[];
  /** Worth knowing; a person may publish it all the same. */
  readonly warnings: readonly string[];
}

const nothing: Foretold = { obstacles: [], warnings: [] };

/**
 * Reads the ledger and, of a service whose cluster no document declares, that cluster. Reservations, machines, versions and workloads
 * are for `/plan`, which looks at the whole world and takes its time.
 */
export async function checkDocument(runtime: Pick<Runtime, 'ledger' | 'cloud'>, body: unknown): Promise<DoorReply> {
  const parsed = parseDocument(body, catalogue);
  if (!parsed.ok) return invalid(parsed.problems);
  const { document } = parsed;
  const problems = await foretellRefusal(await runtime.ledger(), document);
  const foretold = problems.length > 0 ? nothing : await foretell(runtime, document);
  return { status: 200, body: { target: targetOf(document), problems, ...foretold } };
}

async function foretell(runtime: Pick<Runtime, 'ledger' | 'cloud'>, document: FleetDocument): Promise<Foretold> {
  switch (document.kind) {
    case 'Cluster':
      return { ...nothing, warnings: foretellPrice(document, runtime.cloud.spendCapUsdPerHour) };
    case 'ModelService':
      return await foretellCluster(runtime, document);
  }
}

/** What `build-cluster` would hold for, in its words: a price is known without a look. */
function foretellPrice(document: ClusterDocument, capUsdPerHour: number): readonly string[] {
  return checkSpending({ price: priceOf(resolveCluster(document, catalogue), catalogue), capUsdPerHour });
}

async function foretellCluster(
  { ledger: openLedger, cloud }: Pick<Runtime, 'ledger' | 'cloud'>,
  service: ModelServiceDocument,
): Promise<Foretold> {
  const ledger = await openLedger();
  const known = await findCluster(ledger, service);
  // Intake has accepted its document; whether GKE has got it yet makes no difference to what should be published.
  if (known.isDeclared) {
    return (await isBuilt(ledger, service)) ? nothing : { ...nothing, warnings: [notBuiltYet(service)] };
  }
  const { project, location, name } = service.spec.cluster;
  try {
    const found = await (await cloud.clusterReader()).read({ project, region: location }, name);
    if (found !== undefined) return nothing;
  } catch (thrown) {
    if (!(thrown instanceof AutomationError)) throw thrown;
    return { ...nothing, warnings: [`whether cluster ${name} exists is not known: ${thrown.message}`] };
  }
  const problem = formatProblem(noSuchCluster(service, known));
  const stands = await readRecord(ledger, documentKey(targetOf(service)), DocumentRecord);
  // One that is looked after already may lose its cluster for a while, and must not be frozen by that.
  return stands === undefined ? { ...nothing, obstacles: [problem] } : { ...nothing, warnings: [problem] };
}

/** Whether a build has ever found the cluster to stand; asking GKE is for `/plan`. */
async function isBuilt(ledger: Ledger, { spec }: ModelServiceDocument): Promise<boolean> {
  const wakes = wakesOf(clusterTarget(spec.cluster.name));
  const looks = await Promise.all(wakes.map(async (wake) => await readRecord(ledger, progressKey(wake), Progress)));
  return looks.some((look) => look?.steps['cluster']?.endedAtMs !== undefined);
}
