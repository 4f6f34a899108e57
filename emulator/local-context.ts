/** Tells `inferctl`, gcloud and kubectl where the running local cloud is. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CannotStart } from './claims.ts';
import { LOCAL_TOKEN } from './functions-environment.ts';
import type { LocalCloud } from './local-cloud.ts';
import { names, REGION } from './provision.ts';

/** Where a running local cloud is. */
export type Reachable = Pick<LocalCloud, 'addresses' | 'home' | 'urlOf'>;

/** The part of `contexts.json` that is touched; whatever else stands in it stays. */
export interface StoredContexts {
  /** The context that the user has chosen. */
  readonly current?: string;
  readonly contexts?: Readonly<Record<string, unknown>>;
}

/** Read before anything is started: a file that cannot be added to is the user's to mend. */
export function readStoredContexts(home: string): StoredContexts {
  const file = fileIn(home);
  if (!existsSync(file)) return {};
  try {
    const stored: unknown = JSON.parse(readFileSync(file, 'utf8'));
    // What is in the fields is for `inferctl` to judge, which says so of each.
    if (typeof stored === 'object' && stored !== null && !Array.isArray(stored)) return stored;
  } catch {
    // Where the JSON breaks is lost; whoever mends the file sees it.
  }
  throw new CannotStart(`${file} is no JSON object: mend or remove it`);
}

/**
 * Writes the context `local`; the others stay as they are, and so does the user's choice: somebody who works on a project must not find
 * the next command on another one (D15). Only where nothing is chosen yet, `local` is. Returns the chosen one.
 */
export function writeLocalContext(
  home: string,
  cloud: Reachable,
  built: { readonly project: string; readonly name: string },
): string {
  const stored = readStoredContexts(home);
  const contexts = { ...stored.contexts, local: localContext(cloud, built.project) };
  const current = stored.current ?? 'local';
  // As a whole, and with a name of its own, as `inferctl` writes it: contexts may hold a token.
  const whole = `${fileIn(home)}.${process.pid}`;
  writeFileSync(whole, `${JSON.stringify({ ...stored, current, contexts }, null, 2)}\n`, { mode: 0o600 });
  renameSync(whole, fileIn(home));
  writeClientFiles(cloud, built.name);
  return current;
}

/** How the user reaches this cloud. `chosen`: the context that their commands act on without being told. */
export function contextLine(chosen: string): string {
  if (chosen === 'local') return 'Context local is the chosen one: inferctl acts on this cloud.';
  return (
    `Context ${chosen} stays the chosen one: inferctl --context local acts on this cloud, and so does everything after ` +
    'export INFERCTL_CONTEXT=local.'
  );
}

function fileIn(home: string): string {
  return join(home, 'contexts.json');
}

function localContext(cloud: Reachable, project: string): object {
  const { http, grpc } = cloud.addresses;
  return {
    statusUrl: cloud.urlOf('status'),
    project,
    region: REGION,
    requestsTopic: names.requests,
    pubsubEndpoint: grpc,
    credentials: 'none',
    environment: clientEnvironment(cloud, project),
    notes: [
      `Compute Engine clients: apiEndpoint 127.0.0.1, port ${new URL(http).port}, protocol http`,
      `GKE clients: apiEndpoint 127.0.0.1, port ${new URL(grpc).port}, insecure gRPC (or port ${new URL(http).port} with fallback: true, protocol: 'http')`,
      `Cloud Tasks: ${http}/v2/…`,
    ],
  };
}

/** What turns gcloud, kubectl and Google's clients to this cloud. */
function clientEnvironment({ addresses, home }: Reachable, project: string): Readonly<Record<string, string>> {
  const { http, grpc } = addresses;
  return {
    // gcloud keeps its own configuration folder, so that nothing of a real account is used or changed.
    CLOUDSDK_CONFIG: join(home, 'gcloud'),
    CLOUDSDK_AUTH_ACCESS_TOKEN_FILE: join(home, 'token'),
    CLOUDSDK_CORE_PROJECT: project,
    CLOUDSDK_CORE_DISABLE_PROMPTS: '1',
    CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK: '1',
    CLOUDSDK_API_ENDPOINT_OVERRIDES_CONTAINER: `${http}/`,
    CLOUDSDK_API_ENDPOINT_OVERRIDES_COMPUTE: `${http}/compute/v1/`,
    CLOUDSDK_API_ENDPOINT_OVERRIDES_SERVICEUSAGE: `${http}/`,
    CLOUDSDK_API_ENDPOINT_OVERRIDES_IAM: `${http}/`,
    CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDRESOURCEMANAGER: `${http}/`,
    // Without these gcloud would look for the queue and the subscriptions of a real project of that name.
    CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDTASKS: `${http}/`,
    CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDSCHEDULER: `${http}/`,
    CLOUDSDK_API_ENDPOINT_OVERRIDES_PUBSUB: `${http}/`,
    KUBECONFIG: join(home, 'kubeconfig'),
    PUBSUB_EMULATOR_HOST: grpc.replace('http://', ''),
    PUBSUB_PROJECT_ID: project,
    // Otherwise Google's clients look for a metadata server first, and warn that there is none.
    METADATA_SERVER_DETECTION: 'none',
  };
}

/** The kubeconfig names a cluster that comes only later: until then kubectl says that it is not there. */
function writeClientFiles({ home, addresses }: Reachable, clusterName: string): void {
  mkdirSync(join(home, 'gcloud'), { recursive: true });
  writeFileSync(join(home, 'token'), LOCAL_TOKEN);
  const cluster = {
    name: 'local',
    cluster: {
      server: `${addresses.kubernetes}/clusters/${clusterName}`,
      'certificate-authority': join(home, 'ca.pem'),
    },
  };
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [cluster],
    users: [{ name: 'local', user: { token: LOCAL_TOKEN } }],
    contexts: [{ name: 'local', context: { cluster: 'local', user: 'local' } }],
    'current-context': 'local',
  };
  // JSON is YAML, and kubectl reads it.
  writeFileSync(join(home, 'kubeconfig'), JSON.stringify(kubeconfig, null, 2));
}
