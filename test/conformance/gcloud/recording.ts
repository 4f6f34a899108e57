/** What the official client sent when it was recorded: commands, and the requests of each. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '#shared/domain/json.ts';
import { recordingsFolder } from '../recordings.ts';

/** One command line of the recording. */
export interface RecordedCommand {
  /** `A`: the whole build in order; `A2`: IAM, and variants of pools, clusters and networks. */
  readonly group: 'A' | 'A2';
  readonly n: number;
  /** E.g. `P1-net-primary`. */
  readonly step: string;
  readonly command: string;
  readonly exit: number;
}

export interface RecordedRequest {
  readonly group: RecordedCommand['group'];
  readonly n: number;
  readonly step: string;
  readonly request: { readonly method: string; readonly path: string; readonly body?: JsonObject };
}

/** Where the recording server listened; links in bodies and one command line name it. */
export const recordedEndpoint = 'http://127.0.0.1:18085';

const file = 'gcloud/a3-ultra.jsonl';

/** Undefined where this machine does not have the recording. */
export const recording = recordingsFolder(file);

export function recordedCommands(group: RecordedCommand['group']): readonly RecordedCommand[] {
  return lines<RecordedCommand>('gcloud/a3-ultra.commands.jsonl').filter((command) => command.group === group);
}

export function recordedRequests(group: RecordedCommand['group']): readonly RecordedRequest[] {
  return lines<RecordedRequest>(file).filter((request) => request.group === group);
}

function lines<Line>(name: string): readonly Line[] {
  if (recording === undefined) return [];
  // The form of the lines is the recording’s own and does not change.
  return readFileSync(join(recording, name), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}
