/** How the functions are told where everything is. */
import { join } from 'node:path';
import type { FirestoreLedger } from './firestore-ledger.ts';
import { invokerEmail, names, REGION } from './provision.ts';

/** Where everything answers. */
export interface Addresses {
  readonly http: string;
  readonly grpc: string;
  readonly kubernetes: string;
}

/** Access token of everything local; any text would do. */
export const LOCAL_TOKEN = 'local';

/**
 * What makes the functions keep their ledger in Google's Firestore emulator. A world begins anew with each start, and needs a
 * database of its own: they appear with their first document. Of tokens that are no JWT that emulator takes this one only.
 */
export function ledgerInFirestore({ host, database }: FirestoreLedger): Readonly<Record<string, string>> {
  return {
    FLEET_LEDGER: `firestore:${database}`,
    FLEET_FIRESTORE_ENDPOINT: `http://${host}`,
    FLEET_CREDENTIALS: 'token:owner',
  };
}

/** The functions' configuration: endpoints, credentials and clock of this cloud; nothing of the caller's environment but PATH. */
export function functionsEnvironment(
  options: { readonly project: string; readonly home: string },
  { http, grpc }: Addresses,
): Readonly<Record<string, string>> {
  return {
    PATH: process.env['PATH'] ?? '',
    FLEET_HOST: '127.0.0.1',
    FLEET_PROJECT: options.project,
    FLEET_REGION: REGION,
    FLEET_WAKES_TOPIC: names.wakes,
    FLEET_DEAD_LETTER_TOPIC: names.deadLetters,
    FLEET_QUEUE: names.queue,
    FLEET_FUNCTION_URL: `${http}/functions/{function}`,
    FLEET_LEDGER: `sqlite:${join(options.home, 'ledger.sqlite')}`,
    FLEET_INVOKER: invokerEmail(options.project),
    FLEET_OIDC_CERTIFICATES_URL: `${http}/oidc/certs`,
    FLEET_OIDC_ISSUER: `${http}/oidc`,
    FLEET_CREDENTIALS: `token:${LOCAL_TOKEN}`,
    FLEET_COMPUTE_ENDPOINT: http,
    FLEET_CONTAINER_ENDPOINT: grpc,
    FLEET_CONTAINER_REST_ENDPOINT: http,
    FLEET_MONITORING_ENDPOINT: grpc,
    FLEET_PUBSUB_ENDPOINT: grpc,
    FLEET_TASKS_ENDPOINT: http,
    FLEET_KUBERNETES_CA_FILE: join(options.home, 'ca.pem'),
    FLEET_CLOCK_URL: `${http}/clock`,
  };
}
