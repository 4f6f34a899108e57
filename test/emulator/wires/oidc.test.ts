import { createPublicKey, verify } from 'node:crypto';
import { OAuth2Client } from 'google-auth-library';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HttpService } from '../../../emulator/wires/http.ts';
import { type HttpServer, serveHttp } from '../../../emulator/wires/http-server.ts';
import { oidcService, TokenIssuer } from '../../../emulator/wires/oidc.ts';

const AUDIENCE = 'https://intake.example';
const EMAIL = 'push@demo.iam.gserviceaccount.com';
// The verifier reads real time and nothing else, so the tests must too.
const realSeconds = () => Date.now() / 1000 + offsetSeconds;
let offsetSeconds = 0;

let server: HttpServer;
let issuer: TokenIssuer;
let keyFetches = 0;

beforeAll(async () => {
  const services: HttpService[] = [
    () => {
      keyFetches++;
      return undefined;
    },
  ];
  server = await serveHttp({ port: 0, services });
  issuer = new TokenIssuer({ issuer: `http://127.0.0.1:${server.port}/oidc`, nowSeconds: realSeconds });
  services.push(oidcService(issuer));
});
afterAll(() => server.close());

/** The stock verifier; only issuer and key address are configuration. */
function makeVerifier(): OAuth2Client {
  return new OAuth2Client({
    issuers: [issuer.issuer],
    endpoints: { oauth2FederatedSignonPemCertsUrl: `${issuer.issuer}/certs` },
  });
}

describe('tokens of the local cloud', () => {
  it('pass the official verifier, which keeps the keys', async () => {
    const verifier = makeVerifier();
    const before = keyFetches;

    const ticket = await verifier.verifyIdToken({
      idToken: issuer.token({ audience: AUDIENCE, email: EMAIL }),
      audience: AUDIENCE,
    });
    await verifier.verifyIdToken({ idToken: issuer.token({ audience: AUDIENCE, email: EMAIL }), audience: AUDIENCE });

    expect(ticket.getPayload()).toMatchObject({
      email: EMAIL,
      email_verified: true,
      iss: issuer.issuer,
      aud: AUDIENCE,
    });
    expect(keyFetches - before).toBe(1);
  });

  it.each([
    {
      name: 'another audience',
      makeToken: () => issuer.token({ audience: 'https://other.example', email: EMAIL }),
      message: 'Wrong recipient',
    },
    {
      name: 'an expired token',
      makeToken: () => tokenAfterHours(-2),
      message: 'Token used too late',
    },
    {
      name: 'a token from the future',
      makeToken: () => tokenAfterHours(2),
      message: 'Token used too early',
    },
    {
      name: 'another key',
      makeToken: () =>
        new TokenIssuer({ issuer: issuer.issuer, nowSeconds: realSeconds }).token({ audience: AUDIENCE, email: EMAIL }),
      message: 'No pem found for envelope',
    },
    {
      name: 'another key under the same key id',
      makeToken: () => {
        const foreign = new TokenIssuer({ issuer: issuer.issuer, nowSeconds: realSeconds });
        const [, claims, signature] = foreign.token({ audience: AUDIENCE, email: EMAIL }).split('.');
        const [header] = issuer.token({ audience: AUDIENCE, email: EMAIL }).split('.');
        return `${header}.${claims}.${signature}`;
      },
      message: 'Invalid token signature',
    },
    {
      name: 'a changed claim',
      makeToken: () => {
        const [header, claims = '', signature] = issuer.token({ audience: AUDIENCE, email: EMAIL }).split('.');
        const changed = { ...JSON.parse(Buffer.from(claims, 'base64url').toString()), email: 'root@demo' };
        return `${header}.${Buffer.from(JSON.stringify(changed)).toString('base64url')}.${signature}`;
      },
      message: 'Invalid token signature',
    },
  ])('are refused: $name', async ({ makeToken, message }) => {
    await expect(makeVerifier().verifyIdToken({ idToken: makeToken(), audience: AUDIENCE })).rejects.toThrow(message);
  });

  it('are refused by a verifier that expects Google as issuer', async () => {
    const verifier = new OAuth2Client({ endpoints: { oauth2FederatedSignonPemCertsUrl: `${issuer.issuer}/certs` } });

    await expect(
      verifier.verifyIdToken({ idToken: issuer.token({ audience: AUDIENCE, email: EMAIL }), audience: AUDIENCE }),
    ).rejects.toThrow('Invalid issuer');
  });
});

it('describes itself so that other verifiers find the same key', async () => {
  const configuration = await readJson(`${issuer.issuer}/.well-known/openid-configuration`);
  const { keys } = await readJson(configuration.jwks_uri);
  const [header, claims, signature = ''] = issuer.token({ audience: AUDIENCE, email: EMAIL }).split('.');

  const key = createPublicKey({ key: keys[0], format: 'jwk' });

  expect(configuration.issuer).toBe(issuer.issuer);
  expect(verify('RSA-SHA256', Buffer.from(`${header}.${claims}`), key, Buffer.from(signature, 'base64url'))).toBe(true);
});

it('sends the same token for some minutes, and a fresh one after that', () => {
  const claims = { audience: AUDIENCE, email: EMAIL };
  const tokenAfterSeconds = (seconds: number) => {
    offsetSeconds = seconds;
    return issuer.token(claims);
  };

  const first = tokenAfterSeconds(0);
  const [soon, later] = [tokenAfterSeconds(60), tokenAfterSeconds(600)];
  offsetSeconds = 0;

  expect(soon).toBe(first);
  expect(later).not.toBe(first);
  expect(issuer.token({ ...claims, audience: 'https://other.example' })).not.toBe(first);
});

/** A token of this issuer made some hours later (or, negative, earlier). */
function tokenAfterHours(hours: number): string {
  offsetSeconds = hours * 3600;
  const token = issuer.token({ audience: AUDIENCE, email: EMAIL });
  offsetSeconds = 0;
  return token;
}

async function readJson(url: string) {
  return JSON.parse(await (await fetch(url)).text());
}
