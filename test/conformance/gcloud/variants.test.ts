/** The real gcloud beside the build: retries, batches, credentials, changes, removal. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HttpRequest } from '../../../emulator/wires/http.ts';
import { isInstalled } from '../components.ts';
import { wireSuite } from '../report/wire-suite.ts';
import { gcloudName } from './gcloud-version.ts';
import { recording } from './recording.ts';
import { buildAsRecorded } from './replay.ts';
import { type Gcloud, type Ran, sideBySide, startGcloud } from './running-gcloud.ts';
import { callOf, type Variant, variants } from './variants.ts';

const ready = recording !== undefined && isInstalled('gcloud') && isInstalled('kubectl');

let gcloud: Gcloud | undefined;
const ran = new Map<string, Ran>();

beforeAll(async () => {
  if (!ready) return;
  const running = await startGcloud('llmd-cluster');
  gcloud = running;
  await buildAsRecorded(running.cloud);
  for (const wave of [1, 2, 3, 4] as const)
    await sideBySide(
      variants.filter((variant) => variant.wave === wave),
      async (variant) => void ran.set(variant.title, await runVariant(running, variant)),
    );
}, 600_000);

afterAll(async () => {
  await gcloud?.stop();
});

async function runVariant(running: Gcloud, { title, commands, misfortune }: Variant): Promise<Ran> {
  const requests: HttpRequest[] = [];
  let last: Ran = { exit: -1, stdout: '', stderr: 'nothing ran', requests };
  for (const command of commands) {
    last = await running.run(command, {
      kubeconfig: title.replaceAll(' ', '-'),
      ...(misfortune !== undefined && {
        misfortune: { ...misfortune, matches: (request: HttpRequest) => misfortune.call.test(callOf(request)) },
      }),
    });
    requests.push(...last.requests);
    if (last.exit !== 0) break;
  }
  return { ...last, requests };
}

describe.runIf(ready)(
  wireSuite({ wire: 'gcloud', side: 'real', component: `${gcloudName} against the local cloud` }),
  () => {
    it.each(variants)('$title', ({ title, exit = 0, says, sends }) => {
      const {
        exit: ended,
        stdout,
        stderr,
        requests,
      } = ran.get(title) ?? { exit: -1, stdout: '', stderr: 'it did not run', requests: [] };

      expect(`${stdout}\n${stderr}`).toMatch(says);
      expect(ended).toBe(exit);
      if (sends !== undefined)
        expect(requests.map(callOf).filter((call) => sends.call.test(call))).toHaveLength(sends.times);
    });

    it('meets no error that no rule of the world explains', () => {
      expect(gcloud?.cloud.bugs).toEqual([]);
    });
  },
);
