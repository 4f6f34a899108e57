/** The command line's outside world, in memory: files, a status server, a terminal, and a clock that only sleeping moves. */
import type { HttpRequest, Io, PublishRequest } from '../../../functions/cli/io.ts';

export interface Reply {
  readonly status?: number;
  readonly body: unknown;
}

/** An Error stands for "no answer". */
export type Answer = Reply | Error;

export interface Call {
  readonly url: string;
  readonly request: HttpRequest;
}

export interface Outside {
  readonly files?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly terminal?: { readonly columns: number; readonly rows: number };
  /** Answers per `METHOD /path`, one after the other; the last one stays. */
  readonly status?: Readonly<Record<string, readonly Answer[]>>;
  readonly publish?: (request: PublishRequest) => string | Error;
  readonly sender?: string;
  readonly identify?: (audience: string) => string | Error;
}

export interface TestIo extends Io {
  readonly printed: { out: string; err: string };
  readonly calls: Call[];
  readonly published: PublishRequest[];
  readonly written: Record<string, string>;
}

export const STATUS_URL = 'http://status.example/status';

export const localContext = {
  statusUrl: STATUS_URL,
  project: 'demo',
  requestsTopic: 'inference-fleet-requests',
  pubsubEndpoint: 'http://127.0.0.1:8086',
  credentials: 'none',
  environment: { CLOUDSDK_CORE_PROJECT: 'demo', KUBECONFIG: "/tmp/it's/kubeconfig" },
  notes: ['Pub/Sub client: new PubSub({ apiEndpoint })'],
};

export const contextFile = {
  '/config/contexts.json': JSON.stringify({ current: 'local', contexts: { local: localContext } }),
};

export function connectionRefused(): Error {
  return new TypeError('fetch failed', { cause: Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }) });
}

export function makeIo(outside: Outside = {}): TestIo {
  const files: Readonly<Record<string, string>> = outside.files ?? contextFile;
  const answers = new Map(Object.entries(outside.status ?? {}).map(([key, list]) => [key, [...list]]));
  const printed = { out: '', err: '' };
  const calls: Call[] = [];
  const published: PublishRequest[] = [];
  const written: Record<string, string> = {};
  let nowMs = 0;
  return {
    printed,
    calls,
    published,
    written,
    out: (text) => void (printed.out += text),
    err: (text) => void (printed.err += text),
    isTerminal: outside.terminal !== undefined,
    columns: () => outside.terminal?.columns ?? 80,
    rows: () => outside.terminal?.rows ?? 24,
    environment: outside.environment ?? {},
    configFolder: '/config',
    async readFile(path) {
      const text = written[path] ?? files[path];
      if (text !== undefined) return text;
      throw Object.assign(new Error(`ENOENT: no such file or directory, open '${path}'`), { code: 'ENOENT' });
    },
    writeFile: async (path, text) => void (written[path] = text),
    readStdin: async () => outside.stdin ?? '',
    async fetch(url, request) {
      calls.push({ url, request });
      const answer = nextOf(answers, `${request.method} ${url.slice(STATUS_URL.length)}`);
      if (answer instanceof Error) throw answer;
      const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
      return new Response(text, { status: answer.status ?? 200 });
    },
    sender: () => outside.sender,
    identify: async (audience) => orThrow(outside.identify?.(audience) ?? new Error('no credentials')),
    async publish(request) {
      published.push(request);
      return orThrow(outside.publish?.(request) ?? '17');
    },
    nowMs: () => nowMs,
    sleep: async (ms) => void (nowMs += ms),
  };
}

function nextOf(answers: ReadonlyMap<string, Answer[]>, key: string): Answer {
  const list = answers.get(key) ?? [];
  const answer = list.length > 1 ? list.shift() : list[0];
  return answer ?? { status: 404, body: { error: `${key}: not served` } };
}

function orThrow(answer: string | Error): string {
  if (answer instanceof Error) throw answer;
  return answer;
}
