import type { JsonObject } from '../domain/json.ts';

/** Structured log. `message` is constant text; everything that varies is a field. */
export interface Log {
  info(message: string, fields: JsonObject): void;
  warn(message: string, fields: JsonObject): void;
  error(message: string, fields: JsonObject): void;
}
