/** The emulated API alone on its TLS wire, with the recorded definitions and without any controller. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { PodReply, SentToPod } from '../../../emulator/kubernetes/pod-endpoints.ts';
import { makeAuthority } from '../../../emulator/wires/certificates.ts';
import { serveKubernetes } from '../../../emulator/wires/kubernetes-tls.ts';
import { makeApi } from '../../emulator/kubernetes/kubernetes-fixtures.ts';
import { definitionsFolder } from '../recordings.ts';
import type { Target } from './replayer.ts';

/** The definitions that the recorded server had, kubernetes-sigs/lws 060ab4d. */
export const definitionFiles = [
  'leaderworkerset.x-k8s.io_leaderworkersets.yaml',
  'disaggregatedset.x-k8s.io_disaggregatedsets.yaml',
  'disaggregatedset.x-k8s.io_disaggregatedsetrolescalers.yaml',
] as const;

export interface StartedTarget extends Target {
  readonly stop: () => Promise<void>;
}

export async function startOurs(): Promise<StartedTarget> {
  const test = makeApi();
  const folder = definitionsFolder(definitionFiles[0]);
  if (folder === undefined)
    throw new Error('starting the emulated API: there are no definitions beside the recordings');
  for (const file of definitionFiles) {
    const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    const { status, body } = test.call('POST', path, { body: parse(readFileSync(join(folder, file), 'utf8')) });
    if (status !== 201) throw new Error(`creating the definition of ${file}: ${JSON.stringify(body)}`);
  }
  // A definition is served a moment after it was created.
  await test.world.pass(2_000);
  test.api.podEndpoints.register(18000, (_pod, path, _cluster, sent) => echo(path, sent), ['GET', 'POST']);
  const authority = await makeAuthority();
  const bugs: Error[] = [];
  const server = await serveKubernetes({
    port: 0,
    authority,
    apiOf: (cluster) => (cluster === 'recorded' ? test.api : undefined),
    onBug: (error) => bugs.push(error),
  });
  return {
    baseUrl: `https://127.0.0.1:${server.port}/clusters/recorded`,
    ca: authority.caCertificate,
    tokens: { admin: 'admin', viewer: 'viewer', invalid: 'invalid' },
    compact: async () => test.api.state.store.compact(),
    stop: async () => {
      await server.close();
      const [bug] = bugs;
      if (bug !== undefined) throw bug;
    },
  };
}

/** What the recorded pod's program answered: the call as it arrived, under the status that its path names. */
function echo(path: string, { method, body: sent, headers }: SentToPod): PodReply {
  const [, status = '200'] = /^\/status\/(\d+)/.exec(path) ?? [];
  const authorization = headers['authorization'] ?? null;
  const forwarded = headers['x-forwarded-for'] !== undefined;
  const body = JSON.stringify({ method, path, body: sent, authorization, forwarded });
  return { status: Number(status), contentType: 'application/json', body };
}
