import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CannotStart } from '../../emulator/claims.ts';
import { contextLine, readStoredContexts, writeLocalContext } from '../../emulator/local-context.ts';
import { readContexts } from '../../functions/cli/contexts.ts';
import { makeIo } from '../functions/cli/make-io.ts';

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'fleet-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const prod = { statusUrl: 'https://status-abc-uc.a.run.app', project: 'p', requestsTopic: 'r', credentials: 'adc' };

const write = () =>
  writeLocalContext(
    home,
    {
      home: join(home, 'local'),
      addresses: { http: 'http://127.0.0.1:8085', grpc: 'http://127.0.0.1:8086', kubernetes: 'https://127.0.0.1:8087' },
      urlOf: (name) => `http://127.0.0.1:8085/functions/${name}`,
    },
    { project: 'demo', name: 'demo' },
  );
const store = (content: unknown) =>
  writeFileSync(join(home, 'contexts.json'), typeof content === 'string' ? content : JSON.stringify(content));
const stored = () => JSON.parse(readFileSync(join(home, 'contexts.json'), 'utf8'));

describe('the context of the local cloud', () => {
  it.each([
    { name: 'there is no file', before: undefined, current: 'local' },
    { name: 'nothing is chosen', before: { contexts: { prod } }, current: 'local' },
    { name: 'it was chosen', before: { current: 'local', contexts: { prod } }, current: 'local' },
    { name: 'another one is chosen', before: { current: 'prod', contexts: { prod } }, current: 'prod' },
  ])('is written beside the others, and the choice is $current when $name', ({ before, current }) => {
    if (before !== undefined) store(before);

    const chosen = write();

    expect(chosen).toBe(current);
    expect(stored()).toEqual({ current, contexts: { ...before?.contexts, local: expect.anything() } });
    expect(readdirSync(home).sort()).toEqual(['contexts.json', 'local']);
  });

  it('is one that inferctl understands, with the region of the queue', async () => {
    write();

    const { contexts } = await readContexts(makeIo({ files: { '/config/contexts.json': JSON.stringify(stored()) } }));

    expect(contexts['local']).toMatchObject({ project: 'demo', region: 'us-central1', credentials: 'none' });
  });

  it('sends every gcloud command that the product prints to this cloud', () => {
    write();

    expect(stored().contexts.local.environment).toMatchObject({
      CLOUDSDK_API_ENDPOINT_OVERRIDES_CONTAINER: 'http://127.0.0.1:8085/',
      CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDTASKS: 'http://127.0.0.1:8085/',
      CLOUDSDK_API_ENDPOINT_OVERRIDES_PUBSUB: 'http://127.0.0.1:8085/',
      CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDSCHEDULER: 'http://127.0.0.1:8085/',
    });
  });

  it.each(['{"current": ', '[]', '"local"'])('is not written into a file that holds %s', (content) => {
    store(content);

    expect(() => readStoredContexts(home)).toThrow(CannotStart);
    expect(() => readStoredContexts(home)).toThrow(
      `${join(home, 'contexts.json')} is no JSON object: mend or remove it`,
    );
  });

  it('is named to the user with how to reach it beside the chosen one', () => {
    expect(contextLine('local')).toBe('Context local is the chosen one: inferctl acts on this cloud.');
    expect(contextLine('prod')).toMatch(
      /^Context prod stays the chosen one: inferctl --context local acts on this cloud/,
    );
  });
});
