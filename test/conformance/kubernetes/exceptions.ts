/** What a real API server does not answer as it was recorded. */
import type { ConformanceException } from '../report/exception.ts';

const wire = 'Kubernetes API';

export const exceptions = [
  {
    wire,
    id: 'order-of-causes',
    kind: 'not-comparable',
    reason:
      'Several mistakes in one custom resource come in random order, since the validator walks the properties of a schema as a Go map; their order does not count when a real server is asked.',
    source: 'kubernetes/kube-openapi pkg/validation/validate/object_validator.go',
  },
  {
    wire,
    id: 'openapi-index',
    kind: 'choice-of-ours',
    reason:
      'The index of OpenAPI names every version that is served, with a hash of its document: the local cloud serves fewer groups, and of documents only what kubectl reads.',
    source: 'kubernetes/kube-openapi pkg/handler3/handler.go',
  },
  {
    wire,
    id: 'openapi-schema-names',
    kind: 'choice-of-ours',
    reason:
      'The OpenAPI document of a group names the types of other groups that it refers to as if they were its own, e.g. io.k8s.api.apps.v1.PodSpec; references lead to the same fields, which is all that kubectl follows.',
    source: 'kubernetes/kubernetes api/openapi-spec/v3',
  },
  {
    wire,
    id: 'fields-newer-than-the-server',
    kind: 'choice-of-ours',
    reason:
      'Built-in kinds have the fields that the official client for JavaScript knows, which is written for a newer Kubernetes: a handful of fields that this server does not know is taken (spec.schedulingGroup of a pod), and one that it had before is not (spec.workloadRef).',
    source: 'kubernetes-client/javascript src/gen/models',
  },
  {
    wire,
    id: 'named-string-types',
    kind: 'choice-of-ours',
    reason:
      'A value of the wrong type is refused with the Go type of its field: the local cloud says string where Go has a type of its own, e.g. v1.ServiceType; the client’s types do not tell them apart.',
    source: 'kubernetes/kubernetes staging/src/k8s.io/api/core/v1/types.go',
  },
  {
    wire,
    id: 'refused-patch-key-order',
    kind: 'choice-of-ours',
    reason:
      'What a refused patch would have made of the object is quoted, its keys in the order of Go’s fields; the local cloud quotes them by the alphabet. The quotation does not count when the two are asked side by side.',
    source: 'kubernetes/apiserver pkg/endpoints/handlers/patch.go',
  },
  {
    wire,
    id: 'strategic-patch-wrong-type',
    kind: 'choice-of-ours',
    reason:
      'A strategic merge patch with a value of the wrong type is refused in words of the converter that reads it into Go’s types; the local cloud says it in those of the JSON decoder.',
    source: 'kubernetes/apimachinery pkg/runtime/converter.go',
  },
  {
    wire,
    id: 'pod-update-diff',
    kind: 'choice-of-ours',
    reason:
      'A pod whose fixed fields are changed is refused with, after the rule, a diff of Go’s internal types; the local cloud says the rule alone.',
    source: 'kubernetes/kubernetes pkg/apis/core/validation/validation.go, ValidatePodUpdate',
  },
] as const satisfies readonly ConformanceException[];

export type ExceptionId = (typeof exceptions)[number]['id'];
