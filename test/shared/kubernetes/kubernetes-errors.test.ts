import { describe, expect, it } from 'vitest';
import { AutomationError } from '#shared/errors.ts';
import {
  ClusterAnswerError,
  kubernetesErrorRowOf,
  kubernetesErrorRows,
  readKubernetesError,
  toClusterError,
} from '#shared/kubernetes/kubernetes-errors.ts';

const status = (code: number, reason: string, message: string, details: object = {}) =>
  new ClusterAnswerError(
    code,
    JSON.stringify({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message,
      reason,
      details,
      code,
    }),
  );

const conflict = status(
  409,
  'Conflict',
  'Apply failed with 2 conflicts: conflict with "m2": .data.b\nconflict with "m1" using apps/v1: .data.a',
  {
    causes: [
      { reason: 'FieldManagerConflict', message: 'conflict with "m2"', field: '.data.b' },
      { reason: 'FieldManagerConflict', message: 'conflict with "m1" using apps/v1', field: '.data.a' },
    ],
  },
);

/** Answers of a kube-apiserver 1.35 to the situations named. */
const known = [
  { when: 'another manager owns a field', error: conflict, kind: 'permanent', code: 'FIELD_MANAGER_CONFLICT' },
  {
    when: 'the old object is being deleted',
    error: status(409, 'AlreadyExists', 'object is being deleted: configmaps "a" already exists'),
    kind: 'busy',
    code: 'BEING_DELETED',
  },
  {
    when: 'the disruption budget allows no eviction',
    error: status(429, 'TooManyRequests', "Cannot evict pod as it would violate the pod's disruption budget.", {
      causes: [
        {
          reason: 'DisruptionBudget',
          message: 'The disruption budget decode needs 2 healthy pods and has 2 currently',
          field: '',
        },
      ],
    }),
    kind: 'busy',
    code: 'DISRUPTION_BUDGET',
  },
  {
    when: 'the namespace is being deleted',
    error: status(
      403,
      'Forbidden',
      'configmaps "a" is forbidden: unable to create new content in namespace x because it is being terminated',
      {
        causes: [
          { reason: 'NamespaceTerminating', message: 'namespace x is being terminated', field: 'metadata.namespace' },
        ],
      },
    ),
    kind: 'busy',
    code: 'BEING_DELETED',
  },
  {
    when: 'the name is taken',
    error: status(409, 'AlreadyExists', 'configmaps "a" already exists'),
    kind: 'exists',
    code: 'AlreadyExists',
  },
  {
    when: 'the resourceVersion is stale',
    error: status(
      409,
      'Conflict',
      'Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to the latest version and try again',
    ),
    kind: 'transient',
    code: 'Conflict',
  },
  {
    when: 'the namespace has a quota',
    error: status(
      403,
      'Forbidden',
      'pods "a" is forbidden: exceeded quota: gpus, requested: nvidia.com/gpu=8, used: nvidia.com/gpu=8, limited: nvidia.com/gpu=8',
    ),
    kind: 'quota',
    code: 'QUOTA_EXCEEDED',
  },
  {
    when: 'a webhook says no',
    error: status(403, 'Forbidden', 'admission webhook "v.kb.io" denied the request: spec.a: Invalid value'),
    kind: 'permanent',
    code: 'WEBHOOK_DENIED',
  },
  {
    when: 'a field is not in the schema',
    error: status(
      500,
      'InternalError',
      'failed to create typed patch object (c/a; /v1, Kind=ConfigMap): .bogus: field not declared in schema',
    ),
    kind: 'permanent',
    code: 'INVALID_OBJECT',
  },
  {
    when: 'the token is wrong',
    error: status(401, 'Unauthorized', 'Unauthorized'),
    kind: 'auth',
    code: 'Unauthorized',
  },
  {
    when: 'the user may not',
    error: status(403, 'Forbidden', 'pods is forbidden: User "viewer" cannot list resource "pods"'),
    kind: 'auth',
    code: 'Forbidden',
  },
  {
    when: 'the namespace does not exist',
    error: status(404, 'NotFound', 'namespaces "missing-ns" not found'),
    kind: 'gone',
    code: 'NotFound',
  },
  {
    when: 'a list token has expired',
    error: status(410, 'Expired', 'The provided continue parameter is too old'),
    kind: 'transient',
    code: 'Expired',
  },
  {
    when: 'there are too many requests',
    error: status(429, 'TooManyRequests', 'slow down'),
    kind: 'transient',
    code: 'TooManyRequests',
  },
  {
    when: 'the object is invalid',
    error: status(422, 'Invalid', 'Deployment.apps "a" is invalid: spec.replicas: Invalid value: -1'),
    kind: 'permanent',
    code: 'Invalid',
  },
  {
    when: 'the connection breaks',
    error: new TypeError('fetch failed', {
      cause: Object.assign(new Error('other side closed'), { code: 'UND_ERR_SOCKET' }),
    }),
    kind: 'transient',
    code: 'UND_ERR_SOCKET',
  },
  {
    when: 'the deadline passes',
    error: new DOMException('The operation was aborted due to timeout', 'TimeoutError'),
    kind: 'transient',
    code: 'TimeoutError',
  },
] as const;

describe('the classifier of Kubernetes errors', () => {
  it.each(known)('is $kind $code when $when', ({ error, kind, code }) => {
    expect(toClusterError('applying a', error)).toMatchObject({ kind, facts: { code } });
  });

  it('has a case for every row of its table', () => {
    const used = new Set(known.map(({ error }) => kubernetesErrorRowOf(readKubernetesError(error))));

    expect(kubernetesErrorRows.filter((row) => !used.has(row))).toEqual([]);
  });

  it('names manager and field of every conflict, in a fixed order', () => {
    const { message } = toClusterError('applying ConfigMap c/a', conflict);

    expect(message).toBe(
      'applying ConfigMap c/a: field .data.a: conflict with "m1" using apps/v1; field .data.b: conflict with "m2"',
    );
  });

  it.each([
    { name: 'the header', error: new ClusterAnswerError(429, '{}', 3), retryAfterSeconds: 3 },
    {
      name: 'the details',
      error: status(504, 'Timeout', 'Too large resource version', { retryAfterSeconds: 1 }),
      retryAfterSeconds: 1,
    },
  ])('passes on how long to wait from $name', ({ error, retryAfterSeconds }) => {
    expect(toClusterError('listing a', error).facts).toMatchObject({ retryAfterSeconds });
  });

  it('reads answers that are plain text', () => {
    expect(toClusterError('reading a', new ClusterAnswerError(404, '404 page not found\n'))).toMatchObject({
      kind: 'gone',
      message: 'reading a: HTTP 404 404 page not found',
    });
  });

  it('does not guess: an unknown status or error is permanent', () => {
    expect(toClusterError('reading a', new ClusterAnswerError(418, '')).kind).toBe('permanent');
    expect(toClusterError('reading a', new Error('never seen')).kind).toBe('permanent');
  });

  it('leaves our own errors as they are', () => {
    const ours = new AutomationError('gone', 'applying a: not served');

    expect(toClusterError('applying a', ours)).toBe(ours);
  });
});
