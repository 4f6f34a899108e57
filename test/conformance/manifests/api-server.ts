/** A real API server that knows every published definition, and is asked what it thinks of an object without keeping it. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { startControlPlane } from '../../../emulator/control-plane/start.ts';
import { systemTime } from '../../../emulator/world/real-time.ts';
import type { Applied } from '../../../manifests/kubernetes/wire.ts';
import { type Answer, ask, type Target } from '../kubernetes/replayer.ts';

export interface ApiServer {
  /** Of an object that has no definition there: undefined. */
  readonly review: (object: Applied) => Promise<Review | undefined>;
  readonly stop: () => Promise<void>;
}

/** What a server-side dry run answers. */
export interface Review {
  readonly status: number;
  /** Empty when it was accepted. */
  readonly message: string;
  readonly warnings: readonly string[];
}

const headers = { Authorization: 'Bearer {{token:admin}}', Accept: 'application/json' };
const asYaml = { ...headers, 'Content-Type': 'application/apply-patch+yaml' };
const asJson = { ...headers, 'Content-Type': 'application/json' };

/** `definitions`: the folder of the published CustomResourceDefinitions. */
export async function startApiServer(definitions: string): Promise<ApiServer> {
  const home = mkdtempSync(join(tmpdir(), 'manifests-'));
  const plane = await startControlPlane({ home });
  const { server: baseUrl, caCertificate: ca, tokens } = plane;
  const target: Target = { baseUrl, ca, tokens: { admin: tokens.admin }, compact: () => plane.compact() };
  const paths = await untilServed(target, await createDefinitions(target, definitions));
  const namespaces = new Set<string>();
  const review: ApiServer['review'] = async (object) => {
    const resource = paths.get(keyOf(object.apiVersion, object.kind));
    if (resource === undefined) return undefined;
    const { namespace } = object.metadata;
    if (namespace !== undefined && !namespaces.has(namespace)) {
      await createNamespace(target, namespace);
      namespaces.add(namespace);
    }
    return reviewOf(await ask({ ...dryRun(resource, object), headers: asYaml }, target, new Map()));
  };
  const stop = async () => {
    await plane.stop();
    rmSync(home, { recursive: true, force: true });
  };
  return { review, stop };
}

interface Resource {
  readonly key: string;
  /** Up to the version: `/apis/apps/v1`. */
  readonly path: string;
  readonly plural: string;
  readonly isNamespaced: boolean;
}

function keyOf(apiVersion: string, kind: string): string {
  return `${apiVersion} ${kind}`;
}

function dryRun({ path, plural, isNamespaced }: Resource, object: Applied) {
  const { namespace = 'default', name } = object.metadata;
  const collection = isNamespaced ? `${path}/namespaces/${namespace}/${plural}` : `${path}/${plural}`;
  const query = 'dryRun=All&fieldManager=conformance&fieldValidation=Strict';
  return { method: 'PATCH', path: `${collection}/${name}?${query}`, body: JSON.parse(JSON.stringify(object)) };
}

function reviewOf({ status, headers: answered, body }: Answer): Review {
  const warnings = [answered['warning'] ?? []].flat();
  const message = status < 300 ? '' : JSON.stringify(body);
  return { status, message, warnings };
}

async function createDefinitions(target: Target, folder: string): Promise<readonly string[]> {
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
  const names: string[] = [];
  for (const file of files) {
    const body = parse(readFileSync(join(folder, file), 'utf8'));
    const { status, body: answer } = await ask({ method: 'POST', path, headers: asJson, body }, target, new Map());
    if (status !== 201) throw new Error(`creating the definition of ${file}: ${JSON.stringify(answer)}`);
    names.push(body.metadata.name);
  }
  return names;
}

async function createNamespace(target: Target, name: string): Promise<void> {
  const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
  await ask({ method: 'POST', path: '/api/v1/namespaces', headers: asJson, body }, target, new Map());
}

/** Served means that discovery tells of it and its list can be read: a definition's own status says so a moment too early. */
async function untilServed(target: Target, definitions: readonly string[]): Promise<ReadonlyMap<string, Resource>> {
  const deadlineMs = systemTime.nowMs() + 60_000;
  for (;;) {
    const resources = await discover(target);
    const ofDefinitions = resources.filter((one) => definitions.includes(nameOf(one)));
    const lists = await Promise.all(ofDefinitions.map((one) => read(target, `${one.path}/${one.plural}`)));
    const isServed = new Set(ofDefinitions.map(nameOf)).size === definitions.length && lists.every(isRead);
    if (isServed) return new Map(resources.map((resource) => [resource.key, resource]));
    if (systemTime.nowMs() > deadlineMs)
      throw new Error('waiting until all definitions are served: not after a minute');
    await new Promise<void>((resolve) => void systemTime.setTimer(100, resolve));
  }
}

/** As its definition is called: `deployments.apps`. */
function nameOf({ path, plural }: Resource): string {
  return `${plural}.${path.split('/').at(-2) ?? ''}`;
}

function isRead({ status }: Answer): boolean {
  return status === 200;
}

function read(target: Target, path: string, accept = 'application/json'): Promise<Answer> {
  return ask({ method: 'GET', path, headers: { ...headers, Accept: accept } }, target, new Map());
}

/** Of aggregated discovery (Kubernetes documentation, "API discovery"), what is used here. */
interface Discovery {
  readonly items: readonly {
    readonly metadata?: { readonly name?: string };
    readonly versions: readonly {
      readonly version: string;
      readonly resources: readonly {
        readonly resource: string;
        readonly scope: 'Namespaced' | 'Cluster';
        readonly responseKind: { readonly kind: string };
      }[];
    }[];
  }[];
}

async function discover(target: Target): Promise<readonly Resource[]> {
  const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
  const answers = await Promise.all(['/api', '/apis'].map((path) => read(target, path, accept)));
  return answers.flatMap(({ body }) => resourcesOf(body as unknown as Discovery)); // As the header asks for it.
}

function resourcesOf({ items }: Discovery): readonly Resource[] {
  return items.flatMap(({ metadata, versions }) =>
    versions.flatMap(({ version, resources }) => {
      const group = metadata?.name ?? '';
      const apiVersion = group === '' ? version : `${group}/${version}`;
      return resources.map(({ resource, scope, responseKind }) => ({
        key: keyOf(apiVersion, responseKind.kind),
        path: group === '' ? `/api/${version}` : `/apis/${apiVersion}`,
        plural: resource,
        isNamespaced: scope === 'Namespaced',
      }));
    }),
  );
}
