/** The read side as a JSON API: what is wanted, what is, what comes next; and plans for documents not yet published. */
import type { JsonObject } from '#shared/domain/json.ts';
import { partsOfTargets } from '#shared/domain/target.ts';
import type { Door, DoorReply, DoorRequest } from '../door.ts';
import { automations } from '../registry.ts';
import type { Runtime } from '../runtime.ts';
import { checkDocument } from './check.ts';
import { listDecisions } from './decisions.ts';
import { previewDocument } from './preview.ts';
import { describeTarget, listMessages, listTargets } from './views.ts';

export const status: Door = {
  open: async (runtime) => async (request) => await answer(runtime, request),
};

/**
 *   GET  /targets             all targets, one line each
 *   GET  /targets/<target>    everything about one target
 *   GET  /targets/<target>/decisions?limit=3   the last decisions about it, newest first
 *   GET  /messages?phase=refused&id=17&limit=50   what came in
 *   POST /plan                a document → ordered steps, price, differences; changes nothing
 *   POST /check               a document → why intake would refuse it, and what can be foreseen without a look; changes nothing
 *
 * Records of the ledger that cannot be read are named in `unreadable`, beside everything that can.
 */
async function answer(runtime: Runtime, request: DoorRequest): Promise<DoorReply> {
  const { method, path } = request;
  if (method === 'POST' && path === '/plan') return await previewDocument(runtime, request.body);
  if (method === 'POST' && path === '/check') return await checkDocument(runtime, request.body);
  if (method !== 'GET') return { status: 405, body: { error: `${method} ${path}: not served` } };
  return await read(runtime, request);
}

async function read(runtime: Runtime, { path, query }: DoorRequest): Promise<DoorReply> {
  const ports = await runtime.begin();
  if (path === '/targets') return { status: 200, body: await listTargets(ports) };
  if (path === '/messages') return { status: 200, body: await listMessages(ports, query) };
  if (!path.startsWith('/targets/')) return { status: 404, body: { error: `${path}: not served` } };
  const asked = decodeTarget(path.slice('/targets/'.length));
  if (asked === undefined) return { status: 400, body: { error: `${path}: not a path` } };
  const { target, wantsDecisions } = toSubject(asked);
  const described = wantsDecisions ? await listDecisions(ports, target, query) : await describeTarget(ports, target);
  if (described === undefined) return { status: 404, body: { error: `target ${target}: nothing is known of it` } };
  return { status: 200, body: wantsDecisions ? described : { ...described, pushes: pushesOf(runtime) } };
}

/** Where Pub/Sub delivers to each automation, and as whom: whoever stops that by hand has to know how to begin it again. */
function pushesOf(runtime: Runtime): JsonObject {
  return Object.fromEntries(Object.keys(automations).map((name) => [name, { ...runtime.pushTo(name) }]));
}

const DECISIONS = '/decisions';

/** A model may be called `decisions`: the word is ours only behind a name that is whole without it. */
function toSubject(asked: string): { readonly target: string; readonly wantsDecisions: boolean } {
  const before = asked.endsWith(DECISIONS) ? asked.slice(0, -DECISIONS.length).split('/') : [];
  const wantsDecisions = partsOfTargets[before[0] ?? ''] === before.length;
  return { target: wantsDecisions ? before.join('/') : asked, wantsDecisions };
}

/** Undefined for a text that is not percent-encoded as it should be. */
function decodeTarget(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    // The caller says which path it was; there is nothing more to know.
    return undefined;
  }
}
