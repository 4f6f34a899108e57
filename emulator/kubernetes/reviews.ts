/** What a user may do, as access reviews and `kubectl auth can-i --list` answer it (kubernetes/kubernetes pkg/registry/authorization). */
import type { JsonMap } from '../world/json.ts';
import type { User } from './users.ts';

const everything: JsonMap = {
  resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }],
  nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
};

/** What ClusterRoles `system:basic-user` and `system:discovery` give to everybody who is known. */
const little: JsonMap = {
  resourceRules: [
    {
      verbs: ['create'],
      apiGroups: ['authorization.k8s.io'],
      resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
    },
    { verbs: ['create'], apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'] },
  ],
  nonResourceRules: [
    {
      verbs: ['get'],
      nonResourceURLs: [
        '/api',
        '/api/*',
        '/apis',
        '/apis/*',
        '/healthz',
        '/livez',
        '/openapi',
        '/openapi/*',
        '/readyz',
        '/version',
      ],
    },
  ],
};

/** The status of a review of the given kind. */
export function reviewOf(kind: string, user: User): JsonMap {
  switch (kind) {
    case 'SelfSubjectReview':
      return { userInfo: { username: user.name, groups: [...user.groups] } };
    case 'SelfSubjectRulesReview':
      return { ...(user.isAdmin ? everything : little), incomplete: false };
    default:
      return { allowed: user.isAdmin };
  }
}
