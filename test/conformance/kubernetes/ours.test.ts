/** The emulated API gives the answers that a real one was recorded giving. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wireSuite } from '../report/wire-suite.ts';
import { readConversations, skippedBecause, subjects } from './cases.ts';
import { exceptions } from './exceptions.ts';
import { startOurs, type StartedTarget } from './ours.ts';
import { describeDifference, replay } from './replayer.ts';

/** Cases that may differ, with the exception that says why. */
const knownDifferences: Readonly<Record<string, string>> = { 'openapi v3 index': 'openapi-index' };

const title = wireSuite({ wire: 'Kubernetes API', side: 'ours', component: 'the local cloud' });

describe.skipIf(skippedBecause !== undefined)(title, () => {
  let target: StartedTarget;

  beforeAll(async () => {
    target = await startOurs();
  });

  afterAll(() => target.stop());

  describe.each(subjects)('%s', (subject) => {
    it.each(readConversations(subject))('$name', async (conversation) => {
      const difference = await replay(conversation, target);

      const found = difference && describeDifference(difference);
      const exception = exceptions.find(({ id }) => id === knownDifferences[conversation.name]);
      if (exception === undefined) expect(found).toBeUndefined();
      else expect(found, `the exception ${exception.id} occurs no more`).toContain('GET /openapi/v3: ');
    });
  });
});
