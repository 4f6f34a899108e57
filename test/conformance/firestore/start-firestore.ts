/** Google's Firestore emulator, and what reaches it. */
import { ledgerInFirestore } from '../../../emulator/functions-environment.ts';
import type { GoogleConnection } from '#shared/gcp/connection.ts';
import { makeFirestoreStore } from '#shared/gcp/firestore-store.ts';
import type { FirestoreStore } from '#shared/ledger/firestore-store.ts';
import { startGoogleEmulators } from '../google-emulators.ts';

/** Its file says no version; it came with the Cloud SDK. */
export const firestoreName = 'Google’s Firestore emulator';

/** The token that it lets pass by its security rules; it takes no other text that is no JWT. */
const OWNER_TOKEN = 'owner';

export interface RunningFirestore {
  readonly connection: GoogleConnection;
  /** Databases appear with their first document; each name is an empty one of its own. */
  store(database: string): FirestoreStore;
  /** What makes functions keep their ledger there. */
  environment(database: string): Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

export async function startFirestore(): Promise<RunningFirestore> {
  const emulators = await startGoogleEmulators({ only: ['firestore'] });
  const endpoint = `http://${emulators.host('firestore')}`;
  const connection = { credentials: { accessToken: OWNER_TOKEN }, endpoints: { firestore: endpoint } };
  return {
    connection,
    store: (database) => makeFirestoreStore({ connection, project: 'demo', database }),
    environment: (database) => ledgerInFirestore({ host: emulators.host('firestore'), database }),
    stop: emulators.stop,
  };
}
