/** What a front end does to calls before and after the service behind it. */
import { describe, expect, it } from 'vitest';
import { firstReply, type HttpRequest } from '../../../emulator/wires/http.ts';
import { FrontEndMisfortunes } from '../../../emulator/wires/misfortunes.ts';

const request = (path: string): HttpRequest => ({
  method: 'POST',
  path,
  query: new URLSearchParams(),
  headers: {},
  body: Buffer.alloc(0),
});

function makeFrontEnd() {
  const misfortunes = new FrontEndMisfortunes();
  const served: string[] = [];
  const services = misfortunes.before([
    ({ path }) => {
      served.push(path);
      return { status: 200 };
    },
  ]);
  return { misfortunes, served, call: (path: string) => firstReply(services, request(path)) };
}

describe('a misfortune', () => {
  it('falls on the calls that it is for, as often as asked, and on no other', async () => {
    const { misfortunes, served, call } = makeFrontEnd();
    misfortunes.strike({ httpStatus: 503 }, { matches: ({ path }) => path === '/v1/a', times: 1 });

    const replies = [await call('/v1/b'), await call('/v1/a'), await call('/v1/a')];

    expect(replies.map((reply) => reply?.status)).toEqual([200, 503, 200]);
    expect(served).toEqual(['/v1/b', '/v1/a']);
  });

  it('can hide that the call took effect', async () => {
    const { misfortunes, served, call } = makeFrontEnd();
    misfortunes.strike({ httpStatus: 500, takesEffect: true }, { matches: () => true });

    const reply = await call('/v1/a');

    expect(reply).toMatchObject({ status: 500, body: { error: { message: 'Internal error encountered.' } } });
    expect(served).toEqual(['/v1/a']);
  });

  it('ends when it is ended', async () => {
    const { misfortunes, call } = makeFrontEnd();
    const end = misfortunes.strike({ httpStatus: 429 }, { matches: () => true });

    const during = await call('/v1/a');
    end();

    expect(during).toMatchObject({ status: 429, body: { error: { status: 'RESOURCE_EXHAUSTED' } } });
    expect(await call('/v1/a')).toEqual({ status: 200 });
  });

  it('is a page and no JSON for a bad gateway', async () => {
    const { misfortunes, call } = makeFrontEnd();
    misfortunes.strike({ httpStatus: 502 }, { matches: () => true });

    const reply = await call('/compute/v1/x');

    expect(reply).toMatchObject({ status: 502, body: expect.stringContaining('Error 502 (Server Error)') });
  });
});
