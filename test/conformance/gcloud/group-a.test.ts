/** The 27 commands of a whole build by the real gcloud, and the same cluster by one message: two worlds, held against each other. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { HttpRequest } from '../../../emulator/wires/http.ts';
import { type Json, type JsonObject, parseJson, isJsonObject } from '#shared/domain/json.ts';
import { startCloud } from '../../support/local-cloud.ts';
import { makeClusterDocument } from '../../support/make-cluster.ts';
import { isInstalled, skipReason, skipped } from '../components.ts';
import { wireSuite } from '../report/wire-suite.ts';
import { type Bodies, readInsert, recordedBodies, watchBodies } from './bodies.ts';
import { compare, type Difference, lineOf } from './differences.ts';
import { exceptions } from './exceptions.ts';
import { gcloudName } from './gcloud-version.ts';
import { type RecordedCommand, recordedCommands, recordedRequests, recording } from './recording.ts';
import { type Ran, sideBySide, startGcloud } from './running-gcloud.ts';
import { readWorld, type Resources } from './worlds.ts';

/** Asks for what the recorded commands ask for, as far as a document can. */
const document = makeClusterDocument({
  metadata: { name: 'llmd', labels: { environment: 'test' } },
  spec: {
    releaseChannel: 'REGULAR',
    version: '1.33.4-gke.1134000',
    systemPool: { machineType: 'e2-standard-8', nodes: 1, usdPerNodeHour: 0.27 },
  },
  pool: { name: 'llmd-gpu', labels: { 'pool-role': 'gpu' } },
});

const ready = recording !== undefined && isInstalled('gcloud');

let sent: Bodies;
const ran = new Map<number, Ran>();
let worlds: { readonly real: Resources; readonly ours: Resources };
let differing: { readonly worlds: readonly Difference[]; readonly bodies: readonly Difference[] };

/** What needs only what came before it can run beside each other. */
const waves = [/^P0|^P1/, /^P2-(sub|fw|router)/, /^P2-nat|^P3/, /^P5/];

beforeAll(async () => {
  if (!ready) return;
  const real = await buildByCommands();
  const ours = await buildByMessage();
  worlds = { real, ours };
  differing = { worlds: pairwise(real, ours), bodies: pairwise(recordedBodies(), sent) };
}, 600_000);

async function buildByCommands(): Promise<Resources> {
  const gcloud = await startGcloud('llmd-cluster');
  try {
    const commands = recordedCommands('A');
    for (const wave of waves) {
      const now = commands.filter(({ step }) => wave.test(step));
      await sideBySide(now, async ({ n, command }) => void ran.set(n, await gcloud.run(command)));
    }
    return await readWorld(gcloud.cloud.addresses.http, { rename: true });
  } finally {
    await gcloud.stop();
  }
}

async function buildByMessage(): Promise<Resources> {
  const inserts: Bodies = new Map();
  const cloud = await startCloud({
    onRequest: (request) => {
      for (const [name, body] of readInsert(request, bodyOf(request))) inserts.set(name, body);
    },
  });
  try {
    const creations = watchBodies(cloud);
    cloud.publish(document);
    await cloud.untilPhase('cluster/llmd', ['ready', 'failed', 'holding'], 240_000);
    sent = new Map([...inserts, ...creations]);
    return await readWorld(cloud.addresses.http, { rename: false });
  } finally {
    await cloud.stop();
  }
}

function pairwise(real: Resources, ours: Resources): readonly Difference[] {
  return [...real].flatMap(([name, resource]) => compare(name, resource, ours.get(name) ?? {}));
}

function bodyOf({ body }: HttpRequest): JsonObject | undefined {
  const parsed = body.length === 0 ? undefined : parseJson(body.toString('utf8'));
  return isJsonObject(parsed) ? parsed : undefined;
}

describe.runIf(ready)(
  wireSuite({ wire: 'gcloud', side: 'real', component: `${gcloudName} against the local cloud` }),
  () => {
    it.each(recordedCommands('A').map(({ n, step }) => ({ n, step })))(
      '$step ends well and sends what was recorded',
      ({ n }) => {
        const { exit, stderr, requests } = ran.get(n) ?? { exit: -1, stderr: 'it did not run', requests: [] };

        expect({ exit, stderr: exit === 0 ? '' : stderr }).toEqual({ exit: 0, stderr: '' });
        expect(callsOf(requests)).toEqual(recordedCalls(n));
      },
    );

    it('are all 27 of them', () => {
      expect(ran.size).toBe(27);
    });
  },
);

interface Call {
  readonly call: string;
  readonly body?: Json;
}

function callsOf(requests: readonly HttpRequest[]): readonly Call[] {
  return calls(requests.map((request) => ({ method: request.method, path: request.path, body: bodyOf(request) })));
}

function recordedCalls(n: RecordedCommand['n']): readonly Call[] {
  return calls(recordedRequests('A').flatMap((one) => (one.n === n ? [one.request] : [])));
}

/** Asking for an operation again is one call: how often depends on how long it takes, in world time or in the recording’s. */
function calls(
  requests: readonly { readonly method: string; readonly path: string; readonly body?: JsonObject | undefined }[],
): readonly Call[] {
  const all = requests.map(({ method, path, body }) => ({
    call: `${method} ${path.replace(/operation-[-\w]+/, 'OPERATION')}`,
    ...(body !== undefined && { body: withoutIdentity(body) }),
  }));
  return all.filter(({ call }, index) => !(call.includes('OPERATION') && all[index - 1]?.call === call));
}

/** What a client echoes is the world’s; links name the host of whoever made them. */
function withoutIdentity(body: JsonObject): Json {
  const { id: _id, creationTimestamp: _at, ...others } = body;
  return JSON.parse(JSON.stringify(others).replace(/https?:[^"]*?\/compute\/v1\//g, '')) as Json;
}

const settled = ({ resource, path }: Difference): boolean => {
  const [noun = '', name = ''] = resource.split(/ (?=\S+$)/);
  // A pool is read back as part of its cluster.
  const [owner, prefix] = noun === 'node pool' ? ['cluster llmd', `nodePools.${name}.`] : [resource, ''];
  const place = `${prefix}${path}`;
  const isAt = (other: Difference) =>
    `${other.path}.`.startsWith(`${place}.`) || `${place}.`.startsWith(`${other.path}.`);
  return !differing.worlds.some((other) => other.resource === owner && isAt(other));
};

const kindsOf = (difference: Difference, isSettled: boolean) =>
  exceptions.filter(({ covers }) => covers(difference, isSettled)).map(({ id }) => id);

/** None of the kinds: a failure. */
const unlisted = (differences: readonly Difference[], isSettled: (difference: Difference) => boolean) =>
  differences.filter((difference) => kindsOf(difference, isSettled(difference)).length === 0).map(lineOf);

describe.runIf(ready)(wireSuite({ wire: 'gcloud', side: 'ours', component: 'what one message builds' }), () => {
  it('has the resources that gcloud built, and no other', () => {
    expect([...worlds.ours.keys()].sort()).toEqual([...worlds.real.keys()].sort());
    expect(worlds.ours.size).toBeGreaterThan(19);
  });

  it('has each of them with equal fields, but for the kinds of difference that are listed', () => {
    expect(unlisted(differing.worlds, () => false)).toEqual([]);
  });

  it('was asked for by the bodies that gcloud sends, but for the kinds that are listed', () => {
    expect([...sent.keys()].sort()).toEqual([...recordedBodies().keys()].sort());
    expect(unlisted(differing.bodies, settled)).toEqual([]);
  });

  it.each(exceptions.map(({ id }) => id))('differs as listed: %s', (id) => {
    const found = [
      ...differing.worlds.flatMap((difference) => kindsOf(difference, false)),
      ...differing.bodies.flatMap((difference) => kindsOf(difference, settled(difference))),
    ];

    expect(found).toContain(id);
  });

  it('differs in at most twelve kinds', () => {
    expect(exceptions.length).toBeLessThanOrEqual(12);
  });
});

describe('what this tier needs', () => {
  it('gcloud and its recording are there; outside CI they may be missing', () => {
    expect(skipReason('gcloud')).toBeUndefined();
    if (recording === undefined)
      expect(skipped('no recording of gcloud (test/README.md, "Recordings")')).toBeUndefined();
  });
});
