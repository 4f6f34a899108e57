import type { WorldClock } from '../world/clock.ts';
import type { HttpService } from './http.ts';

/**
 * Notes every call of the functions that arrives while nothing is in flight: then something went on working after its response,
 * which a serverless platform may freeze at any moment (D8). Answers nothing itself.
 */
export function strayCalls(clock: WorldClock, found: string[]): HttpService {
  return ({ method, path, headers }) => {
    const client = `${headers['x-goog-api-client'] ?? ''} ${headers['user-agent'] ?? ''}`;
    // What goes to the functions comes from outside of them: `inferctl` names itself alike.
    const isTheirs = client.includes('inference-fleet/') && !path.startsWith('/functions/');
    if (clock.holds === 0 && isTheirs) found.push(`${method} ${path}`);
    return undefined;
  };
}
