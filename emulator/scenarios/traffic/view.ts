/** The story in lines of text. Pure. */
import type { ServiceSummary } from '../../traffic/summary.ts';
import { type Bill, GPUS_PER_NODE, staticFleet, USD_PER_NODE_HOUR } from './account.ts';
import type { Change } from './decisions.ts';
import type { ServiceStory, StoryRole } from './document.ts';
import type { Look, NodeCounts } from './look.ts';

const HOUR_MS = 3_600_000;

const columns = [
  ['time', 5],
  ['req/s', 6],
  ['held', 5],
  ['queued', 6],
  ['KV', 4],
  ['TTFT p90', 8],
  ['prefill', 8],
  ['decode', 8],
  ['nodes', 5],
] as const;

/** Above the rows. Replicas are `ready/wanted`. */
export function headerLine(): string {
  return joined(columns.map(([name]) => name));
}

/** Example: `14:30   11.2     0      3   9%   0.42 s      4/5      5/5      3 +1`. */
export function rowLine({ atMs, model, wanted, nodes }: Look): string {
  const { prefill, decode } = model.roles;
  const queued = (prefill?.queuedRequests ?? 0) + (decode?.queuedRequests ?? 0);
  const ready = (role: StoryRole): string => `${model.roles[role]?.replicasReady ?? 0}/${wanted[role]}`;
  return joined([
    clockText(atMs),
    number(model.requestsPerSecond, 1),
    String(model.heldRequests),
    String(queued),
    decode?.kvCacheUsedRatio === undefined ? '-' : `${(100 * decode.kvCacheUsedRatio).toFixed(0)}%`,
    model.ttftP90Seconds === undefined ? '-' : `${number(model.ttftP90Seconds, 2)} s`,
    ready('prefill'),
    ready('decode'),
    nodesText(nodes),
  ]);
}

function joined(cells: readonly string[]): string {
  return cells.map((cell, index) => cell.padStart(columns[index]?.[1] ?? 0)).join('  ');
}

/** `3 +1 -1`: three serve, one is on its way, one is leaving. */
function nodesText({ ready, coming, leaving }: NodeCounts): string {
  return `${ready}${coming > 0 ? ` +${coming}` : ''}${leaving > 0 ? ` -${leaving}` : ''}`;
}

/** Set off from the rows, so that the eye finds them. */
export function changeLine({ atMs, target, sentence }: Change): string {
  const subject = target.startsWith('pool/') ? `pool ${target.split('/').at(-1) ?? ''}: ` : '';
  return `${clockText(atMs)}    > ${subject}${sentence}`;
}

/** UTC, as everything in the world. */
export function clockText(atMs: number): string {
  return new Date(atMs).toISOString().slice(11, 16);
}

/** Before the first request. */
export function deployedLines({ name }: ServiceStory, lastsMs: number): readonly string[] {
  return [
    `Deployed ${name}: prefill and decode behind an endpoint picker; requests begin in 10 min, the story lasts ${spanText(lastsMs)}.`,
    'The seed fixes the requests; the rest differs a little from run to run (emulator/README.md says why).',
  ];
}

export interface Day {
  readonly story: ServiceStory;
  readonly model: ServiceSummary;
  readonly bill: Bill;
  readonly changes: readonly Change[];
  /** Notifications of alerts, and messages that nobody could do anything with. */
  readonly deadLetters: number;
  readonly realSeconds: number;
}

export function summaryLines({ story, model, bill, changes, deadLetters, realSeconds }: Day): readonly string[] {
  const { completedRequests, lostRequests, refusedRequests, retriedRequests, attainedShare } = model;
  const { ttftSeconds, tpotSeconds } = story.objectives;
  const ofPool = changes.filter(({ target }) => target.startsWith('pool/')).length;
  return [
    `${spanText(bill.hours * HOUR_MS)} of ${story.target} (${Math.round(realSeconds)} s of real time)`,
    '',
    `  requests     ${grouped(completedRequests)} answered, ${lostRequests} lost, ${refusedRequests} refused, ${retriedRequests} tried again elsewhere`,
    `  objectives   ${percent(attainedShare)} within ${ttftSeconds} s to the first token and ${tpotSeconds} s for each further one`,
    `  decisions    ${changes.length - ofPool} that changed replicas, ${ofPool} that changed nodes`,
    `  calls        ${[
      counted(bill.scalings, 'scale patch', 'scale patches'),
      counted(bill.poolResizes, 'pool resize'),
      counted(bill.nodeDeletions, 'node deletion'),
      counted(bill.evictions, 'eviction'),
    ].join(', ')}`,
    `  alerts       ${counted(bill.notifications, 'notification')}, each a hint to look; ${counted(deadLetters, 'dead letter')}`,
    '',
    ...costLines(story, bill),
  ];
}

/** What can be done with the model of a cloud that keeps running, and what load it has. */
export function tryLines({ target }: ServiceStory, isRecorded: boolean): readonly string[] {
  const load = isRecorded
    ? 'The recorded requests go on to their end'
    : 'Requests go on as long as the local cloud runs';
  return [
    '',
    `${load}, at 1x of real time while nothing changes. Try`,
    `  npx inferctl explain ${target}`,
    `  npx inferctl override ${target} decode=6 --for 1h`,
    `  npx inferctl pause ${target} --reason 'by hand for now'`,
  ];
}

/** Three fleets beside each other: as it was scaled, always at the most, always at the least. */
function costLines({ sizes, gpusPerReplica }: ServiceStory, bill: Bill): readonly string[] {
  const fleetOf = (end: 'min' | 'max') => staticFleet(sizes.prefill[end] + sizes.decode[end], gpusPerReplica);
  const scaled = {
    name: `scaled (${nodesBetween(bill.fewestNodes, bill.mostNodes)})`,
    gpuHours: bill.gpuHours,
    nodeHours: bill.nodeHours,
  };
  const always = (name: string, { gpus, nodes }: { readonly gpus: number; readonly nodes: number }) => ({
    name: `${name} (${counted(nodes, 'node')})`,
    gpuHours: gpus * bill.hours,
    nodeHours: nodes * bill.hours,
  });
  const rows = [scaled, always('always the most', fleetOf('max')), always('always the least', fleetOf('min'))];
  return [
    `  ${'fleet'.padEnd(28)}${'GPU hours'.padStart(18)}${'node hours'.padStart(12)}${'USD'.padStart(10)}`,
    ...rows.map(({ name, gpuHours: hours, nodeHours }) => {
      const usd = nodeHours * USD_PER_NODE_HOUR;
      return `  ${name.padEnd(28)}${round(hours).padStart(18)}${round(nodeHours).padStart(12)}${grouped(Math.round(usd)).padStart(10)}`;
    }),
    `  (GPU hours: of replicas; node hours: ${GPUS_PER_NODE} GPUs, in use or not. Fleets of one size are counted, not played.)`,
  ];
}

/** Example: `1 node`, `2 nodes`. */
function counted(count: number, one: string, several = `${one}s`): string {
  return `${count} ${count === 1 ? one : several}`;
}

function nodesBetween(fewest: number, most: number): string {
  return fewest === most ? `${counted(fewest, 'node')} throughout` : `${fewest} to ${counted(most, 'node')}`;
}

/** Example: `1 hour`, `2.5 hours`. */
function spanText(ms: number): string {
  const hours = Math.round((ms / HOUR_MS) * 10) / 10;
  return `${hours} ${hours === 1 ? 'hour' : 'hours'}`;
}

function number(value: number | undefined, digits: number): string {
  return value === undefined ? '-' : value.toFixed(digits);
}

const round = (value: number): string => value.toFixed(1);
const percent = (share: number | undefined): string => (share === undefined ? '-' : `${(100 * share).toFixed(2)} %`);
const grouped = (value: number): string => value.toLocaleString('en-US');
