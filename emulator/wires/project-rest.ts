/**
 * What gcloud asks of the project itself: Service Usage (all services are on), IAM's service accounts and the policy of Resource Manager.
 * Paths: google/api/serviceusage/v1/serviceusage.proto, google/iam/admin/v1/iam.proto (googleapis/googleapis) and Resource Manager's v1 API.
 */
import { textAt } from '../gke/read.ts';
import type { ProjectWorld } from '../project/project-world.ts';
import { projectDenied } from '../project/rejections.ts';
import type { WorldBase } from '../world/base.ts';
import { isMap, type JsonMap } from '../world/json.ts';
import { ApiError, reject } from '../world/rejection.ts';
import type { HttpReply, HttpRequest, HttpService } from './http.ts';
import { jsonErrorReply } from './json-error.ts';

interface Call {
  readonly project: ProjectWorld;
  readonly base: Pick<WorldBase, 'project' | 'projectNumber'>;
  /** What the path's last parameter is bound to; empty without one. */
  readonly name: string;
  readonly body: JsonMap;
}

interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** After `/v1/projects/{project}`; one group at most. */
  readonly pattern: RegExp;
  readonly answer: (call: Call) => JsonMap;
}

const routes: readonly Route[] = [
  { method: 'GET', pattern: /^\/services\/([^/:]+)$/, answer: ({ base, name }) => viewService(base, name) },
  { method: 'POST', pattern: /^\/services\/([^/:]+):enable$/, answer: ({ base, name }) => enabled(base, [name]) },
  {
    method: 'POST',
    pattern: /^\/services:batchEnable$/,
    answer: ({ base, body }) => enabled(base, Array.isArray(body['serviceIds']) ? body['serviceIds'].map(String) : []),
  },
  { method: 'GET', pattern: /^\/serviceAccounts$/, answer: ({ project }) => project.listServiceAccounts() },
  {
    method: 'POST',
    pattern: /^\/serviceAccounts$/,
    answer: ({ project, body }) =>
      project.createServiceAccount(textAt(body, 'accountId'), mapOf(body['serviceAccount'])),
  },
  {
    method: 'GET',
    pattern: /^\/serviceAccounts\/([^/:]+)$/,
    answer: ({ project, name }) => project.getServiceAccount(name),
  },
  {
    method: 'DELETE',
    pattern: /^\/serviceAccounts\/([^/:]+)$/,
    answer: ({ project, name }) => project.deleteServiceAccount(name),
  },
  { method: 'POST', pattern: /^:getIamPolicy$/, answer: ({ project }) => project.getIamPolicy() },
  {
    method: 'POST',
    pattern: /^:setIamPolicy$/,
    answer: ({ project, body }) => project.setIamPolicy(mapOf(body['policy'])),
  },
];

export function projectService(project: ProjectWorld, base: Call['base']): HttpService {
  return (request) => {
    const [, asked = '', rest = ''] = /^\/v1\/projects\/([^/:]+)(.*)$/.exec(request.path) ?? [];
    for (const { method, pattern, answer } of routes) {
      const match = method === request.method ? pattern.exec(rest) : null;
      if (match === null) continue;
      return refusing(() => {
        if (asked !== base.project && asked !== base.projectNumber && asked !== '-')
          reject(projectDenied, 'resourcemanager.projects.get', `projects/${asked}`);
        return answer({ project, base, name: decodeURIComponent(match[1] ?? ''), body: readBody(request) });
      });
    }
    return undefined;
  };
}

function viewService({ projectNumber }: Call['base'], service: string): JsonMap {
  const parent = `projects/${projectNumber}`;
  return { name: `${parent}/services/${service}`, config: { name: service }, state: 'ENABLED', parent };
}

/** The operation of an enabling that changed nothing, which is over at once. */
function enabled(base: Call['base'], services: readonly string[]): JsonMap {
  const type = `type.googleapis.com/google.api.serviceusage.v1.BatchEnableServicesResponse`;
  const views = services.map((service) => viewService(base, service));
  return { name: 'operations/noop.DONE_OPERATION', done: true, response: { '@type': type, services: views } };
}

function readBody({ body }: HttpRequest): JsonMap {
  if (body.length === 0) return {};
  const parsed: unknown = JSON.parse(body.toString('utf8'));
  return isMap(parsed) ? parsed : {};
}

function mapOf(value: unknown): JsonMap {
  return isMap(value) ? value : {};
}

function refusing(answer: () => JsonMap): HttpReply {
  try {
    return { status: 200, body: answer() };
  } catch (thrown) {
    if (!(thrown instanceof ApiError)) throw thrown;
    return jsonErrorReply(thrown, thrown.reason ?? 'forbidden');
  }
}
