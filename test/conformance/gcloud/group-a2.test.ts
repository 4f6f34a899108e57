/** What gcloud sends for variants of pools, clusters and networks: kept as it was sent, or refused for a reason. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CloudUnderTest, startCloud } from '../../support/local-cloud.ts';
import { wireSuite } from '../report/wire-suite.ts';
import { recordedRequests, recording } from './recording.ts';
import {
  buildAsRecorded,
  isRefused,
  type Outcome,
  refusalOf,
  refusals,
  replayed,
  type ReplayedRequest,
  replayRequest,
} from './replay.ts';

const requests = replayed(recordedRequests('A2'));

describe.runIf(recording !== undefined)(
  wireSuite({ wire: 'gcloud', side: 'ours', component: 'the local cloud, sent what gcloud sent for group A2' }),
  () => {
    let cloud: CloudUnderTest;
    const outcomes = new Map<ReplayedRequest, Outcome>();

    beforeAll(async () => {
      cloud = await startCloud();
      await buildAsRecorded(cloud);
      for (const one of requests) outcomes.set(one, await replayRequest(cloud, one));
    });

    afterAll(async () => {
      await cloud.stop();
    });

    it.each(requests.filter((one) => refusalOf(one) === undefined))('$step: $name is kept as it was sent', (one) => {
      const outcome = outcomes.get(one);

      expect(outcome?.message).toBe('');
      expect(outcome?.shown).toMatchObject(outcome?.sent ?? {});
    });

    it.each(requests.filter((one) => refusalOf(one) !== undefined))('$step: $name is refused as listed', (one) => {
      const outcome = outcomes.get(one);

      expect(isRefused(outcome)).toBe(true);
      expect(outcome?.message).toContain(refusalOf(one)?.message);
    });

    it('are more than thirty, and every listed refusal is of one of them', () => {
      const refused = new Set(requests.map(refusalOf).filter((refusal) => refusal !== undefined));

      expect(requests.length).toBeGreaterThan(30);
      expect(refused.size).toBe(Object.keys(refusals).length);
      expect(cloud.bugs).toEqual([]);
    });
  },
);
