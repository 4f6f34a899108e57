import { describe, expect, it } from 'vitest';
import { chooseContext, contextsPath, readContexts, useContext } from '../../../functions/cli/contexts.ts';
import { CliError, exitCodes } from '../../../functions/cli/exit.ts';
import { localContext, makeIo } from './make-io.ts';

const path = '/config/contexts.json';
const withFile = (content: unknown) =>
  makeIo({ files: { [path]: typeof content === 'string' ? content : JSON.stringify(content) } });
const withContext = (changes: object) =>
  withFile({ current: 'local', contexts: { local: { ...localContext, ...changes } } });

async function errorOf(work: Promise<unknown>): Promise<CliError> {
  const error: unknown = await work.catch((thrown: unknown) => thrown);
  if (error instanceof CliError) return error;
  throw new Error(`expected a CliError, got ${String(error)}`);
}

describe('the context file', () => {
  it('stands in the folder of the configuration', () => {
    expect(contextsPath({ configFolder: '/home/me/.config/inference-fleet' })).toBe(
      '/home/me/.config/inference-fleet/contexts.json',
    );
  });

  it('needs neither environment nor notes nor an endpoint', async () => {
    const { environment: _e, notes: _n, pubsubEndpoint: _p, ...rest } = localContext;

    const file = await readContexts(withFile({ contexts: { prod: rest } }));

    expect(file).toEqual({ contexts: { prod: { ...rest, environment: {}, notes: [] } } });
  });

  it.each([
    { pubsubEndpoint: 'http://127.0.0.1:8086' },
    { pubsubEndpoint: 'https://us-central1-pubsub.googleapis.com' },
    { credentials: 'adc' },
    { credentials: 'token:abc' },
  ])('accepts %o', async (changes) => {
    expect((await readContexts(withContext(changes))).contexts['local']).toMatchObject(changes);
  });

  it.each([
    {
      name: 'no URL',
      changes: { statusUrl: 'status' },
      message: 'contexts.local.statusUrl: must be an http or https URL',
    },
    {
      name: 'another protocol',
      changes: { statusUrl: 'ftp://x' },
      message: 'contexts.local.statusUrl: must be an http or https URL',
    },
    {
      name: 'TLS where the client would not use it',
      changes: { pubsubEndpoint: 'https://pubsub.example.com' },
      message: 'contexts.local.pubsubEndpoint: must be http://host:port, or https:// with a host of googleapis.com',
    },
    {
      name: 'unknown credentials',
      changes: { credentials: 'token:' },
      message: 'contexts.local.credentials: must be adc, none or token:<access token>',
    },
    {
      name: 'a variable that a shell would run',
      changes: { environment: { 'A;rm -rf': '' } },
      message: 'contexts.local.environment.A;rm -rf: must be a variable name: letters, digits and _',
    },
    { name: 'a misspelt key', changes: { projct: 'x' }, message: 'contexts.local: Unrecognized key: "projct"' },
  ])('is refused with $name', async ({ changes, message }) => {
    const error = await errorOf(readContexts(withContext(changes)));

    expect(error.message).toContain(message);
    expect(error.exitCode).toBe(exitCodes.noContext);
  });

  it('is refused with all its problems at once', async () => {
    const error = await errorOf(readContexts(withContext({ statusUrl: 'x', project: '' })));

    expect(error.message.split('\n')).toHaveLength(3);
  });

  it('that is no JSON is named', async () => {
    const error = await errorOf(readContexts(withFile('{')));

    expect(error.message).toMatch(/^reading \/config\/contexts\.json: .*JSON/);
    expect(error.exitCode).toBe(exitCodes.noContext);
  });

  it('that does not exist is answered with how to get one', async () => {
    const error = await errorOf(readContexts(makeIo({ files: {} })));

    expect(error.message).toBe(
      'there is no context yet (/config/contexts.json does not exist): `npm start` starts the local cloud and writes the context `local`; ' +
        'functions/cli/README.md shows one for a deployment',
    );
    expect(error.exitCode).toBe(exitCodes.noContext);
  });
});

describe('the chosen context', () => {
  const contexts = {
    local: { ...localContext, credentials: 'none' as const },
    production: { ...localContext, credentials: 'adc' as const },
  };

  it('is the one asked for, else the current one', () => {
    expect(chooseContext({ current: 'local', contexts }, 'production').name).toBe('production');
    expect(chooseContext({ current: 'local', contexts }, undefined).name).toBe('local');
  });

  it.each([
    {
      name: 'none is current',
      file: { contexts },
      asked: undefined,
      message: 'no context is chosen: inferctl context use NAME (known: local, production)',
    },
    {
      name: 'it is misspelt',
      file: { contexts },
      asked: 'productoin',
      message: 'context productoin does not exist: did you mean production?',
    },
    {
      name: 'it is unknown',
      file: { contexts },
      asked: 'x',
      message: 'context x does not exist: known: local, production',
    },
    {
      name: 'the current one is gone',
      file: { current: 'old', contexts: {} },
      asked: undefined,
      message: 'context old does not exist: known: none',
    },
  ])('is an error with the way out when $name', ({ file, asked, message }) => {
    expect(() => chooseContext(file, asked)).toThrow(message);
  });

  it('is written without touching the rest', async () => {
    const io = makeIo({ files: { [path]: JSON.stringify({ current: 'local', contexts }) } });

    await useContext(io, 'production');

    expect(JSON.parse(io.written[path]!)).toEqual({ current: 'production', contexts });
  });

  it('is not written when it does not exist', async () => {
    const io = makeIo();

    const error = await errorOf(useContext(io, 'nowhere'));

    expect(error.exitCode).toBe(exitCodes.noContext);
    expect(io.written).toEqual({});
  });
});
