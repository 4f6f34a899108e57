/** What a person has stopped or set by hand, as status answers it. */
import { type Control, type Controls, controlsOf } from '#shared/domain/controls.ts';
import { type JsonObject, toPlainJson } from '#shared/domain/json.ts';
import { findRecords, reasonOf, type UnreadableRecord } from '#shared/ledger/read-records.ts';
import { collections, ControlRecord, controlKey } from '#shared/ledger/records.ts';
import type { ViewPorts } from './ports.ts';

/** As many as a query gives; only targets that ever got a command have one, and whoever looks at a target says that it is paused. */
const MAX_RECORDS = 1_000;

/** `of` answers `{ controls: { pause?, overrides } }`, or nothing where nobody has stopped or set anything. */
export interface KnownControls {
  of(target: string): JsonObject;
  readonly unreadable: readonly UnreadableRecord[];
}

/** Of all targets. */
export async function findControls(ports: ViewPorts): Promise<KnownControls> {
  const of = { collection: collections.controls, schema: ControlRecord };
  const { records, unreadable } = await findRecords(ports, of, { limit: MAX_RECORDS });
  return { of: toAnswer(new Map(records.map(({ id, record }) => [id, record]))), unreadable };
}

/** Of one target. */
export async function readControlsOf({ ledger, log }: ViewPorts, target: string): Promise<KnownControls> {
  const known = new Map<string, Control>();
  const unreadable: UnreadableRecord[] = [];
  for (const key of [controlKey(target), controlKey(undefined)]) {
    const stored = await ledger.get(key);
    if (stored === undefined) continue;
    const parsed = ControlRecord.safeParse(stored);
    if (parsed.success) known.set(key.id, parsed.data);
    else unreadable.push({ key, reason: reasonOf(parsed.error) });
  }
  for (const { key, reason } of unreadable) log.error('a record of the ledger is unreadable', { ...key, reason });
  return { of: toAnswer(known), unreadable };
}

/**
 * Reading asks for no time, which belongs to the world that is automated: an override that is over is shown with its end, and the
 * reader holds it against the last look.
 */
const NO_TIME = 0;

function toAnswer(known: ReadonlyMap<string, Control>): KnownControls['of'] {
  const all = known.get(controlKey(undefined).id);
  return (target) => toJson(controlsOf(known.get(controlKey(target).id), all, NO_TIME));
}

function toJson(controls: Controls): JsonObject {
  const isEmpty = controls.pause === undefined && Object.keys(controls.overrides).length === 0;
  return isEmpty ? {} : { controls: toPlainJson(controls) };
}
