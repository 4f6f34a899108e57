/** Cloud Scheduler as HTTP/JSON, for those who look: `/v1/projects/P/locations/L/jobs[/J]`. Other calls below it are UNIMPLEMENTED. */
import type { CronWorld } from '../cron/cron-world.ts';
import { jobNotServed } from '../cron/rejections.ts';
import { reject } from '../world/rejection.ts';
import type { HttpReply, HttpService } from './http.ts';
import { toPage } from './paging.ts';

const JOBS = /^\/v1\/(projects\/[^/]+\/locations\/[^/]+)\/jobs(?:\/([^/:]+))?$/;

/** Everything that the service would have and the local cloud does not, by method id of the discovery document. */
export const unservedSchedulerMethods: readonly string[] = [
  'projects.locations.get',
  'projects.locations.list',
  'projects.locations.jobs.create',
  'projects.locations.jobs.delete',
  'projects.locations.jobs.patch',
  'projects.locations.jobs.pause',
  'projects.locations.jobs.resume',
  'projects.locations.jobs.run',
];

/** Answers what lies below `…/jobs`; other paths are somebody else's. */
export function schedulerService(world: CronWorld): HttpService {
  return ({ method, path, query }): HttpReply | undefined => {
    if (!/^\/v1\/projects\/[^/]+\/locations\/[^/]+\/jobs(\/|:|$)/.test(path)) return undefined;
    const [, location = '', id] = JOBS.exec(path) ?? [];
    if (method !== 'GET' || location === '') reject(jobNotServed, `${method} ${path}`);
    if (id !== undefined) return { status: 200, body: world.getJob(`${location}/jobs/${id}`) };
    return { status: 200, body: toPage('jobs', world.listJobs(location), Object.fromEntries(query)) };
  };
}
