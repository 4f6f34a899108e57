/** Who we are, for a status function that only lets known people in (Cloud Run documentation, "Authenticate developers"). */
import { GoogleAuth, type IdTokenClient } from 'google-auth-library';

const clients = new Map<string, Promise<IdTokenClient>>();

/** `Bearer <ID token>`; the client keeps the token until shortly before it expires. */
export async function identify(audience: string): Promise<string> {
  const known = clients.get(audience) ?? new GoogleAuth().getIdTokenClient(audience);
  clients.set(audience, known);
  const client = await known;
  const header = (await client.getRequestHeaders(audience)).get('authorization');
  if (header === null) throw new Error('Application Default Credentials gave no ID token');
  return header;
}
