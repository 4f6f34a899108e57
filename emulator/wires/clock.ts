import type { WorldClock } from '../world/clock.ts';
import type { HttpService } from './http.ts';

/** `GET /clock`: what time it is in the world, and whether it passes while somebody works. */
export function clockService(clock: WorldClock): HttpService {
  return ({ method, path }) => {
    if (method !== 'GET' || path !== '/clock') return undefined;
    return { status: 200, body: { epochMs: Math.round(clock.nowMs()), running: clock.runsWhileHeld } };
  };
}
