import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { CannotStart } from '../../emulator/claims.ts';
import { checkTrace, readStory } from '../../emulator/inputs.ts';

const folder = mkdtempSync(join(tmpdir(), 'fleet-'));
const file = join(folder, 'given');
afterAll(() => rmSync(folder, { recursive: true }));

function errorOf(work: () => unknown): CannotStart {
  try {
    work();
  } catch (thrown) {
    if (thrown instanceof CannotStart) return thrown;
    throw thrown;
  }
  throw new Error('expected a CannotStart');
}

describe('the files that npm start is given', () => {
  it.each([
    { name: 'a document that is not there', read: () => readStory('nofile'), message: 'nofile: there is no such file' },
    { name: 'a trace that is not there', read: () => checkTrace('no.csv'), message: 'no.csv: there is no such file' },
    { name: 'a folder', read: () => readStory(folder), message: `${folder}: EISDIR` },
  ])('are refused in one line, as what was typed wrongly: $name', ({ read, message }) => {
    const error = errorOf(read);

    expect(error.message.startsWith(message)).toBe(true);
    expect(error.exitCode).toBe(2);
  });

  it.each([
    { name: 'YAML that ends too early', text: 'metadata: [name\nspec: {', read: readStory, reason: 'line 2' },
    {
      name: 'a trace without a column',
      text: 't_s,input_tokens\n1,2\n',
      read: checkTrace,
      reason: 'its header has no column output_tokens',
    },
    {
      name: 'a trace with a line that is no request',
      text: 't_s,input_tokens,output_tokens\n1,2,3\n1,2,many\n',
      read: checkTrace,
      reason: 'line 3 is no request',
    },
  ])('are refused in one line that says where they are wrong: $name', ({ text, read, reason }) => {
    writeFileSync(file, text);

    const { message } = errorOf(() => read(file));

    expect(message.startsWith(`${file}: `)).toBe(true);
    expect(message).toContain(reason);
    expect(message).not.toContain('\n');
  });

  it('say what the local cloud itself must know; what they leave out is for inferctl to judge', () => {
    writeFileSync(file, 'metadata: {name: other}\nspec: {project: p, region: europe-west1}\n');
    const given = readStory(file);
    writeFileSync(file, 'kind: Cluster\n');

    expect(given).toEqual({ name: 'other', project: 'p', region: 'europe-west1' });
    expect(readStory(file)).toEqual({ name: 'demo', project: 'demo', region: 'us-central1' });
  });
});
