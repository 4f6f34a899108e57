/** What a real API server does not answer as it was recorded. */
import type { ConformanceException } from '../report/exception.ts';

export const exceptions = [
  {
    wire: 'Kubernetes API',
    id: 'order-of-causes',
    reason:
      'Several mistakes in one custom resource come in random order, since the validator walks the properties of a schema as a Go map; their order does not count when a real server is asked.',
    source: 'kubernetes/kube-openapi pkg/validation/validate/object_validator.go',
  },
  {
    wire: 'Kubernetes API',
    id: 'openapi-index',
    reason:
      'The index of OpenAPI names every version that is served, with a hash of its document: the local cloud serves fewer groups, and of documents only what kubectl reads.',
    source: 'kubernetes/kube-openapi pkg/handler3/handler.go',
  },
] as const satisfies readonly ConformanceException[];
