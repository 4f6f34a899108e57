/** Calls of the status API. Which of its answers end a command is decided here, what they mean in the commands. */
import { isJsonObject, type JsonObject, parseJson } from '#shared/domain/json.ts';
import { ensureError } from '#shared/errors.ts';
import { systemCodeOf } from '#shared/network-errors.ts';
import { product } from '#shared/product.ts';
import type { Context } from './contexts.ts';
import { CliError, exitCodes, UnreachableError } from './exit.ts';
import type { HttpRequest, Io } from './io.ts';

/** Longest wait for one answer, ms: status reads one store, a plan reads Compute Engine, GKE and the cluster. */
const timeoutsMs = { GET: 10_000, POST: 60_000 } as const;

export interface StatusReply {
  /** 2xx or 4xx; everything else is thrown. */
  readonly httpStatus: number;
  readonly body: JsonObject;
}

export interface StatusApi {
  /** `path` begins with a slash. Throws `UnreachableError` for what may pass by itself. */
  get(path: string): Promise<StatusReply>;
  post(path: string, body: JsonObject): Promise<StatusReply>;
}

export function makeStatusApi(io: Io, context: Context): StatusApi {
  const base = context.statusUrl.replace(/\/+$/, '');
  const call = async (method: keyof typeof timeoutsMs, path: string, body?: JsonObject): Promise<StatusReply> => {
    const url = `${base}${path}`;
    const request: HttpRequest = {
      method,
      headers: await headersFor(io, context),
      signal: AbortSignal.timeout(timeoutsMs[method]),
      ...(body !== undefined && { body: JSON.stringify(body) }),
    };
    return toReply(await send(io, url, request), url);
  };
  return { get: (path) => call('GET', path), post: (path, body) => call('POST', path, body) };
}

/** Path of a target: its slashes stay, since some proxies refuse an encoded one. */
export function targetPath(target: string): string {
  return `/targets/${target.split('/').map(encodeURIComponent).join('/')}`;
}

/** A missing identity is known before anything is sent, and would otherwise look like a refusal. */
async function headersFor(io: Io, { credentials, statusUrl }: Context): Promise<Readonly<Record<string, string>>> {
  const plain = {
    accept: 'application/json',
    'content-type': 'application/json',
    'user-agent': `inferctl/${product.version}`,
  };
  if (credentials !== 'adc') return plain;
  try {
    return { ...plain, authorization: await io.identify(statusUrl) };
  } catch (thrown) {
    const hint = 'run gcloud auth application-default login, or use a service account';
    throw new CliError(
      exitCodes.unreachable,
      `getting an identity token for ${statusUrl}: ${ensureError(thrown).message}: ${hint}`,
    );
  }
}

interface RawReply {
  readonly httpStatus: number;
  readonly text: string;
}

async function send(io: Io, url: string, request: HttpRequest): Promise<RawReply> {
  try {
    const response = await io.fetch(url, request);
    return { httpStatus: response.status, text: await response.text() };
  } catch (thrown) {
    const error = ensureError(thrown);
    const reason = systemCodeOf(error) ?? error.message;
    throw new UnreachableError(
      `${request.method} ${url}: no answer (${reason}): is the deployment of this context running?`,
      { cause: error },
    );
  }
}

/** 5xx may pass (a restart, a world that cannot be read now); a refusal does not, so a watcher must not wait for it. */
function toReply({ httpStatus, text }: RawReply, url: string): StatusReply {
  const body = parseObject(text);
  const said = typeof body?.['error'] === 'string' ? body['error'] : `HTTP ${httpStatus}`;
  if (httpStatus === 401 || httpStatus === 403) {
    throw new CliError(
      exitCodes.unreachable,
      `${url} refuses us: ${said}: check credentials of the context, and who may invoke the function`,
    );
  }
  if (httpStatus >= 500) throw new UnreachableError(`${url} answered ${httpStatus}: ${said}`);
  if (body === undefined)
    throw new UnreachableError(`${url} answered ${httpStatus} without JSON: check statusUrl of the context`);
  return { httpStatus, body };
}

function parseObject(text: string): JsonObject | undefined {
  // Lists, scalars and what is no JSON (a proxy's HTML page) are no answers of the status API: the caller reports the HTTP status.
  const value = parseJson(text);
  return isJsonObject(value) ? value : undefined;
}
