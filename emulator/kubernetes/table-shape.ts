/** What a table shows of a kind. */
import type { JsonValue } from '../world/json.ts';
import type { KubernetesObject } from './objects.ts';

export interface Column {
  readonly name: string;
  readonly type: string;
  readonly format?: string;
  readonly description: string;
  /** 0 always, 1 with `-o wide`. */
  readonly priority: number;
}

export interface TableShape {
  readonly columns: readonly Column[];
  /** Cells of one object; `age` turns an RFC 3339 time into `5m`. */
  readonly cells: (object: KubernetesObject, age: (time: string) => string) => readonly JsonValue[];
}
