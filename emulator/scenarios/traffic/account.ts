/** What the day took: machines by the hour, calls, alerts. */
import type { JournalEntry } from '../../world/journal.ts';
import type { World } from '../../world/world.ts';
import type { Look } from './look.ts';

const MS_PER_HOUR = 3_600_000;

/** Of a node of the sample cluster. */
export const GPUS_PER_NODE = 8;

/**
 * What a node (a3-ultragpu-8g) costs, US dollars per hour: price comparison sites, 10.85 for each GPU, as of 2026-08; no official list
 * price was found. The product's catalogue says the same (held equal by a test).
 */
export const USD_PER_NODE_HOUR = 86.8;

export interface Bill {
  readonly hours: number;
  /** Of replicas that had a node, serving or not. */
  readonly gpuHours: number;
  readonly nodeHours: number;
  readonly mostNodes: number;
  readonly fewestNodes: number;
  /** Accepted changes of a role's size. */
  readonly scalings: number;
  readonly poolResizes: number;
  readonly nodeDeletions: number;
  readonly evictions: number;
  /** Notifications of alert policies. */
  readonly notifications: number;
}

/** Adds up from the first look on. */
export class Account {
  readonly #world: World;
  readonly #firstEntry: number;
  readonly #firstNotification: number;
  #first: Look | undefined;
  #last: Look | undefined;
  #nodeHours = 0;
  #most = 0;
  #fewest = Number.POSITIVE_INFINITY;

  constructor(world: World) {
    this.#world = world;
    this.#firstEntry = world.journal.entries.length;
    this.#firstNotification = world.monitoring.notifications.published;
  }

  /** Between two looks everything is taken to be as at the first. */
  add(look: Look): void {
    if (this.#last !== undefined) {
      this.#nodeHours += (machinesOf(this.#last) * (look.atMs - this.#last.atMs)) / MS_PER_HOUR;
    }
    this.#first ??= look;
    this.#last = look;
    this.#most = Math.max(this.#most, look.nodes.ready);
    this.#fewest = Math.min(this.#fewest, look.nodes.ready);
  }

  bill(): Bill {
    const entries = this.#world.journal.entries.slice(this.#firstEntry).filter(({ effect }) => effect);
    const count = (matches: (entry: JournalEntry) => boolean): number => entries.filter(matches).length;
    return {
      hours: ((this.#last?.atMs ?? 0) - (this.#first?.atMs ?? 0)) / MS_PER_HOUR,
      gpuHours: (this.#last?.model.gpuHours ?? 0) - (this.#first?.model.gpuHours ?? 0),
      nodeHours: this.#nodeHours,
      mostNodes: this.#most,
      fewestNodes: this.#fewest,
      scalings: count(isScaling),
      poolResizes: count(({ method }) => method === 'setNodePoolSize'),
      nodeDeletions: count(({ method }) => method === 'deleteInstances'),
      evictions: count(({ resource }) => resource.endsWith('/eviction')),
      notifications: this.#world.monitoring.notifications.published - this.#firstNotification,
    };
  }
}

export const isScaling = ({ service, resource }: JournalEntry): boolean =>
  service === 'kubernetes' && resource.endsWith('/scale');

/** Machines that are paid for: also while they drain, and while their node is not ready. Not yet made ones cost nothing. */
function machinesOf({ nodes }: Look): number {
  return nodes.ready + nodes.leaving;
}

export interface StaticFleet {
  readonly gpus: number;
  readonly nodes: number;
}

/** As many replicas at all hours. */
export function staticFleet(replicas: number, gpusPerReplica: number): StaticFleet {
  const gpus = replicas * gpusPerReplica;
  return { gpus, nodes: Math.ceil(gpus / GPUS_PER_NODE) };
}
