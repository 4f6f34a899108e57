/** Several calls of Compute Engine in one request. */
import { beforeEach, describe, expect, it } from 'vitest';
import { computeService } from '../../../emulator/wires/compute-rest.ts';
import { type ComputeFixture, makeCompute, networkBody } from '../compute/compute-fixtures.ts';

const boundary = '===============7==';
let fixture: ComputeFixture;

beforeEach(() => {
  fixture = makeCompute();
});

/** As apitools writes it, which ends lines with LF. */
function partOf(id: string, call: string, body = ''): string {
  const head = 'Content-Type: application/http\nMIME-Version: 1.0\nContent-Transfer-Encoding: binary';
  return `${head}\nContent-ID: <${id}>\n\n${call} HTTP/1.1\nContent-Type: application/json\nHost: x\n\n${body}`;
}

async function post(parts: readonly string[], { newline = '\n', type = 'multipart/mixed' } = {}) {
  const text = `${parts.map((part) => `--${boundary}\n${part}\n`).join('')}--${boundary}--`;
  const reply = await computeService(fixture.world)({
    method: 'POST',
    path: '/batch/compute/v1',
    query: new URLSearchParams(),
    headers: { 'content-type': `${type}; boundary="${boundary}"` },
    body: Buffer.from(text.replaceAll('\n', newline)),
  });
  return { status: reply?.status, headers: reply?.headers, body: reply?.body };
}

/** The answers by their ids. */
function answers({ headers, body }: Awaited<ReturnType<typeof post>>) {
  const mark = /boundary=(\S+)/.exec(headers?.['content-type'] ?? '')?.[1] ?? '';
  return String(body)
    .split(`--${mark}`)
    .slice(1, -1)
    .map((part) => {
      const [, id] = /Content-ID: <(.*)>/.exec(part) ?? [];
      const [, status] = /HTTP\/1\.1 (\d+)/.exec(part) ?? [];
      return { id, status: Number(status), body: JSON.parse(part.slice(part.indexOf('{'))) as unknown };
    });
}

describe('a batch', () => {
  it.each([{ newline: '\n' }, { newline: '\r\n' }])('answers each call under its id ($newline)', async (form) => {
    const create = JSON.stringify(networkBody('net'));
    const path = '/compute/v1/projects/demo/global/networks';

    const reply = await post(
      [partOf('u+0', `POST ${path}?alt=json`, create), partOf('u+1', `GET ${path}/none?alt=json`)],
      form,
    );

    expect(reply.status).toBe(200);
    expect(answers(reply)).toEqual([
      { id: 'response-u+0', status: 200, body: expect.objectContaining({ operationType: 'insert' }) },
      {
        id: 'response-u+1',
        status: 404,
        body: {
          error: expect.objectContaining({
            message: "The resource 'projects/demo/global/networks/none' was not found",
          }),
        },
      },
    ]);
  });

  it('waits for several operations side by side', async () => {
    const names = ['a', 'b'].map((name) => String(fixture.world.insert('networks', {}, networkBody(name))['name']));
    const path = '/compute/v1/projects/demo/global/operations';

    const waiting = post(names.map((name, index) => partOf(`u+${index}`, `POST ${path}/${name}/wait?alt=json`)));
    fixture.settle();

    expect(answers(await waiting).map(({ body }) => body)).toEqual([
      expect.objectContaining({ status: 'DONE' }),
      expect.objectContaining({ status: 'DONE' }),
    ]);
  });

  it('takes calls of no other service', async () => {
    const reply = await post([partOf('u+0', 'GET /v1/projects/demo/topics')]);

    expect(answers(reply)).toMatchObject([{ status: 404 }]);
  });

  it.each([
    { name: 'a body without calls', parts: [], type: 'multipart/mixed' },
    { name: 'a call without a first line', parts: ['Content-ID: <u+0>\n\nnothing'], type: 'multipart/mixed' },
    { name: 'another content type', parts: [partOf('u+0', 'GET /x')], type: 'application/json' },
  ])('is refused as a whole for $name', async ({ parts, type }) => {
    const reply = await post(parts, { type });

    expect(reply).toMatchObject({
      status: 400,
      body: { error: { message: expect.stringContaining('Failed to parse batch request') } },
    });
  });
});
