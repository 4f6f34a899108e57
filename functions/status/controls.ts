/** What a person has stopped or set by hand, as status answers it. */
import { type Control, type Controls, controlsOf } from '#shared/domain/controls.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import { findPages } from '#shared/ledger/find-pages.ts';
import { collections, ControlRecord, controlKey } from '#shared/ledger/records.ts';
import type { ViewPorts } from './views.ts';

/** Records of one query, a few hundred bytes each. */
const RECORDS_PER_PAGE = 500;

/** `{ controls: { pause?, overrides } }`, or nothing where nobody has stopped or set anything. */
export interface KnownControls {
  of(target: string): JsonObject;
}

/** Of all targets. One that cannot be read is logged and left out; the target itself says so when it is looked at. */
export async function findControls(ports: ViewPorts): Promise<KnownControls> {
  const known = new Map<string, Control>();
  const of = { collection: collections.controls, schema: ControlRecord };
  for await (const page of findPages(ports, of, { limit: RECORDS_PER_PAGE })) {
    for (const { id, record } of page) known.set(id, record);
  }
  const all = known.get(controlKey(undefined).id);
  return { of: (target) => toJson(controlsOf(known.get(controlKey(target).id), all, NO_TIME)) };
}

export async function readControlsOf({ ledger, log }: ViewPorts, target: string): Promise<JsonObject> {
  const [own, all] = await Promise.all(
    [controlKey(target), controlKey(undefined)].map(async (key) => {
      const stored = await ledger.get(key);
      const parsed = stored === undefined ? undefined : ControlRecord.safeParse(stored);
      if (parsed?.success === false) log.error('a record of the ledger is unreadable', { ...key });
      return parsed?.data;
    }),
  );
  return toJson(controlsOf(own, all, NO_TIME));
}

/**
 * Reading asks for no time, which belongs to the world that is automated: an override that is over is shown with its end, and the
 * reader holds it against the last look.
 */
const NO_TIME = 0;

function toJson(controls: Controls): JsonObject {
  const isEmpty = controls.pause === undefined && Object.keys(controls.overrides).length === 0;
  // Plain data by construction: it was read from JSON.
  return isEmpty ? {} : { controls: JSON.parse(JSON.stringify(controls)) };
}
