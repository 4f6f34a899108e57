/**
 * Firestore by three methods of its REST API v1, with what a function has loaded anyway: Google's client would add 200 to 300 ms to
 * each cold start (shared/README.md, "Firestore without its client").
 */
import { at, numberAt, objectAt, textAt } from '../domain/compare.ts';
import { type Json, type JsonObject, parseJson } from '../domain/json.ts';
import { AutomationError } from '../errors.ts';
import {
  ConflictError,
  type FirestoreStore,
  type QueryPage,
  type Snapshot,
  type StoredDocument,
  StoreTroubleError,
} from '../ledger/firestore-store.ts';
import type { GoogleConnection } from './connection.ts';
import { HttpAnswerError, readGoogleError } from './google-error-facts.ts';
import { toAutomationError } from './google-errors.ts';
import { callRest } from './google-rest.ts';

export interface FirestoreStoreOptions {
  readonly connection: GoogleConnection;
  readonly project: string;
  readonly database: string;
}

/**
 * ms. Calls take tens of milliseconds. A transaction tells the time of its read, and whoever goes by it may be late by this much: the 5 s
 * by which a fenced call's deadline ends before its lease (shared/lease.ts) are meant for that.
 */
const timeoutMs = 5_000;

/**
 * A lost race of a commit: a condition does not hold (updateTime, exists), or another commit holds the document just now. Google's own
 * clients repeat a transaction after the same three (firebase/firebase-js-sdk packages/firestore/src/core/transaction_runner.ts).
 */
const lostRaces = ['ABORTED', 'FAILED_PRECONDITION', 'ALREADY_EXISTS'];

export function makeFirestoreStore(options: FirestoreStoreOptions): FirestoreStore {
  const { project, database } = options;
  const root = `projects/${project}/databases/${database}/documents`;
  const call = makeCall(options.connection, root);
  const place = `FLEET_LEDGER=firestore:${database} of the project ${project}`;
  const reading = async <T>(doing: string, read: () => Promise<T>): Promise<T> => {
    try {
      return await read();
    } catch (thrown) {
      throw toLedgerError(doing, thrown, place);
    }
  };
  return {
    root,
    batchGet: (documents, readTime) =>
      reading(`reading ${idsOf(documents)}`, async () =>
        snapshotOf(documents, await call('batchGet', { documents, ...asOf(readTime) })),
      ),
    commit: async (writes) => {
      try {
        checkCommitted(await call('commit', { writes }));
      } catch (thrown) {
        throw lostRaceOf(thrown) ?? toLedgerError('committing to Firestore', thrown, place);
      }
    },
    runQuery: (structuredQuery, readTime) =>
      reading('searching Firestore', async () =>
        pageOf(await call('runQuery', { structuredQuery, ...asOf(readTime) })),
      ),
  };
}

/** Absent: as things are now. */
const asOf = (readTime: string | undefined) => (readTime === undefined ? {} : { readTime });

function makeCall(connection: GoogleConnection, root: string) {
  return async (method: string, body: object): Promise<Json | undefined> => {
    const path = `/v1/${root}:${method}`;
    const host = 'firestore.googleapis.com';
    return parseJson(await callRest(connection, { service: 'firestore', host, path, body, timeoutMs }));
  };
}

function snapshotOf(documents: readonly string[], answer: Json | undefined): Snapshot {
  const answers = answersOf(answer);
  const found = answers.flatMap((each) => documentOf(each, 'found'));
  const snapshot = {
    readTime: readTimeOf(answers),
    found: new Map(found.map((document) => [document.name, document])),
  };
  checkAllAnswered(documents, snapshot.found, answers);
  return snapshot;
}

function pageOf(answer: Json | undefined): QueryPage {
  const answers = answersOf(answer);
  return { readTime: readTimeOf(answers), documents: answers.flatMap((each) => documentOf(each, 'document')) };
}

/** Undefined: something else went wrong. */
function lostRaceOf(thrown: unknown): ConflictError | undefined {
  const { canonical, text } = readGoogleError(thrown);
  if (canonical === undefined || !lostRaces.includes(canonical)) return undefined;
  return new ConflictError(`${canonical}: ${text}`);
}

/**
 * What may pass by itself is repeated. So is RESOURCE_EXHAUSTED: "retry with exponential backoff" (Firestore documentation, "Error codes").
 * Of the rest only `auth` keeps its kind: whoever meets `gone` or `exists` would take it for a word about what he works on.
 */
function toLedgerError(doing: string, thrown: unknown, place: string): AutomationError {
  const error = toAutomationError(doing, thrown);
  const passes = error.kind === 'transient' || readGoogleError(thrown).canonical === 'RESOURCE_EXHAUSTED';
  if (passes) return new StoreTroubleError(error.message, { cause: thrown });
  const kind = error.kind === 'auth' ? 'auth' : 'permanent';
  return new AutomationError(kind, `${error.message} (${place})`, error.facts, { cause: thrown });
}

/**
 * The answers of a stream, which is one list in JSON. An error that ends it is its last element (googleapis/gax-nodejs
 * gax/src/googleError.ts, parseHttpError), with a status of 200 where something was sent before.
 */
function answersOf(body: Json | undefined): readonly Json[] {
  const answers = Array.isArray(body) ? body : [];
  const failed = answers.find((answer) => at(answer, 'error') !== undefined);
  if (failed === undefined) return answers;
  throw new HttpAnswerError(
    { status: numberAt(failed, 'error.code') ?? 0, retryAfter: undefined },
    JSON.stringify(failed),
  );
}

/** The latest, which comes last: what stands before it has not changed until then (BatchGetDocumentsResponse.read_time, google/firestore/v1/firestore.proto). */
function readTimeOf(answers: readonly Json[]): string {
  const readTime = answers.map((answer) => textAt(answer, 'readTime')).findLast((time) => time !== undefined);
  if (readTime !== undefined && Number.isFinite(Date.parse(readTime))) return readTime;
  throw new AutomationError('transient', `reading the answer of Firestore: it has no readTime (${readTime ?? 'none'})`);
}

/** A document is there or it is missing, and both are said: one of which nothing is said is not one that is not there. */
function checkAllAnswered(names: readonly string[], found: Snapshot['found'], answers: readonly Json[]): void {
  const missing = new Set(answers.map((answer) => textAt(answer, 'missing')));
  const unknown = names.filter((name) => !found.has(name) && !missing.has(name));
  if (unknown.length === 0) return;
  throw new AutomationError('transient', `reading the answer of Firestore: it says nothing of ${idsOf(unknown)}`);
}

/** A page of something in between has a status of 200, too. */
function checkCommitted(answer: Json | undefined): void {
  if (textAt(answer, 'commitTime') !== undefined) return;
  throw new AutomationError('transient', 'reading the answer of Firestore to a commit: it has no commitTime');
}

function documentOf(answer: Json, field: string): readonly StoredDocument[] {
  const document: JsonObject = objectAt(answer, field);
  const [name, updateTime] = [textAt(document, 'name'), textAt(document, 'updateTime')];
  if (name === undefined || updateTime === undefined) return [];
  return [{ name, updateTime, fields: objectAt(document, 'fields') }];
}

/** For messages: without what they all begin with. */
function idsOf(names: readonly string[]): string {
  return names.map((name) => name.slice(name.indexOf('/documents/') + '/documents/'.length)).join(', ');
}
