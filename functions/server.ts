/** All functions in one process, each below its name: `POST /build-cluster`, `GET /status/targets`. For one machine or one container. */
import { createServer } from 'node:http';
import { getTestServer } from '@google-cloud/functions-framework/testing';
import { doors } from './doors.ts';
import './index.ts';
import { ConfigError } from '#shared/config.ts';
import { listenAddress } from './runtime.ts';

// `getTestServer` is the framework's one public way to several targets in one process (functions-framework-nodejs, src/testing.ts).
const servers = new Map(Object.keys(doors).map((name) => [name, getTestServer(name)]));

const server = createServer((request, response) => {
  const [, name = '', rest = ''] = /^\/([\w-]+)(.*)$/.exec(request.url ?? '') ?? [];
  const target = servers.get(name);
  if (target === undefined) {
    response
      .writeHead(404, { 'content-type': 'application/json' })
      .end(JSON.stringify({ error: `no function ${name}` }));
    return;
  }
  request.url = rest.startsWith('/') ? rest : `/${rest}`;
  target.emit('request', request, response);
});

server.on('error', (error) => end(`listening: ${error.message}`));

try {
  server.listen(listenAddress());
} catch (thrown) {
  if (!(thrown instanceof ConfigError)) throw thrown;
  end(thrown.message);
}

/** For a person at a terminal, or in the first log line of a container that does not start: where it was thrown says nothing to them. */
function end(problem: string): void {
  process.stderr.write(`functions/server.ts: ${problem}\n`);
  process.exitCode = 1;
}
