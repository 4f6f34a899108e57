/** What publishing a `ModelService` document would mean: what is looked after, within which limits, by whom, for how much. Pure. */
import * as z from 'zod';
import type { PlanAnswer, PoolPlan, ServicePlan } from '../status-answers.ts';
import { counted } from '#shared/domain/counted.ts';
import { type Line, plain, span } from '../text/line.ts';
import { alignCells, toTable } from '../text/table.ts';

type Plan = PlanAnswer['plans'][number];

interface Around {
  readonly plan: Plan;
  readonly pools: readonly PoolPlan[];
  /** What the first look would do, as lines. */
  readonly steps: readonly Line[];
}

export function servicePlanLines(service: ServicePlan, { plan, pools, steps }: Around): readonly Line[] {
  const { cluster, namespace, servedModelName, roles } = service;
  const names = roles.map(({ role }) => role).join(' and ');
  const where = `namespace ${namespace} of cluster ${cluster.name} (${cluster.project}/${cluster.location})`;
  return [
    plain(`Looks after ${names} of ${servedModelName} in ${where}; deploys nothing`),
    plain(''),
    ...roleTable(service, plan),
    plain(''),
    ...poolTable(pools),
    plain(''),
    ...(steps.length === 0 ? [] : [plain('The first look would'), ...steps, plain('')]),
    ...alignCells([
      [span('Now'), span(`${plan.phase}: ${plan.reason}`)],
      [span('Next'), span(plan.next)],
      [span('Price'), span(priceText(service))],
    ]),
  ];
}

const Size = z.looseObject({ role: z.string(), replicas: z.number() });

/** Replicas as they are; a workload that was not found has none to show. */
function replicasNow({ report }: Plan, role: string): string {
  const sizes = z.array(Size).safeParse(report?.['sizes']);
  const found = sizes.success ? sizes.data.find((one) => one.role === role) : undefined;
  return found === undefined ? '-' : `${found.replicas}`;
}

function roleTable({ roles }: ServicePlan, plan: Plan): readonly Line[] {
  return toTable(
    ['ROLE', 'WORKLOAD', 'NOW', 'REPLICAS', 'OWNER', 'GPUS EACH', 'POOL'],
    roles.map(({ role, workload, size, gpusPerReplica, nodePool }) => [
      span(role),
      span(`${workload.kind} ${workload.name}`),
      span(replicasNow(plan, role)),
      span(rangeText(size)),
      span(size.owner),
      span(`${gpusPerReplica}`),
      span(nodePool),
    ]),
  );
}

function poolTable(pools: readonly PoolPlan[]): readonly Line[] {
  return toTable(
    ['POOL', 'NODES', 'OWNER', 'DOCUMENT'],
    pools.map(({ target, size, says }) => [
      span(target),
      span(size === undefined ? '-' : rangeText(size)),
      span(size?.owner ?? '-'),
      span(says),
    ]),
  );
}

function rangeText({ min, max }: { readonly min: number; readonly max: number }): string {
  return min === max ? `${min}` : `${min} to ${max}`;
}

/** Of the GPUs of the roles; nodes are paid for whole, and their number is the pool's. */
function priceText({ price, spendCapUsdPerHour: cap }: ServicePlan): string {
  const { minGpus, maxGpus, minUsdPerHour, maxUsdPerHour, unknownPools = [] } = price;
  const gpus = minGpus === maxGpus ? counted(minGpus, 'GPU') : `${minGpus} to ${counted(maxGpus, 'GPU')}`;
  const capped = cap === undefined ? '' : `; no more is added above the spend cap of ${cap.toFixed(2)}`;
  if (minUsdPerHour === undefined || maxUsdPerHour === undefined) {
    const pools = unknownPools.length === 0 ? '' : ` of pool ${unknownPools.join(', ')}`;
    return `unknown for ${gpus}: nobody has said what a GPU${pools} costs; state usdPerGpuHour of its roles${capped}`;
  }
  const [from, to] = [minUsdPerHour.toFixed(2), maxUsdPerHour.toFixed(2)];
  const range = from === to ? from : `${from} to ${to}`;
  return `${range} USD per hour for ${gpus}; nodes are paid for whole${capped}`;
}
