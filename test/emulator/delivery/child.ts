/** What the delivery tests run in the place of the functions. Tells the test what happens through the socket at NOTIFY_PORT. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect } from 'node:net';

if (process.env['START'] === 'fail') process.exit(7);
// Never listens: an endless import, or a client that waits for a server.
if (process.env['START'] === 'hang') setInterval(() => {}, 60_000);

const notify = connect(Number(process.env['NOTIFY_PORT']), '127.0.0.1');

const server = createServer((request, response) => void answer(request, response));

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString();
  notify.write(`${request.method} ${request.url}\n`);
  if (request.url?.startsWith('/crash')) process.exit(3);
  // Never answered: the test ends this process while the request is in flight.
  if (request.url?.startsWith('/hang')) return;
  response.writeHead(200, { 'content-type': 'application/json', 'x-pid': process.pid });
  response.end(
    JSON.stringify({ method: request.method, url: request.url, headers: request.headers, body, env: process.env }),
  );
}

if (process.env['START'] === 'hang') notify.write('starting\n');
else
  server.listen(Number(process.env['PORT']), '127.0.0.1', () => {
    process.stdout.write('listening\n');
    process.stderr.write('a warning\n');
  });
