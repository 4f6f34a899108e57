/** Roles and their bindings (Kubernetes documentation, "Using RBAC Authorization"). */
export const RBAC_GROUP = 'rbac.authorization.k8s.io';
export const RBAC_VERSION = `${RBAC_GROUP}/v1`;

/** What it takes to keep a copy of objects up to date. */
export const READ = ['get', 'list', 'watch'] as const;
