/** The local cloud's identity provider: signs the tokens of pushes and tasks, and publishes the keys that check them. */
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { TokenClaims, TokenSource } from '../delivery/courier.ts';
import type { HttpReply, HttpService } from './http.ts';

export interface TokenIssuerOptions {
  /** Value of `iss`; also the address below which `oidcService` answers: `http://127.0.0.1:8085/oidc`. */
  readonly issuer: string;
  /** Real time, Unix seconds: whoever checks a token compares it with real time, not with the world's (D8). */
  readonly nowSeconds: () => number;
}

/** One hour, the lifetime of Google's ID tokens (IAM documentation, "Token types"). */
const LIFETIME_SECONDS = 3600;

/**
 * For so long the same token is sent again: a signature costs more than all else of a delivery. Google keeps them longer (Pub/Sub
 * documentation, "Authentication for push subscriptions": a push's token may be up to an hour old). Assumed: how long.
 */
const REUSED_SECONDS = 300;

/** How long a client may keep the keys. They change only with the local cloud itself, and then the issuer's clients restart too. */
const KEYS_MAX_AGE_SECONDS = 3600;

/** Signs RS256 tokens with a key made at construction. */
export class TokenIssuer implements TokenSource {
  readonly issuer: string;
  readonly #nowSeconds: () => number;
  readonly #publicKey: KeyObject;
  readonly #privateKey: KeyObject;
  readonly #keyId: string;
  /** By audience and account. */
  readonly #signed = new Map<string, { readonly issuedAt: number; readonly token: string }>();

  constructor({ issuer, nowSeconds }: TokenIssuerOptions) {
    this.issuer = issuer;
    this.#nowSeconds = nowSeconds;
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    this.#publicKey = publicKey;
    this.#privateKey = privateKey;
    this.#keyId = createHash('sha256').update(this.#pem()).digest('hex').slice(0, 40);
  }

  /** With the claims of a Google-signed ID token of a service account. */
  token(claims: TokenClaims): string {
    const issuedAt = Math.floor(this.#nowSeconds());
    const key = `${claims.audience} ${claims.email}`;
    const known = this.#signed.get(key);
    const ageSeconds = issuedAt - (known?.issuedAt ?? Number.NEGATIVE_INFINITY);
    // A token from the future was made before somebody set the clock back.
    if (known !== undefined && ageSeconds >= 0 && ageSeconds < REUSED_SECONDS) return known.token;
    const token = this.#sign(claims, issuedAt);
    this.#signed.set(key, { issuedAt, token });
    return token;
  }

  #sign({ audience, email }: TokenClaims, issuedAt: number): string {
    const subject = subjectOf(email);
    const claims = {
      aud: audience,
      azp: subject,
      email,
      email_verified: true,
      exp: issuedAt + LIFETIME_SECONDS,
      iat: issuedAt,
      iss: this.issuer,
      sub: subject,
    };
    const signed = `${encode({ alg: 'RS256', kid: this.#keyId, typ: 'JWT' })}.${encode(claims)}`;
    return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), this.#privateKey).toString('base64url')}`;
  }

  /** Public keys as PEM by key id, the form of https://www.googleapis.com/oauth2/v1/certs (there they come in certificates). */
  certs(): Readonly<Record<string, string>> {
    return { [this.#keyId]: this.#pem() };
  }

  /** The same as a JSON Web Key Set, the form of https://www.googleapis.com/oauth2/v3/certs. */
  jwks(): { readonly keys: readonly object[] } {
    return { keys: [{ ...this.#publicKey.export({ format: 'jwk' }), kid: this.#keyId, alg: 'RS256', use: 'sig' }] };
  }

  #pem(): string {
    return this.#publicKey.export({ type: 'spki', format: 'pem' }).toString();
  }
}

/**
 * Serves the keys. `google-auth-library` checks tokens against them with
 *
 *   new OAuth2Client({ issuers: [issuer], endpoints: { oauth2FederatedSignonPemCertsUrl: `${issuer}/certs` } })
 *     .verifyIdToken({ idToken, audience })
 */
export function oidcService(issuer: TokenIssuer): HttpService {
  const base = new URL(issuer.issuer).pathname;
  const documents: Readonly<Record<string, () => object>> = {
    [`${base}/certs`]: () => issuer.certs(),
    [`${base}/jwks`]: () => issuer.jwks(),
    [`${base}/.well-known/openid-configuration`]: () => ({
      issuer: issuer.issuer,
      jwks_uri: `${issuer.issuer}/jwks`,
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
    }),
  };
  return ({ method, path }): HttpReply | undefined => {
    const document = method === 'GET' ? documents[path] : undefined;
    if (document === undefined) return undefined;
    const headers = { 'cache-control': `public, max-age=${KEYS_MAX_AGE_SECONDS}` };
    return { status: 200, headers, body: document() };
  };
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

/** Google's subjects are numbers of 21 digits, one per account. */
function subjectOf(email: string): string {
  const digest = createHash('sha256').update(email).digest('hex').slice(0, 16);
  return `1${BigInt(`0x${digest}`).toString().padStart(20, '0')}`;
}
