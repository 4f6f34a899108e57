import type { WorldClock } from '../world/clock.ts';
import type { HttpService } from './http.ts';

export interface CallWatch {
  /** Calls of the functions that arrived while nothing was in flight. */
  readonly stray: string[];
  /** Told of every call of the functions to an API. */
  readonly onCall: (call: string) => void;
}

/** Told of a call on any wire: how the client names itself, and what it calls. */
export type CallWatcher = (client: string, call: string) => void;

/**
 * Watches what the functions call. A call that arrives while nothing is in flight means that something went on working after its
 * response, which a serverless platform may freeze at any moment (D8).
 */
export function makeCallWatcher(clock: WorldClock, watch: CallWatch): CallWatcher {
  return (client, call) => {
    if (!client.includes('inference-fleet/')) return;
    if (clock.holds === 0) watch.stray.push(call);
    watch.onCall(call);
  };
}

/** The watcher as the first service of an HTTP port: it answers nothing itself. */
export function watchedCalls(watcher: CallWatcher): HttpService {
  return ({ method, path, headers }) => {
    // What goes to the functions comes from outside of them: `inferctl` names itself alike.
    const isOutside = path.startsWith('/functions/');
    if (!isOutside)
      watcher(`${headers['x-goog-api-client'] ?? ''} ${headers['user-agent'] ?? ''}`, `${method} ${path}`);
    return undefined;
  };
}
