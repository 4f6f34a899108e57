/** The program in the recorded pod: it answers what it was asked, at the address that the recording gives the pod. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { networkInterfaces } from 'node:os';
import { text } from 'node:stream/consumers';

const ADDRESS = '10.99.0.1';
const PORT = 18_000;

export interface PodBackend {
  readonly stop: () => Promise<void>;
}

/** A string says why it cannot be had: only an administrator of the machine may give it an address. */
export async function startPodBackend(): Promise<PodBackend | string> {
  const isThere = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === ADDRESS));
  const lo = (action: 'add' | 'del') =>
    execFileSync('ip', ['addr', action, `${ADDRESS}/32`, 'dev', 'lo'], { stdio: 'pipe' });
  try {
    if (!isThere) lo('add');
  } catch (thrown) {
    const reason = thrown instanceof Error ? (thrown.message.split('\n').at(-1) ?? '') : String(thrown);
    return `the pod of the recording has the address ${ADDRESS}, which this machine could not be given: ${reason}`;
  }
  const server = createServer((request, response) => void echo(request, response));
  server.listen(PORT, ADDRESS);
  await once(server, 'listening');
  return {
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
      if (!isThere) lo('del');
    },
  };
}

/** `/status/503` answers under that status. */
async function echo(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = request.url ?? '/';
  const [, status = '200'] = /^\/status\/(\d+)/.exec(path) ?? [];
  const { authorization = null } = request.headers;
  const forwarded = request.headers['x-forwarded-for'] !== undefined;
  const body = JSON.stringify({ method: request.method, path, body: await text(request), authorization, forwarded });
  response.writeHead(Number(status), { 'content-type': 'application/json' }).end(body);
}
