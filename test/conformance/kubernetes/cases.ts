/** Recorded conversations with a real API server: what was asked and what it answered (recordings.ts; format: README.md). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonValue } from '../../../emulator/world/json.ts';
import { recordingsFolder } from '../recordings.ts';

/** Done to the server beside the API. */
export type Operation = { readonly op: 'ensureNamespace'; readonly name: string } | { readonly op: 'compact' };

/** A difference between two answers may stand only where this does not look. */
export interface Expectation {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: JsonValue;
  /** The lines of a watch, in order. */
  readonly events?: readonly JsonValue[];
  /** `subset`: only what is listed counts. */
  readonly match?: 'subset';
  /** Lengths by JSON pointer. */
  readonly count?: Readonly<Record<string, number>>;
  /** JSON pointers that lead nowhere. */
  readonly absent?: readonly string[];
  readonly messageContains?: string;
  /** JSON pointers of lists whose order is random. */
  readonly unordered?: readonly string[];
}

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: JsonValue;
  /** Sent as it is. */
  readonly rawBody?: string;
  /** Values of the answer that later calls name as `${variable}`, by JSON pointer. */
  readonly capture?: Readonly<Record<string, string>>;
  readonly note?: string;
}

export interface RecordedCall extends Call {
  readonly expect: Expectation;
}

export interface Conversation {
  readonly name: string;
  readonly namespace: string;
  readonly steps: readonly (RecordedCall | Operation)[];
}

/** The files of the recording, without their ending. */
export const subjects = [
  'auth',
  'crud',
  'delete',
  'discovery',
  'list',
  'patch',
  'pods',
  'scale',
  'ssa',
  'status',
  'table',
  'validation',
  'watch',
] as const;

export type Subject = (typeof subjects)[number];

const folder = recordingsFolder('kubernetes/ssa.jsonl');

/** Why nothing is replayed; undefined: there are recordings. */
export const skippedBecause =
  folder === undefined ? 'no recorded conversations with Kubernetes (test/README.md, "Recordings")' : undefined;

/** One conversation a line; none where there are no recordings. */
export function readConversations(subject: Subject): readonly Conversation[] {
  if (folder === undefined) return [];
  const lines = readFileSync(join(folder, 'kubernetes', `${subject}.jsonl`), 'utf8').split('\n');
  // Recordings are checked by whoever makes them; a wrong line fails where it is replayed.
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Conversation);
}
