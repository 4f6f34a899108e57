/** What a message that is refused is about, as far as it says so itself: whoever looks for their own finds it. Pure. */
import { clusterTarget, modelTarget } from '#shared/domain/target.ts';
import { textAt } from '#shared/domain/compare.ts';
import { isJsonObject, type Json, type JsonObject } from '#shared/domain/json.ts';
import { isCommandKind, isDocumentKind } from '#shared/documents/kinds.ts';
import type { About } from './message-record.ts';

/** Of names and targets: nothing that would make a table unreadable is shown as one. */
const NAME = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;
const TARGET = /^[a-z]+(?:\/[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?){1,3}$/;

/** A kind that is none of ours is no kind; a target needs every part of its name. */
export function aboutOf(value: unknown): About {
  const message = value as Json; // read from JSON: nothing else can stand there
  if (!isJsonObject(message)) return {};
  const { kind } = message;
  if (!isDocumentKind(kind) && !isCommandKind(kind)) return {};
  const target = targetSaid(kind, message);
  return { kind, ...(target !== undefined && { target }) };
}

function targetSaid(kind: string, message: JsonObject): string | undefined {
  const name = nameAt(message, 'metadata.name');
  if (kind === 'Cluster') return name === undefined ? undefined : clusterTarget(name);
  if (kind === 'ModelService') {
    const [cluster, namespace] = [nameAt(message, 'spec.cluster.name'), nameAt(message, 'spec.namespace')];
    const isWhole = cluster !== undefined && namespace !== undefined && name !== undefined;
    return isWhole ? modelTarget(cluster, namespace, name) : undefined;
  }
  const target = textAt(message, 'spec.target');
  return target !== undefined && TARGET.test(target) ? target : undefined;
}

function nameAt(message: JsonObject, path: string): string | undefined {
  const text = textAt(message, path);
  return text !== undefined && NAME.test(text) ? text : undefined;
}
