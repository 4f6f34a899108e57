/** The whole local cloud without its wires: one world, one clock. */
import { ComputeWorld } from '../compute/compute-world.ts';
import { CronWorld } from '../cron/cron-world.ts';
import { Courier, type CourierOptions } from '../delivery/courier.ts';
import { viewCompute } from '../gke/compute-view.ts';
import { type GkeFacts, gkeFacts } from '../gke/facts.ts';
import { type ClusterRuntime, GkeWorld } from '../gke/gke-world.ts';
import type { MonitoringFacts } from '../monitoring/facts.ts';
import { MonitoringWorld } from '../monitoring/monitoring-world.ts';
import { ProjectWorld } from '../project/project-world.ts';
import { PubSubWorld } from '../pubsub/pubsub-world.ts';
import { TasksWorld } from '../tasks/tasks-world.ts';
import type { WorldBase } from './base.ts';
import { type Speed, WorldClock } from './clock.ts';
import { Journal } from './journal.ts';
import { KeyedRandom } from './random.ts';
import type { RealTime } from './real-time.ts';

export interface WorldOptions {
  readonly seed: string;
  /** World time at the start, Unix ms. */
  readonly startMs: number;
  readonly speed: Speed;
  readonly project: string;
  readonly courier: Omit<CourierOptions, 'clock'>;
  /** What happens inside clusters; made over the same base. */
  readonly runtime: (base: WorldBase) => ClusterRuntime;
  readonly real?: RealTime;
  /** Facts about GKE that differ from what is known of the real one. */
  readonly gkeFacts?: Partial<GkeFacts>;
  /** The same for Cloud Monitoring. */
  readonly monitoringFacts?: Partial<MonitoringFacts>;
}

export interface World extends WorldBase {
  readonly compute: ComputeWorld;
  readonly gke: GkeWorld;
  readonly iam: ProjectWorld;
  readonly pubsub: PubSubWorld;
  readonly tasks: TasksWorld;
  readonly cron: CronWorld;
  readonly monitoring: MonitoringWorld;
  readonly courier: Courier;
}

export function createWorld(options: WorldOptions): World {
  const { startMs, speed, real } = options;
  const clock = new WorldClock({ startMs, speed, ...(real !== undefined && { real }) });
  const journal = new Journal(clock);
  const base: WorldBase = {
    clock,
    journal,
    random: new KeyedRandom(options.seed),
    project: options.project,
    projectNumber: '123456789012',
  };
  const courier = new Courier({ ...options.courier, clock });
  const compute = new ComputeWorld(base);
  const pubsub = new PubSubWorld(base, courier);
  const gke = new GkeWorld(base, {
    compute: viewCompute(compute),
    runtime: options.runtime(base),
    facts: { ...gkeFacts, ...options.gkeFacts },
  });
  compute.connectGroups(gke.instanceGroups);
  return {
    ...base,
    courier,
    compute,
    pubsub,
    gke,
    iam: new ProjectWorld(base),
    tasks: new TasksWorld(base, courier),
    cron: new CronWorld(base, courier, pubsub),
    monitoring: new MonitoringWorld(base, pubsub, options.monitoringFacts),
  };
}
