/** Sends recorded requests without their client: what the world makes of them in milliseconds. */
import { setTimeout as pause } from 'node:timers/promises';
import { isJsonObject, type Json, type JsonObject } from '#shared/domain/json.ts';
import { systemTime } from '../../../emulator/world/real-time.ts';
import type { CloudUnderTest } from '../../support/local-cloud.ts';
import { recordedEndpoint, type RecordedRequest, recordedRequests } from './recording.ts';

export interface ReplayedRequest extends RecordedRequest {
  /** What it makes, by its short name; unique in the recording but for `rdma-pol`. */
  readonly name: string;
}

/** By what is made, and by the method too where the same thing is made and then changed. */
export function refusalOf({ request: { method }, name }: ReplayedRequest) {
  return refusals[`${method} ${name}`] ?? refusals[name];
}

/** What the local cloud says no to, and why it may: a recording server says yes to everything. */
export const refusals: Readonly<Record<string, { readonly message: string; readonly reason: string }>> = {
  'p-shared': {
    message: 'reservation "shared-res" not found',
    reason: 'there is one project, and no other that could share a reservation with it',
  },
  'rdma-pol': {
    message: 'does not serve',
    reason: 'firewall policies of RDMA networks are not served; beta only in this client',
  },
  'PATCH r-two': {
    message: 'Can not create new Nats since a Nat with option ALL_SUBNETWORKS_ALL_IP_RANGES exists',
    reason: 'a rule of Google: the network has a NAT for all its ranges already',
  },
  'c-auto': { message: 'does not serve Autopilot clusters', reason: 'Autopilot is not served' },
  'c-nodp': {
    message: 'Multi-networking requires Dataplane V2',
    reason: 'a rule of Google, which the client does not check',
  },
  'c-guide': {
    message: 'Http load balancing must be enabled',
    reason: 'a rule of Google: naming one add-on switches load balancing off, which Gateway needs',
  },
};

/** The recorded build, sent one by one, each after the operation of the one before; with machines enough for every variant. */
export async function buildAsRecorded(cloud: CloudUnderTest): Promise<void> {
  await enlargeReservation(cloud);
  await addDefaultNetwork(cloud);
  for (const { request } of recordedRequests('A')) {
    if (request.body === undefined) continue;
    const { body, status } = await send(cloud, request);
    if (status !== 200) throw new Error(`building as recorded: ${request.path} was answered ${status}`);
    await untilOver(cloud, body);
  }
}

async function enlargeReservation(cloud: CloudUnderTest): Promise<void> {
  const place = { zone: 'us-central1-b' };
  const { compute } = cloud.world;
  await untilOver(cloud, compute.remove({ collection: 'reservations', place, name: 'h200-res' }));
  const specificReservation = { count: '64', instanceProperties: { machineType: 'a3-ultragpu-8g' } };
  const body = { name: 'h200-res', specificReservationRequired: true, specificReservation };
  await untilOver(cloud, compute.insert('reservations', place, body));
}

/** Half of the cluster variants name no network, and get the one that every project begins with. */
async function addDefaultNetwork(cloud: CloudUnderTest): Promise<void> {
  const { compute } = cloud.world;
  await untilOver(cloud, compute.insert('networks', {}, { name: 'default', autoCreateSubnetworks: false }));
  const subnet = { name: 'default', network: 'global/networks/default', ipCidrRange: '10.128.0.0/20' };
  await untilOver(cloud, compute.insert('subnetworks', { region: 'us-central1' }, subnet));
}

/** Real time, of which the longest operation takes a fraction of a second. */
const operationWithinMs = 60_000;

/** Operations of both services by their names; the world says when one ends, real time is only passed on to it. */
async function untilOver(cloud: CloudUnderTest, operation: JsonObject): Promise<void> {
  const isOver = () =>
    [...cloud.world.compute.operations, ...cloud.world.gke.operations].some(
      ({ name, status }) => name === operation['name'] && status === 'DONE',
    );
  const deadlineMs = systemTime.nowMs() + operationWithinMs;
  while (!isOver()) {
    if (systemTime.nowMs() > deadlineMs) {
      const { name, operationType, targetLink } = operation;
      throw new Error(
        `waiting for operation ${String(name)} (${String(operationType)} of ${String(targetLink)}): not over after ${operationWithinMs} ms`,
      );
    }
    await pause(1);
  }
}

/** Creations and patches of resources; IAM and services are real commands elsewhere. */
export function replayed(requests: readonly RecordedRequest[]): readonly ReplayedRequest[] {
  return requests
    .filter(({ request: { path, body } }) => body !== undefined && /nodePools$|clusters$|^\/compute\//.test(path))
    .map((one) => ({ ...one, name: nameOf(one.request.body ?? {}) }));
}

function nameOf(body: JsonObject): string {
  const inner = [body['cluster'], body['nodePool']].find((value) => isJsonObject(value));
  return String((isJsonObject(inner) ? inner : body)['name']);
}

export interface Outcome {
  readonly status: number;
  /** Of a refusal. */
  readonly message: string;
  readonly sent: JsonObject;
  /** What a GET shows at once, in v1 even of what was sent to beta: the wire of the other version shows its own fields. */
  readonly shown: JsonObject;
}

export async function replayRequest(cloud: CloudUnderTest, { request, name }: ReplayedRequest): Promise<Outcome> {
  const { status, body } = await send(cloud, request);
  const collection = request.method === 'POST' ? request.path : request.path.slice(0, request.path.lastIndexOf('/'));
  const read = await send(cloud, { method: 'GET', path: `${collection}/${name}` });
  const sent = request.body ?? {};
  const inner = [sent['cluster'], sent['nodePool']].find((value) => isJsonObject(value));
  const error = isJsonObject(body['error']) ? body['error'] : {};
  // A cluster takes five operations at a time; those of several clusters are many at once.
  if (status === 200 && !request.path.endsWith('/clusters')) await untilOver(cloud, body);
  return {
    status,
    message: String(error['message'] ?? ''),
    sent: plain(isJsonObject(inner) ? inner : sent),
    shown: plain(read.body),
  };
}

export function isRefused(outcome: Outcome | undefined): boolean {
  return outcome !== undefined && outcome.status >= 400;
}

/** Links without their host, a region by its name, and nothing of what only the server sets. */
function plain(body: JsonObject): JsonObject {
  const text = JSON.stringify(body)
    .replace(/https?:[^"]*?\/compute\/[^/]+\/(projects\/demo\/regions\/(?=[^/]+"))?/g, '')
    .replaceAll('+00:00"', 'Z"');

  // Made of the text of an object, and an object without some of its fields: both stay objects.
  const { id: _id, creationTimestamp: _at, selfLink: _link, kind: _kind, ...others } = JSON.parse(text) as JsonObject;
  return withoutDefaults(others) as JsonObject;
}

/** A message does not tell a default that was sent from one that was not. */
function withoutDefaults(value: Json | undefined): Json | undefined {
  if (Array.isArray(value)) return value.map((item) => withoutDefaults(item) ?? null);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) =>
      item === false || item === 0 ? [] : [[key, withoutDefaults(item)]],
    ),
  );
}

async function send(
  cloud: CloudUnderTest,
  { method, path, body }: RecordedRequest['request'],
): Promise<{ readonly status: number; readonly body: JsonObject }> {
  const text = body && JSON.stringify(body).replaceAll(recordedEndpoint, cloud.addresses.http);
  const response = await fetch(`${cloud.addresses.http}${path}?alt=json`, {
    method,
    ...(text !== undefined && { body: text, headers: { 'content-type': 'application/json' } }),
  });
  // Whatever these services answer, refusals too, is one JSON object.
  return { status: response.status, body: (await response.json()) as JsonObject };
}
