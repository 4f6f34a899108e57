/** Writes what a person has stopped or set by hand, and has it looked at. */
import { catalogue } from '#manifests/catalogue/index.ts';
import { type FleetCommand, targetOfCommand } from '#shared/domain/command.ts';
import { type ResolvedModelService, resolveModelService } from '#shared/domain/model-service.ts';
import { nearest } from '#shared/documents/nearest.ts';
import { parseDocument } from '#shared/documents/index.ts';
import { findPages } from '#shared/ledger/find-pages.ts';
import { readRecord } from '#shared/ledger/read-records.ts';
import {
  collections,
  ControlRecord,
  controlKey,
  DocumentRecord,
  documentKey,
  WakeRecord,
} from '#shared/ledger/records.ts';
import type { LedgerTransaction } from '#shared/ports/ledger.ts';
import { sideBySide } from '#shared/side-by-side.ts';
import { prepareWake } from '#shared/wakes.ts';
import { wakesOf } from '../registry.ts';
import { carryOut, type Stored } from './carry-out.ts';
import { changeControl } from './change-control.ts';
import type { CommandIntent } from './intent.ts';
import type { About } from './message-record.ts';
import type { IntakePorts } from './ports.ts';

/** Of a command about everything, in the message's record. */
const ALL = 'all';

/** A command about an unknown target is refused with the names that are known; one about everything needs no target. */
export async function acceptCommand(ports: IntakePorts, intent: CommandIntent): Promise<void> {
  const { sender, command } = intent;
  const target = targetOfCommand(command);
  const about: About = { kind: command.kind, target: target ?? ALL };
  const known = target === undefined ? [] : await knownUnless(ports, target);
  await carryOut(ports, {
    sender,
    about,
    store: (transaction, isRepeated) => store(transaction, intent, { isRepeated, known }),
    // A freeze needs no wake: every look reads it first. Its end does: what waits only for that has no time of its own to look again.
    ...(target === undefined && command.kind === 'Resume' && { afterwards: () => wakeAll(ports) }),
  });
}

async function store(
  transaction: LedgerTransaction,
  { sender, command }: CommandIntent,
  { isRepeated, known }: { readonly isRepeated: boolean; readonly known: readonly string[] },
): Promise<Stored> {
  const target = targetOfCommand(command);
  const key = controlKey(target);
  const stands = await readRecord(transaction, key, ControlRecord);
  const document =
    target === undefined ? undefined : await readRecord(transaction, documentKey(target), DocumentRecord);
  if (target !== undefined && document === undefined) return { kind: 'refused', reason: unknownTarget(target, known) };
  const wakes = await Promise.all(
    (target === undefined ? [] : wakesOf(target)).map((wake) => prepareWake(transaction, wake)),
  );
  if (isRepeated) return { kind: 'stored', wakes };
  const service = serviceOf(command, document);
  if (service === 'unreadable')
    return { kind: 'refused', reason: `the document of ${target} is of older rules: publish it again` };
  const decision = changeControl(stands, command, {
    publishTimeMs: sender.publishTimeMs,
    messageId: sender.originalMessageId,
    actor: sender.actor,
    nowMs: transaction.nowMs,
    ...(service !== undefined && { service }),
  });
  if (decision.kind === 'refused') return decision;
  if (decision.kind === 'changed') transaction.put(key, decision.control);
  return { kind: 'stored', wakes };
}

/** Only sizes are held against the document. */
function serviceOf(
  { kind }: FleetCommand,
  document: DocumentRecord | undefined,
): ResolvedModelService | 'unreadable' | undefined {
  if (kind !== 'Override' || document === undefined) return undefined;
  const parsed = parseDocument(document.document, catalogue);
  return parsed.ok && parsed.document.kind === 'ModelService' ? resolveModelService(parsed.document) : 'unreadable';
}

/** Documents of one page: some are large. */
const DOCUMENTS_PER_PAGE = 100;

/** Names of all targets, for a better word about an unknown one; none where it is known, which is decided in the transaction. */
async function knownUnless(ports: IntakePorts, target: string): Promise<readonly string[]> {
  if ((await ports.ledger.get(documentKey(target))) !== undefined) return [];
  const names: string[] = [];
  const of = { collection: collections.documents, schema: DocumentRecord };
  for await (const page of findPages(ports, of, { limit: DOCUMENTS_PER_PAGE })) {
    names.push(...page.map(({ record }) => record.target));
  }
  return names;
}

/** So many names are read; the others are in `inferctl get`. */
const MAX_NAMES_SHOWN = 10;

function unknownTarget(target: string, known: readonly string[]): string {
  const meant = nearest(target, known);
  if (meant !== undefined) return `${target} is not known: did you mean ${meant}?`;
  if (known.length === 0) return `${target} is not known, nor is anything else yet: publish its document first`;
  const more = known.length > MAX_NAMES_SHOWN ? ` and ${known.length - MAX_NAMES_SHOWN} more` : '';
  return `${target} is not known: known are ${known.slice(0, MAX_NAMES_SHOWN).join(', ')}${more}`;
}

/** Targets that are woken at a time, each in a transaction of its own. */
const WAKES_AT_A_TIME = 16;
const WAKES_PER_PAGE = 500;

/** A repeated delivery wakes them all again: a wake that nobody has seen yet takes another one in. */
async function wakeAll(ports: IntakePorts): Promise<void> {
  const of = { collection: collections.wakes, schema: WakeRecord };
  for await (const page of findPages(ports, of, { limit: WAKES_PER_PAGE })) {
    await sideBySide(page, WAKES_AT_A_TIME, async ({ record: { automation, target } }) => {
      const wake = { automation, target };
      await ports.ledger.transact(async (transaction) => (await prepareWake(transaction, wake)).write(transaction));
      await ports.wakes.publish(wake);
    });
  }
}
