/** `functions/server.ts` made of the bundles of `npm run build`: what is deployed, served in one process. */
import { readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { getTestServer } from '@google-cloud/functions-framework/testing';

const dist = new URL('../../dist/', import.meta.url);
const names = readdirSync(dist);
for (const name of names) await import(new URL(`${name}/index.mjs`, dist).href);
const servers = new Map(names.map((name) => [name, getTestServer(name)]));

createServer((request, response) => {
  const [, name = '', rest = ''] = /^\/([\w-]+)(.*)$/.exec(request.url ?? '') ?? [];
  request.url = rest.startsWith('/') ? rest : `/${rest}`;
  servers.get(name)?.emit('request', request, response);
}).listen(Number(process.env['PORT']), '127.0.0.1');
