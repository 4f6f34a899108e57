import { GoogleAuth, OAuth2Client } from 'google-auth-library';
import { type GoogleConnection, perConnection } from './connection.ts';

// The one scope that covers every API we call; what an identity may do is decided by IAM
// (Google Cloud documentation, "OAuth 2.0 scopes for Google APIs").
const scopes = ['https://www.googleapis.com/auth/cloud-platform'];

/** The identity of a connection; one object per connection, so that all its clients share one cached token. */
export const authOf = perConnection(makeAuth);

/** A valid access token, refreshed when it is about to expire. */
export async function accessTokenOf(connection: GoogleConnection): Promise<string> {
  if (connection.credentials !== 'adc') return connection.credentials.accessToken;
  const token = await authOf(connection).getAccessToken();
  if (typeof token !== 'string') throw new Error('reading an access token: Application Default Credentials gave none');
  return token;
}

function makeAuth({ credentials }: GoogleConnection): GoogleAuth {
  if (credentials === 'adc') return new GoogleAuth({ scopes });
  // With a client of its own GoogleAuth asks neither the environment nor the metadata server, not even for the universe
  // domain, which Google's clients compare before their first call.
  return new GoogleAuth({ authClient: new OAuth2Client({ credentials: { access_token: credentials.accessToken } }) });
}
