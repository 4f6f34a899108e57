/** Who calls a function: the OIDC token that Pub/Sub and Cloud Tasks put into `authorization`. */
import { OAuth2Client, type OAuth2ClientOptions } from 'google-auth-library';
import { ensureError } from '../errors.ts';
import { exchange } from '../http-exchange.ts';
import { attempt } from './calls.ts';
import { HttpAnswerError } from './google-error-facts.ts';

/** What a token must say to be let in. */
export interface PushVerifierOptions {
  /** What the token must be for; absolute, from the configuration, never from the request. */
  readonly audience: string;
  /** Service accounts that may call. */
  readonly emails: readonly string[];
  readonly issuers: readonly string[];
  /** PEM certificates by key id, in Google's format; absent: Google's own. */
  readonly certificatesUrl?: string;
}

/** The account that calls, or why the token is not good; the reason holds no part of the token. */
export type PushIdentity =
  | { readonly ok: true; readonly email: string }
  | { readonly ok: false; readonly reason: string };

/** Issuers of Google's own tokens (Google Identity documentation, "Verify the Google ID token on your server side"). */
export const googleIssuers: readonly string[] = ['https://accounts.google.com', 'accounts.google.com'];

// Two small files; a caller that is not answered within seconds tries again.
const certificatesTimeoutMs = 5_000;

/**
 * Makes the check of a bearer token; certificates are fetched once and kept as long as their `cache-control` allows.
 * A token that is not good is a refusal; certificates that cannot be fetched are an error, which says nothing about the token.
 */
export function makePushVerifier(options: PushVerifierOptions): (token: string) => Promise<PushIdentity> {
  const { audience, emails, issuers, certificatesUrl } = options;
  const client = new OAuth2Client({
    transporter: certificateTransport,
    // Only a transport of the library's own has what these would be added to.
    useAuthRequestParameters: false,
    ...(certificatesUrl !== undefined && { endpoints: { oauth2FederatedSignonPemCertsUrl: certificatesUrl } }),
  });
  return async (token) => {
    const { certs } = await attempt('fetching the certificates of the token issuer', () =>
      client.getFederatedSignonCertsAsync(),
    );
    try {
      const ticket = await client.verifySignedJwtWithCertsAsync(token, certs, audience, [...issuers]);
      const { email, email_verified: isVerified } = ticket.getPayload() ?? {};
      if (email === undefined || isVerified !== true) return { ok: false, reason: 'the token names no verified email' };
      return emails.includes(email) ? { ok: true, email } : { ok: false, reason: `${email} may not call` };
    } catch (thrown) {
      return { ok: false, reason: withoutToken(ensureError(thrown).message) };
    }
  };
}

/**
 * How the library fetches certificates. Its own transport loads `fetch`, which a process that has only just begun has not yet
 * (45 ms, see http-exchange.ts).
 */
const certificateTransport = {
  request: async ({ url }: { readonly url: string }) => {
    const signal = AbortSignal.timeout(certificatesTimeoutMs);
    const { status, headers, text } = await exchange({ url: new URL(url), signal });
    const known = new Map([['cache-control', headers['cache-control']]]);
    if (status !== 200) throw new HttpAnswerError({ status, retryAfter: headers['retry-after'] }, text);
    return { data: JSON.parse(text), headers: known };
  },
} as unknown as NonNullable<OAuth2ClientOptions['transporter']>; // of it, the library uses this much for certificates

/** The library ends its messages with the token or its claims, which belong into no log. */
function withoutToken(message: string): string {
  return (message.split(/: |, \d|, but got/, 1)[0] ?? '').replace(/ '.*$/, '');
}
