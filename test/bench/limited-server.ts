/**
 * The bundles of `npm run build` in one process, each taking as many requests at a time as infra/functions.json says: what one
 * instance of each function does under a burst, the rest of which waits as it would before Cloud Run.
 */
import { readdirSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { getTestServer } from '@google-cloud/functions-framework/testing';
import functions from '../../infra/functions.json' with { type: 'json' };

const dist = new URL('../../dist/', import.meta.url);
const limits: Readonly<Record<string, { readonly concurrency: number }>> = functions;

/** Hands requests on while fewer than `limit` are unanswered. */
function limited(name: string, limit: number) {
  const server = getTestServer(name);
  const waiting: (() => void)[] = [];
  let inside = 0;
  const next = () => {
    if (inside >= limit) return;
    const enter = waiting.shift();
    if (enter === undefined) return;
    inside++;
    enter();
  };
  return (request: IncomingMessage, response: ServerResponse) => {
    waiting.push(() => {
      response.once('close', () => {
        inside--;
        next();
      });
      server.emit('request', request, response);
    });
    next();
  };
}

const names = readdirSync(dist);
for (const name of names) await import(new URL(`${name}/index.mjs`, dist).href);
const doors = new Map(names.map((name) => [name, limited(name, limits[name]?.concurrency ?? 1)]));

createServer((request, response) => {
  const [, name = '', rest = ''] = /^\/([\w-]+)(.*)$/.exec(request.url ?? '') ?? [];
  request.url = rest.startsWith('/') ? rest : `/${rest}`;
  doors.get(name)?.(request, response);
}).listen(Number(process.env['PORT']), '127.0.0.1');
