/**
 * Every way in which the API says no. Codes, reasons and texts are those of a kube-apiserver 1.35.4; the source names where
 * kubernetes/kubernetes (or one of its published modules) makes them.
 */
import { defineRejection } from '../world/rejection.ts';
import { type FieldError, fieldErrorsText } from './status.ts';

const errorsGo = 'kubernetes/apimachinery pkg/api/errors/errors.go';

export const unauthorized = defineRejection({
  id: 'kubernetes.unauthorized',
  code: 'UNAUTHENTICATED',
  reason: 'Unauthorized',
  source: 'kubernetes/apiserver pkg/endpoints/filters/authentication.go',
  message: () => 'Unauthorized',
});

export const forbidden = defineRejection({
  id: 'kubernetes.forbidden',
  code: 'PERMISSION_DENIED',
  reason: 'Forbidden',
  source: 'kubernetes/apiserver pkg/endpoints/handlers/responsewriters/errors.go',
  message: (subject: string, detail: string) =>
    subject === '' ? `forbidden: ${detail}` : `${subject} is forbidden: ${detail}`,
});

export const notFound = defineRejection({
  id: 'kubernetes.notFound',
  code: 'NOT_FOUND',
  reason: 'NotFound',
  source: `${errorsGo} NewNotFound`,
  message: (resource: string, name: string) => `${resource} "${name}" not found`,
});

/** Answered as plain text, not as a Status. */
export const pageNotFound = defineRejection({
  id: 'kubernetes.pageNotFound',
  code: 'NOT_FOUND',
  source: 'kubernetes/apiserver pkg/server/mux/pathrecorder.go',
  message: () => '404 page not found\n',
});

export const resourceNotFound = defineRejection({
  id: 'kubernetes.resourceNotFound',
  code: 'NOT_FOUND',
  reason: 'NotFound',
  source: `${errorsGo} NewGenericServerResponse`,
  message: () => 'the server could not find the requested resource',
});

export const methodNotAllowed = defineRejection({
  id: 'kubernetes.methodNotAllowed',
  code: 'UNIMPLEMENTED',
  httpStatus: 405,
  reason: 'MethodNotAllowed',
  source: `${errorsGo} NewGenericServerResponse`,
  message: () => 'the server does not allow this method on the requested resource',
});

export const verbNotSupported = defineRejection({
  id: 'kubernetes.verbNotSupported',
  code: 'UNIMPLEMENTED',
  httpStatus: 405,
  reason: 'MethodNotAllowed',
  source: `${errorsGo} NewMethodNotSupported`,
  message: (verb: string, resource: string) => `${verb} is not supported on resources of kind "${resource}"`,
});

export const notServed = defineRejection({
  id: 'kubernetes.notServed',
  code: 'UNIMPLEMENTED',
  reason: 'NotImplemented',
  source: 'limit: what a real cluster serves and the local one does not; it says so plainly',
  message: (what: string) => `the local cloud does not serve ${what}`,
});

export const unsupportedPatchType = defineRejection({
  id: 'kubernetes.unsupportedPatchType',
  code: 'INVALID_ARGUMENT',
  httpStatus: 415,
  reason: 'UnsupportedMediaType',
  source: 'kubernetes/apiserver pkg/endpoints/installer.go (go-restful Consumes)',
  message: () => '415: Unsupported Media Type',
});

export const unknownBodyFormat = defineRejection({
  id: 'kubernetes.unknownBodyFormat',
  code: 'INVALID_ARGUMENT',
  httpStatus: 415,
  reason: 'UnsupportedMediaType',
  source: 'kubernetes/apiserver pkg/endpoints/handlers/negotiation/errors.go',
  message: (accepted: readonly string[]) =>
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
});

export const notAcceptable = defineRejection({
  id: 'kubernetes.notAcceptable',
  code: 'INVALID_ARGUMENT',
  httpStatus: 406,
  reason: 'NotAcceptable',
  source: 'kubernetes/apiserver pkg/endpoints/installer.go (go-restful Produces)',
  message: () =>
    '406: Not Acceptable\n\nAvailable representations: application/json, application/yaml, application/vnd.kubernetes.protobuf',
});

export const alreadyExists = defineRejection({
  id: 'kubernetes.alreadyExists',
  code: 'ALREADY_EXISTS',
  reason: 'AlreadyExists',
  source: `${errorsGo} NewAlreadyExists; kubernetes/apiserver pkg/registry/generic/registry/store.go Create`,
  message: (resource: string, name: string, isTerminating: boolean) =>
    `${isTerminating ? 'object is being deleted: ' : ''}${resource} "${name}" already exists`,
});

export const modified = defineRejection({
  id: 'kubernetes.modified',
  code: 'ABORTED',
  reason: 'Conflict',
  source: 'kubernetes/apiserver pkg/registry/generic/registry/store.go OptimisticLockErrorMsg',
  message: (resource: string, name: string) =>
    `Operation cannot be fulfilled on ${resource} "${name}": the object has been modified; please apply your changes to the latest version and try again`,
});

export const otherUid = defineRejection({
  id: 'kubernetes.otherUid',
  code: 'ABORTED',
  reason: 'Conflict',
  source: 'kubernetes/apiserver pkg/storage/interfaces.go Preconditions.Check',
  message: (resource: string, key: string, uids: { readonly wanted: string; readonly found: string }) => {
    const name = key.slice(key.lastIndexOf('/') + 1);
    const precondition = `UID in precondition: ${uids.wanted}, UID in object meta: ${uids.found}`;
    return `Operation cannot be fulfilled on ${resource} "${name}": StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: ${precondition}`;
  },
});

export const deletePrecondition = defineRejection({
  id: 'kubernetes.deletePrecondition',
  code: 'ABORTED',
  reason: 'Conflict',
  source: 'kubernetes/apiserver pkg/registry/rest/delete.go BeforeDelete',
  message: (
    kind: string,
    name: string,
    versus: { readonly what: 'UID' | 'ResourceVersion'; readonly wanted: string; readonly found: string },
  ) => {
    const consequence = versus.what === 'UID' ? 'deleted and then recreated' : 'modified';
    return `Operation cannot be fulfilled on ${kind} "${name}": the ${versus.what} in the precondition (${versus.wanted}) does not match the ${versus.what} in record (${versus.found}). The object might have been ${consequence}`;
  },
});

export const applyConflict = defineRejection({
  id: 'kubernetes.applyConflict',
  code: 'ABORTED',
  reason: 'Conflict',
  source: 'kubernetes/apimachinery pkg/util/managedfields/internal/conflict.go NewConflictError',
  message: (count: number, conflicts: string) =>
    `Apply failed with ${count} conflict${count === 1 ? '' : 's'}: ${conflicts}`,
});

export const invalid = defineRejection({
  id: 'kubernetes.invalid',
  code: 'INVALID_ARGUMENT',
  httpStatus: 422,
  reason: 'Invalid',
  source: `${errorsGo} NewInvalid`,
  message: (kind: string, name: string, errors: readonly FieldError[]) =>
    `${kind} "${name}" is invalid: ${fieldErrorsText(errors)}`,
});

export const patchNotApplicable = defineRejection({
  id: 'kubernetes.patchNotApplicable',
  code: 'INVALID_ARGUMENT',
  httpStatus: 422,
  reason: 'Invalid',
  source: 'kubernetes/apiserver pkg/endpoints/handlers/patch.go jsonPatcher.applyJSPatch',
  message: () => 'the server rejected our request due to an error in our request',
});

export const badRequest = defineRejection({
  id: 'kubernetes.badRequest',
  code: 'INVALID_ARGUMENT',
  reason: 'BadRequest',
  source: `${errorsGo} NewBadRequest`,
  message: (text: string) => text,
});

export const namespaceTerminating = defineRejection({
  id: 'kubernetes.namespaceTerminating',
  code: 'PERMISSION_DENIED',
  reason: 'Forbidden',
  source: 'kubernetes/apiserver pkg/admission/plugin/namespace/lifecycle/admission.go',
  message: (resource: string, name: string, namespace: string) =>
    `${resource} "${name}" is forbidden: unable to create new content in namespace ${namespace} because it is being terminated`,
});

export const tooManyRequests = defineRejection({
  id: 'kubernetes.tooManyRequests',
  code: 'RESOURCE_EXHAUSTED',
  reason: 'TooManyRequests',
  source: 'kubernetes/kubernetes pkg/registry/core/pod/storage/eviction.go createTooManyRequestsError',
  message: () => "Cannot evict pod as it would violate the pod's disruption budget.",
});

export const alreadyBound = defineRejection({
  id: 'kubernetes.alreadyBound',
  code: 'ABORTED',
  reason: 'Conflict',
  source: 'kubernetes/kubernetes pkg/registry/core/pod/storage/storage.go setPodNodeAndMetadata',
  message: (pod: string, node: string) =>
    `Operation cannot be fulfilled on pods/binding "${pod}": pod ${pod} is already assigned to node "${node}"`,
});

export const serviceUnavailable = defineRejection({
  id: 'kubernetes.serviceUnavailable',
  code: 'UNAVAILABLE',
  reason: 'ServiceUnavailable',
  source: 'kubernetes/apimachinery pkg/util/proxy/upgradeaware.go',
  message: (target: string) => `error trying to reach service: dial tcp ${target}: connect: connection refused`,
});

/** Errors that the server itself reports as internal, without a reason. */
export const internalError = defineRejection({
  id: 'kubernetes.internalError',
  code: 'INTERNAL',
  source:
    'kubernetes/apiserver pkg/storage/errors.go (resourceVersion on create, unreadable version); pkg/endpoints/handlers/patch.go (typed patch object); kubernetes/kubernetes pkg/registry/core/pod/storage/eviction.go (two budgets)',
  message: (text: string) => text,
});

export const versionTooLarge = defineRejection({
  id: 'kubernetes.versionTooLarge',
  code: 'DEADLINE_EXCEEDED',
  reason: 'Timeout',
  source: 'kubernetes/apiserver pkg/storage/errors.go NewTooLargeResourceVersionError',
  message: (wanted: string, current: number) => `Timeout: Too large resource version: ${wanted}, current: ${current}`,
});

export const expired = defineRejection({
  id: 'kubernetes.expired',
  code: 'FAILED_PRECONDITION',
  httpStatus: 410,
  reason: 'Expired',
  source: `${errorsGo} NewResourceExpired; kubernetes/apiserver pkg/storage/cacher/watch_cache.go`,
  message: (text: string) => text,
});
