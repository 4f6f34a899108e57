/** The files that `npm start` is given, read before anything is started: a mistake in one is told at once. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { traceStream } from '../shared/simulation/trace.ts';
import { CannotStart } from './claims.ts';

export interface DocumentStory {
  readonly name: string;
  readonly project: string;
  readonly region: string;
}

/** What the local cloud itself must know of the document; whether it is valid is for `inferctl apply` to say. */
export function readStory(file: string): DocumentStory {
  const document: unknown = parsed(file, parse);
  const text = (value: unknown, fallback: string) => (typeof value === 'string' ? value : fallback);
  const field = (value: unknown, key: string): unknown =>
    typeof value === 'object' && value !== null ? Object.entries(value).find(([name]) => name === key)?.[1] : undefined;
  const spec = field(document, 'spec');
  return {
    name: text(field(field(document, 'metadata'), 'name'), 'demo'),
    project: text(field(spec, 'project'), 'demo'),
    region: text(field(spec, 'region'), 'us-central1'),
  };
}

/** Whether every line is a request; the story itself reads it again, at its own time. */
export function checkTrace(file: string): void {
  parsed(file, (csv) => traceStream(csv, { startMs: 0 }));
}

function parsed<T>(file: string, parseText: (text: string) => T): T {
  try {
    return parseText(readFileSync(file, 'utf8'));
  } catch (thrown) {
    const isMissing = thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT';
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    // What the YAML parser says goes on with an excerpt below its first line.
    throw new CannotStart(`${file}: ${isMissing ? 'there is no such file' : reason.split('\n', 1)[0]}`, 2);
  }
}
