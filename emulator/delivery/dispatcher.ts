import { HttpClient } from './http-client.ts';

/** One POST that Pub/Sub, Cloud Tasks or the cron service makes to its target. */
export interface DispatchRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Real time within which the target must have answered. */
  readonly timeoutMs: number;
  /** What this is, for people: `push wakes-build 17 attempt 2`. */
  readonly label: string;
}

/** Carries requests to their targets. In one process a function can stand in for the network. */
export interface Dispatcher {
  /** Rejects when no answer came: nobody listens, the connection broke, or the time was up. */
  post(request: DispatchRequest): Promise<{ readonly status: number }>;
}

/** Over HTTP. The targets are expected on the local cloud's own port, which never ends an idle connection. */
export class HttpDispatcher implements Dispatcher {
  readonly #client = new HttpClient({ keepAlive: true });

  async post(request: DispatchRequest): Promise<{ readonly status: number }> {
    const { status } = await this.#client.send({ method: 'POST', ...request });
    return { status };
  }

  /** Breaks what is under way. */
  close(): void {
    this.#client.close();
  }
}
