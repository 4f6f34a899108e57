/** A whole build, and a model that is scaled, with the functions in a process of their own and their ledger in Firestore. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FirestoreLedger } from '#shared/ledger/firestore-ledger.ts';
import { passTraffic, type TrafficStory } from '../../support/traffic-story.ts';
import { isInstalled } from '../components.ts';
import { wireSuite } from '../report/wire-suite.ts';
import { firestoreName, type RunningFirestore, startFirestore } from './start-firestore.ts';

/** Hardly anything, a rush that two nodes are not enough for, hardly anything. */
const load = [
  { untilMinute: 2, perSecond: 0.5 },
  { untilMinute: 10, perSecond: 6 },
  { untilMinute: 30, perSecond: 0.25 },
] as const;

const suite = wireSuite({ wire: 'Firestore', side: 'real', component: firestoreName });

describe.runIf(isInstalled('firestore-emulator'))(suite, () => {
  let firestore: RunningFirestore;
  let story: TrafficStory;
  beforeAll(async () => {
    firestore = await startFirestore();
    story = await passTraffic({ load, functionsEnvironment: firestore.environment('story') });
  }, 300_000);
  // Each by itself, the latest first: what was started ends, whatever else has failed.
  afterAll(() => firestore.stop());
  afterAll(() => story.cloud.stop());

  it('one message builds a cluster', () => {
    expect(story.built).toMatchObject({ phase: 'ready', report: { gpus: 16, rdmaNics: 16, objects: 20 } });
  });

  it('a model gets replicas and nodes for a rush, and gives replicas back', () => {
    const sizes = story.rows.map(({ prefill }) => prefill);

    expect(story.isWell).toBe(true);
    expect(Math.max(...sizes)).toBeGreaterThan(3);
    expect(sizes.at(-1)).toBeLessThan(Math.max(...sizes));
    expect(Math.max(...story.rows.map(({ nodes }) => nodes))).toBeGreaterThan(1);
  });

  it('no message is lost or repeated for want of the ledger', async () => {
    const { bugs, strayCalls, world } = story.cloud;

    expect([bugs, strayCalls]).toEqual([[], []]);
    expect(world.pubsub.counts).toMatchObject({ deadLettered: 0, nacks: 0 });
    const ledger = new FirestoreLedger({ store: firestore.store('story'), pause: async () => undefined });
    const messages = await ledger.find('messages', { limit: 1_000 });
    expect(messages.length).toBeGreaterThan(1);
    expect(messages.filter(({ value }) => value['phase'] !== 'done')).toEqual([]);
  });
});
