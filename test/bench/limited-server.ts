/**
 * The bundles of `npm run build` in one process, each taking as many requests at a time as its function.json says: what one
 * instance of each function does under a burst, the rest of which waits as it would before Cloud Run.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { getTestServer } from '@google-cloud/functions-framework/testing';
import { functions } from '../../infra/functions.ts';

const dist = new URL('../../dist/', import.meta.url);
const limits: Readonly<Record<string, { readonly concurrency: number }>> = functions;

type Door = (request: IncomingMessage, response: ServerResponse) => void;

/** Hands requests on while fewer than its limit are unanswered. */
function limited(name: string): Door {
  const limit = limits[name]?.concurrency ?? 1;
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
  return (request, response) => {
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

const doors = new Map<string, Promise<Door>>();

/** Loaded at its first request: memory is that of the functions which have something to do. */
function doorOf(name: string): Promise<Door> {
  const known = doors.get(name) ?? import(new URL(`${name}/index.mjs`, dist).href).then(() => limited(name));
  doors.set(name, known);
  return known;
}

createServer((request, response) => {
  const [, name = '', rest = ''] = /^\/([\w-]+)(.*)$/.exec(request.url ?? '') ?? [];
  request.url = rest.startsWith('/') ? rest : `/${rest}`;
  void doorOf(name).then((door) => door(request, response));
}).listen(Number(process.env['PORT']), '127.0.0.1');
