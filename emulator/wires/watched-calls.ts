import type { WorldClock } from '../world/clock.ts';
import type { HttpService } from './http.ts';

export interface CallWatch {
  /** Calls of the functions that arrived while nothing was in flight. */
  readonly stray: string[];
  /** Told of every call of the functions to an API. */
  readonly onCall: (call: string) => void;
}

/**
 * Watches what the functions call. A call that arrives while nothing is in flight means that something went on working after its
 * response, which a serverless platform may freeze at any moment (D8). Answers nothing itself.
 */
export function watchedCalls(clock: WorldClock, watch: CallWatch): HttpService {
  return ({ method, path, headers }) => {
    const client = `${headers['x-goog-api-client'] ?? ''} ${headers['user-agent'] ?? ''}`;
    // What goes to the functions comes from outside of them: `inferctl` names itself alike.
    if (!client.includes('inference-fleet/') || path.startsWith('/functions/')) return undefined;
    const call = `${method} ${path}`;
    if (clock.holds === 0) watch.stray.push(call);
    watch.onCall(call);
    return undefined;
  };
}
