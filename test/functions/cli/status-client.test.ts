import { describe, expect, it } from 'vitest';
import type { Context } from '../../../functions/cli/contexts.ts';
import { exitCodes, UnreachableError } from '../../../functions/cli/exit.ts';
import { makeStatusApi, targetPath } from '../../../functions/cli/status-client.ts';
import { connectionRefused, localContext, makeIo, type Outside, STATUS_URL } from './make-io.ts';

const base: Context = { ...localContext, credentials: 'none' };
const apiFor = (outside: Outside, context: Context = base) => {
  const io = makeIo(outside);
  return { io, api: makeStatusApi(io, context) };
};

const headersOf = ({ calls }: ReturnType<typeof makeIo>) =>
  calls.map(({ request }) => request.headers['authorization']);

describe('a status request', () => {
  it.each(['none', 'token:secret'] as const)('with credentials %s proves nothing', async (credentials) => {
    const { io, api } = apiFor({ status: { 'GET /targets': [{ body: { items: [] } }] } }, { ...base, credentials });

    await api.get('/targets');

    expect(headersOf(io)).toEqual([undefined]);
  });

  it('with adc carries an identity token for the URL of status', async () => {
    const status = { 'GET /targets': [{ body: { items: [] } }] };
    const { io, api } = apiFor(
      { status, identify: (audience) => `Bearer for ${audience}` },
      { ...base, credentials: 'adc' },
    );

    await api.get('/targets');

    expect(headersOf(io)).toEqual([`Bearer for ${STATUS_URL}`]);
  });

  it('with adc is not sent when there are no credentials', async () => {
    const { io, api } = apiFor({}, { ...base, credentials: 'adc' });

    await expect(api.get('/targets')).rejects.toMatchObject({
      exitCode: exitCodes.unreachable,
      message: `getting an identity token for ${STATUS_URL}: no credentials: run gcloud auth application-default login, or use a service account`,
    });
    expect(io.calls).toEqual([]);
  });

  it('keeps the slashes of a target and escapes the rest', () => {
    expect(targetPath('pool/de mo/h200')).toBe('/targets/pool/de%20mo/h200');
  });

  it('sends a document as JSON', async () => {
    const { io, api } = apiFor({ status: { 'POST /plan': [{ body: {} }] } }, { ...base, statusUrl: `${STATUS_URL}/` });

    await api.post('/plan', { kind: 'Cluster' });

    expect(io.calls[0]).toMatchObject({
      url: `${STATUS_URL}/plan`,
      request: { method: 'POST', body: '{"kind":"Cluster"}', headers: { 'content-type': 'application/json' } },
    });
  });
});

describe('an answer', () => {
  it.each([
    { name: '200', reply: { body: { items: [] } }, expected: { httpStatus: 200, body: { items: [] } } },
    { name: '404', reply: { status: 404, body: { error: 'x' } }, expected: { httpStatus: 404, body: { error: 'x' } } },
    { name: '400', reply: { status: 400, body: { error: 'x' } }, expected: { httpStatus: 400, body: { error: 'x' } } },
  ])('$name is the caller\u2019s to judge', async ({ reply, expected }) => {
    expect(await apiFor({ status: { 'GET /a': [reply] } }).api.get('/a')).toEqual(expected);
  });

  it.each([
    {
      name: 'that does not come',
      reply: connectionRefused(),
      message: `GET ${STATUS_URL}/a: no answer (ECONNREFUSED): is the deployment of this context running?`,
    },
    {
      name: 'that comes too late',
      reply: new DOMException('late', 'TimeoutError'),
      message: `GET ${STATUS_URL}/a: no answer (TimeoutError): is the deployment of this context running?`,
    },
    {
      name: '503 of a proxy',
      reply: { status: 503, body: '<html>' },
      message: `${STATUS_URL}/a answered 503: HTTP 503`,
    },
    {
      name: '502 of a plan',
      reply: { status: 502, body: { error: 'the world could not be read' } },
      message: `${STATUS_URL}/a answered 502: the world could not be read`,
    },
    {
      name: 'that is no JSON',
      reply: { body: 'hello' },
      message: `${STATUS_URL}/a answered 200 without JSON: check statusUrl of the context`,
    },
    {
      name: 'that is a list',
      reply: { body: [] },
      message: `${STATUS_URL}/a answered 200 without JSON: check statusUrl of the context`,
    },
  ])('$name may come in a moment', async ({ reply, message }) => {
    const { api } = apiFor({ status: { 'GET /a': [reply] } });

    await expect(api.get('/a')).rejects.toThrow(new UnreachableError(message));
  });

  it.each([401, 403])('%s will not change by itself', async (status) => {
    const { api } = apiFor({ status: { 'GET /a': [{ status, body: '' }] } });

    const error: unknown = await api.get('/a').catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ exitCode: exitCodes.unreachable });
    expect(error).not.toBeInstanceOf(UnreachableError);
  });
});
