/** What services ask of a pool, and whether that can be relied on; and what is asked of the other pools of its cluster. */
import { z } from 'zod';
import type { DemandFacts } from '#shared/domain/node-pool/types.ts';
import type { PoolDemand } from '#shared/domain/pool-demand.ts';
import { DEMAND_AUTOMATION } from '#shared/domain/pool-names.ts';
import { findRecords } from '#shared/ledger/read-records.ts';
import { collections, PoolDemandRecord, progressKey } from '#shared/ledger/records.ts';
import type { ScaleNodePoolPorts } from './ports.ts';

/**
 * A demand is written only when it changes, so its own age says nothing; whoever writes it looks every 15 s. After so long (ms)
 * without a look that saw something nobody knows whether more is needed by now.
 */
export const DEMAND_LOOK_LIMIT_MS = 2 * 60_000;

/** Demands of a cluster that are read; more of them than this would be read only in part, which counts as unreadable. */
const MOST_DEMANDS = 1_000;

/** As much of a progress record as tells whether its automation sees anything. */
const LooksRecord = z.object({
  lookedAtMs: z.number(),
  blindLooks: z.number(),
  brokenLooks: z.number().exactOptional(),
});

export interface Demands {
  readonly demands: readonly DemandFacts[];
  /** On other pools: what they ask for is bought there, but their pods may be (still) on nodes of this one. */
  readonly demandsElsewhere: readonly DemandFacts[];
  /** Of those on the pool. */
  readonly unreadable: number;
}

export async function readDemands(
  { target, nowMs }: { readonly target: string; readonly nowMs: number },
  ports: Pick<ScaleNodePoolPorts, 'ledger' | 'log'>,
): Promise<Demands> {
  const of = { collection: collections.demands, schema: PoolDemandRecord };
  // `pool/<cluster>/`, with which the ids of all demands of the cluster begin.
  const cluster = target.slice(0, target.lastIndexOf('/') + 1);
  const found = await findRecords(ports, of, { afterId: cluster, limit: MOST_DEMANDS });
  const records = found.records.filter(({ id }) => id.startsWith(cluster)).map(({ record }) => record);
  const own = records.filter(({ pool }) => pool === target);
  const isCut =
    found.records.length + found.unreadable.length >= MOST_DEMANDS && found.lastId?.startsWith(cluster) === true;
  const unreadable = found.unreadable.filter(({ key }) => key.id.startsWith(`${target}:`)).length;
  return {
    demands: await Promise.all(own.map((record) => readFacts(record, nowMs, ports))),
    demandsElsewhere: records.filter(({ pool }) => pool !== target).map(toFacts),
    unreadable: unreadable + (isCut ? 1 : 0),
  };
}

function toFacts({ from, items, decidedAtMs }: PoolDemand): DemandFacts {
  // `model/<cluster>/<namespace>/<name>`
  return { from, namespace: from.split('/')[2] ?? '', items, decidedAtMs };
}

async function readFacts(
  demand: PoolDemand,
  nowMs: number,
  { ledger }: Pick<ScaleNodePoolPorts, 'ledger'>,
): Promise<DemandFacts> {
  const looks = LooksRecord.safeParse(
    await ledger.get(progressKey({ automation: DEMAND_AUTOMATION, target: demand.from })),
  );
  const doubt = doubtOf(looks.success ? looks.data : undefined, nowMs);
  return { ...toFacts(demand), ...(doubt !== undefined && { doubt }) };
}

function doubtOf(looks: z.infer<typeof LooksRecord> | undefined, nowMs: number): string | undefined {
  if (looks === undefined) return 'nothing is known of when it was last looked at';
  if (looks.blindLooks > 0) return 'it could not be looked at';
  if (looks.brokenLooks !== undefined) return 'looks at it end with a bug';
  const ageMs = nowMs - looks.lookedAtMs;
  return ageMs > DEMAND_LOOK_LIMIT_MS ? `it was last looked at ${Math.round(ageMs / 1000)} s ago` : undefined;
}
