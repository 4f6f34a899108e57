/**
 * Several calls in one HTTP request, as `POST /batch/<api>` takes them: a part of type `application/http` for each call, and one for
 * each answer. Form: Google documentation, "Sending Batch Requests" of any API that has them, e.g. of Gmail and Calendar; that an answer's
 * `Content-ID` is that of its call with `response-` before it stands there too.
 */
import { createHash } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import { defineRejection, reject } from '../world/rejection.ts';
import type { HttpReply, HttpRequest, HttpService } from './http.ts';

const badBatch = defineRejection({
  id: 'frontEnd.badBatch',
  code: 'INVALID_ARGUMENT',
  reason: 'badRequest',
  source: 'skaut/skaut-google-drive-gallery #2155 (an empty batch; other unreadable ones by analogy)',
  message: (bytes: number) =>
    `Failed to parse batch request, error: 0 items. Received batch body: (${bytes}) bytes redacted`,
});

/** One call of a batch with the name that its answer refers to. */
interface Part {
  readonly id: string;
  readonly request: HttpRequest;
}

/** Each call succeeds or fails alone; a service that answers none of them is a 404, as a path that does not exist is. */
export async function answerBatch(batch: HttpRequest, service: HttpService): Promise<HttpReply> {
  const answers = await Promise.all(
    readParts(batch).map(async ({ id, request }) => {
      const reply = (await service(request)) ?? { status: 404, body: { error: { code: 404, message: 'Not Found' } } };
      return { id, text: writeReply(reply) };
    }),
  );
  const boundary = `batch_${createHash('sha256').update(batch.body).digest('hex').slice(0, 24)}`;
  const parts = answers.map(
    ({ id, text }) =>
      `--${boundary}\r\nContent-Type: application/http\r\nContent-ID: ${answerId(id)}\r\n\r\n${text}\r\n`,
  );
  return {
    status: 200,
    headers: { 'content-type': `multipart/mixed; boundary=${boundary}` },
    body: `${parts.join('')}--${boundary}--\r\n`,
  };
}

/** `<x+1>` → `<response-x+1>` */
function answerId(id: string): string {
  return id.startsWith('<') ? `<response-${id.slice(1)}` : `response-${id}`;
}

function readParts({ headers, body }: HttpRequest): readonly Part[] {
  const boundary = /^multipart\/mixed;.*\bboundary="?([^";]+)"?/.exec(headers['content-type'] ?? '')?.[1];
  if (boundary === undefined) return reject(badBatch, body.length);
  // Clients end lines with LF or CRLF: Python's email package writes the former.
  const text = body.toString('utf8').replaceAll('\r\n', '\n');
  const parts = `\n${text}`.split(`\n--${boundary}`).slice(1, -1);
  if (parts.length === 0) return reject(badBatch, body.length);
  return parts.map((part, index) => readPart(part.replace(/^\n/, ''), index) ?? reject(badBatch, body.length));
}

/** Headers of the part, an empty line, and the call: its first line, headers, an empty line and its body. */
function readPart(part: string, index: number): Part | undefined {
  const [head, call] = splitHead(part);
  const [start = '', ...lines] = splitHead(call)[0].split('\n');
  const [, method, target] = /^([A-Z]+) (\S+) HTTP\/1\.1\s*$/.exec(start) ?? [];
  if (method === undefined || target === undefined) return undefined;
  // The target may be a whole URL; the host is this one whatever it says.
  const { pathname: path, searchParams: query } = new URL(target, 'http://batch');
  const request = { method, path, query, headers: readHeaders(lines), body: Buffer.from(splitHead(call)[1].trim()) };
  return { id: readHeaders(head.split('\n'))['content-id'] ?? String(index), request };
}

function splitHead(text: string): readonly [head: string, rest: string] {
  const at = text.indexOf('\n\n');
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 2)];
}

function readHeaders(lines: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    lines.flatMap((line) => {
      const at = line.indexOf(':');
      return at < 0 ? [] : [[line.slice(0, at).trim().toLowerCase(), line.slice(at + 1).trim()] as const];
    }),
  );
}

function writeReply({ status, body }: HttpReply): string {
  const text = body === undefined ? '' : JSON.stringify(body);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'Content-Type: application/json; charset=UTF-8',
    `Content-Length: ${Buffer.byteLength(text)}`,
  ];
  return `${head.join('\r\n')}\r\n\r\n${text}`;
}
