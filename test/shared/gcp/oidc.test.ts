import { afterEach, describe, expect, it } from 'vitest';
import { type HttpServer, serveHttp } from '../../../emulator/wires/http-server.ts';
import { oidcService, TokenIssuer } from '../../../emulator/wires/oidc.ts';
import { makePushVerifier, type PushVerifierOptions } from '#shared/gcp/oidc.ts';

const audience = 'https://fleet.example.com/build-cluster';
const email = 'invoker@demo.iam.gserviceaccount.com';
const issuerUrl = 'http://127.0.0.1/oidc';
const nowSeconds = () => (performance.timeOrigin + performance.now()) / 1000;

const servers: HttpServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function makeUnderTest(over: Partial<PushVerifierOptions> = {}) {
  const issuer = new TokenIssuer({ issuer: issuerUrl, nowSeconds });
  let fetches = 0;
  const serve = oidcService(issuer);
  const server = await serveHttp({
    port: 0,
    services: [
      (request) => {
        fetches++;
        return serve(request);
      },
    ],
  });
  servers.push(server);
  const certificatesUrl = `http://127.0.0.1:${server.port}/oidc/certs`;
  const verify = makePushVerifier({ audience, emails: [email], issuers: [issuerUrl], certificatesUrl, ...over });
  return { issuer, verify, fetches: () => fetches };
}

describe('the verification of a push', () => {
  it('accepts a token of the issuer for our audience and an account that may call', async () => {
    const { issuer, verify, fetches } = await makeUnderTest();

    expect(await verify(issuer.token({ audience, email }))).toEqual({ ok: true, email });
    expect(await verify(issuer.token({ audience, email }))).toEqual({ ok: true, email });
    expect(fetches()).toBe(1);
  });

  it('refuses another account and says which', async () => {
    const { issuer, verify } = await makeUnderTest();

    expect(await verify(issuer.token({ audience, email: 'other@demo.iam.gserviceaccount.com' }))).toEqual({
      ok: false,
      reason: 'other@demo.iam.gserviceaccount.com may not call',
    });
  });

  it('refuses a token for somebody else', async () => {
    const { issuer, verify } = await makeUnderTest();

    expect(await verify(issuer.token({ audience: 'https://other.example.com', email }))).toEqual({
      ok: false,
      reason: 'Wrong recipient, payload audience != requiredAudience',
    });
  });

  it('refuses another issuer', async () => {
    const { issuer, verify } = await makeUnderTest({ issuers: ['https://accounts.google.com'] });

    expect(await verify(issuer.token({ audience, email }))).toMatchObject({
      ok: false,
      reason: expect.stringContaining('Invalid issuer'),
    });
  });

  it('refuses a token that has expired', async () => {
    const { verify } = await makeUnderTest();
    const yesterday = new TokenIssuer({ issuer: issuerUrl, nowSeconds: () => nowSeconds() - 86_400 });

    expect(await verify(yesterday.token({ audience, email }))).toMatchObject({ ok: false });
  });

  it('refuses a token signed with a key that the issuer does not have', async () => {
    const { verify } = await makeUnderTest();
    const forger = new TokenIssuer({ issuer: issuerUrl, nowSeconds });

    expect(await verify(forger.token({ audience, email }))).toMatchObject({
      ok: false,
      reason: 'No pem found for envelope',
    });
  });

  it('refuses a changed token and keeps it out of the reason', async () => {
    const { issuer, verify } = await makeUnderTest();
    const token = issuer.token({ audience, email });
    const [head = '', body = '', signature = ''] = token.split('.');
    const claims = {
      ...JSON.parse(Buffer.from(body, 'base64url').toString('utf8')),
      email: 'root@demo.iam.gserviceaccount.com',
    };
    const changed = `${head}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.${signature}`;

    for (const bad of [changed, `${token}.x`, 'nonsense', '']) {
      const refused = await verify(bad);

      expect(refused.ok).toBe(false);
      expect(JSON.stringify(refused)).not.toMatch(/eyJ|nonsense|exp"/);
    }
  });

  it('is an error, not a refusal, when the certificates cannot be fetched', async () => {
    const { issuer, verify } = await makeUnderTest({ certificatesUrl: 'http://127.0.0.1:1/certs' });

    await expect(verify(issuer.token({ audience, email }))).rejects.toMatchObject({
      name: 'AutomationError',
      kind: 'transient',
    });
  });
});
