/** Who calls, and what they may do. */
import type { HttpRequest } from '../wires/http.ts';
import { forbidden, unauthorized } from './rejections.ts';
import { refuse, type StatusDetails } from './status.ts';

/** Who a token stands for. */
export interface User {
  readonly name: string;
  readonly groups: readonly string[];
  /** Cluster administrator: everything is allowed. */
  readonly isAdmin: boolean;
  /** One of the cluster's own controllers: its writes are the world's doing, not a client's. */
  readonly isController: boolean;
}

const anonymous: User = {
  name: 'system:anonymous',
  groups: ['system:unauthenticated'],
  isAdmin: false,
  isController: false,
};

/** Tokens that are not an administrator's: one that is not valid, and one of a user without any role binding. */
const unprivileged: Readonly<Record<string, User | undefined>> = {
  viewer: { name: 'viewer', groups: ['viewers', 'system:authenticated'], isAdmin: false, isController: false },
};
const invalidToken = 'invalid';

/** In front of the name of a controller in the token of the cluster's own client. */
export const controllerTokenPrefix = 'system:controller:';

/**
 * The user of a request: no Authorization header is the anonymous user, the token `invalid` is refused with 401, `viewer` may do
 * nothing, every other token belongs to an administrator.
 */
export function identify(request: HttpRequest): User {
  const header = request.headers['authorization'] ?? '';
  const token = /^Bearer\s+(\S+)$/i.exec(header)?.[1];
  if (header === '') return anonymous;
  if (token === undefined || token === invalidToken) return refuse(unauthorized, undefined);
  const known = unprivileged[token];
  if (known !== undefined) return known;
  const isController = token.startsWith(controllerTokenPrefix);
  const name = isController
    ? `system:serviceaccount:kube-system:${token.slice(controllerTokenPrefix.length)}`
    : 'admin';
  return { name, groups: ['system:masters', 'system:authenticated'], isAdmin: true, isController };
}

/** What a request wants to do with a resource. */
export interface ResourceAttributes {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
}

/** Refuses what the user may not do with a resource (apiserver pkg/endpoints/handlers/responsewriters/errors.go). */
export function authorizeResource(user: User, wanted: ResourceAttributes): void {
  if (user.isAdmin || (user !== anonymous && isSelfReview(wanted))) return;
  const { verb, group, namespace, name } = wanted;
  const resource = wanted.subresource === '' ? wanted.resource : `${wanted.resource}/${wanted.subresource}`;
  const fullName = group === '' ? wanted.resource : `${wanted.resource}.${group}`;
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace ${JSON.stringify(namespace)}`;
  const details: StatusDetails = {
    ...(name !== '' && { name }),
    ...(group !== '' && { group }),
    kind: wanted.resource,
  };
  const subject = name === '' ? fullName : `${fullName} ${JSON.stringify(name)}`;
  const what = `User ${JSON.stringify(user.name)} cannot ${verb} resource ${JSON.stringify(resource)} in API group ${JSON.stringify(group)} ${where}`;
  refuse(forbidden, details, subject, what);
}

const selfReviews = new Set(['selfsubjectaccessreviews', 'selfsubjectreviews', 'selfsubjectrulesreviews']);

/** Everybody who is authenticated may ask about themselves (ClusterRole system:basic-user). */
function isSelfReview({ verb, resource }: ResourceAttributes): boolean {
  return verb === 'create' && selfReviews.has(resource);
}

/** Open to everybody: ClusterRole system:public-info-viewer. */
const publicPaths = ['/healthz', '/livez', '/readyz', '/version'];
/** Open to authenticated users: ClusterRole system:discovery. */
const discoveryPaths = ['/api', '/apis', '/openapi'];

/** Paths that are no resources: health is public, discovery needs a user. */
export function authorizePath(user: User, path: string): void {
  const isBelow = (root: string): boolean => path === root || path.startsWith(`${root}/`);
  if (user.isAdmin || publicPaths.some(isBelow)) return;
  if (user !== anonymous && discoveryPaths.some(isBelow)) return;
  refuse(forbidden, {}, '', `User ${JSON.stringify(user.name)} cannot get path ${JSON.stringify(path)}`);
}
