/** An HTTP request as the wires see it. Header names are lower case. */
export interface HttpRequest {
  readonly method: string;
  /** Path without query, not decoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

export interface HttpReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Objects are sent as JSON, strings and buffers as they are. */
  readonly body?: unknown;
}

/** One service on the local cloud's HTTP port. `undefined` means: not mine, ask the next one. */
export type HttpService = (request: HttpRequest) => Promise<HttpReply | undefined> | HttpReply | undefined;

/** The first service that answers, strictly one after another: one earlier in the list can shadow a later one. */
export async function firstReply(
  services: readonly HttpService[],
  request: HttpRequest,
): Promise<HttpReply | undefined> {
  for (const service of services) {
    const reply = await service(request);
    if (reply !== undefined) return reply;
  }
  return undefined;
}
