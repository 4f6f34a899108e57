/** Tells `inferctl`, gcloud and kubectl where the running local cloud is. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LOCAL_TOKEN } from './functions-environment.ts';
import type { LocalCloud } from './local-cloud.ts';
import { names } from './provision.ts';

/** Writes the context `local` and makes it the current one; other contexts stay as they are. */
export function writeLocalContext(
  home: string,
  cloud: LocalCloud,
  built: { readonly project: string; readonly name: string },
): void {
  mkdirSync(home, { recursive: true });
  const file = join(home, 'contexts.json');
  const stored = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const contexts = { ...stored.contexts, local: localContext(cloud, built.project) };
  writeFileSync(file, `${JSON.stringify({ ...stored, current: 'local', contexts }, null, 2)}\n`);
  writeClientFiles(cloud, built.name);
}

function localContext(cloud: LocalCloud, project: string): object {
  const { http, grpc } = cloud.addresses;
  return {
    statusUrl: cloud.urlOf('status'),
    project,
    requestsTopic: names.requests,
    pubsubEndpoint: grpc,
    credentials: 'none',
    environment: {
      // gcloud keeps its own configuration folder, so that nothing of a real account is used or changed.
      CLOUDSDK_CONFIG: join(cloud.home, 'gcloud'),
      CLOUDSDK_AUTH_ACCESS_TOKEN_FILE: join(cloud.home, 'token'),
      CLOUDSDK_CORE_PROJECT: project,
      CLOUDSDK_CORE_DISABLE_PROMPTS: '1',
      CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK: '1',
      CLOUDSDK_API_ENDPOINT_OVERRIDES_CONTAINER: `${http}/`,
      CLOUDSDK_API_ENDPOINT_OVERRIDES_COMPUTE: `${http}/compute/v1/`,
      CLOUDSDK_API_ENDPOINT_OVERRIDES_SERVICEUSAGE: `${http}/`,
      KUBECONFIG: join(cloud.home, 'kubeconfig'),
      PUBSUB_EMULATOR_HOST: grpc.replace('http://', ''),
      PUBSUB_PROJECT_ID: project,
      // Otherwise Google's clients look for a metadata server first, and warn that there is none.
      METADATA_SERVER_DETECTION: 'none',
    },
    notes: [
      `Compute Engine clients: apiEndpoint 127.0.0.1, port ${new URL(http).port}, protocol http`,
      `GKE clients: apiEndpoint 127.0.0.1, port ${new URL(grpc).port}, insecure gRPC (or port ${new URL(http).port} with fallback: true, protocol: 'http')`,
      `Cloud Tasks: ${http}/v2/…`,
    ],
  };
}

/** The kubeconfig names a cluster that comes only later: until then kubectl says that it is not there. */
function writeClientFiles({ home, addresses }: LocalCloud, clusterName: string): void {
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
