/** How the project's IAM says no. */
import { defineRejection } from '../world/rejection.ts';

export const projectDenied = defineRejection({
  id: 'iam.projectDenied',
  code: 'PERMISSION_DENIED',
  reason: 'forbidden',
  source: 'pulumi/examples #150 (the answer of GKE; by analogy)',
  message: (permission: string, resource: string) => `Required "${permission}" permission(s) for "${resource}".`,
});

export const accountExists = defineRejection({
  id: 'iam.accountExists',
  code: 'ALREADY_EXISTS',
  reason: 'alreadyExists',
  source: 'GoogleCloudPlatform/java-docs-samples #3605',
  message: (accountId: string, project: string) =>
    `Service account ${accountId} already exists within project projects/${project}.`,
});

export const accountMissing = defineRejection({
  id: 'iam.accountMissing',
  code: 'INVALID_ARGUMENT',
  reason: 'badRequest',
  source: 'GoogleCloudPlatform/generative-ai #944',
  message: (email: string) => `Service account ${email} does not exist.`,
});

export const accountUnknown = defineRejection({
  id: 'iam.accountUnknown',
  code: 'NOT_FOUND',
  reason: 'notFound',
  source:
    'GoogleCloudPlatform/k8s-config-connector ' +
    'pkg/test/resourcefixture/testdata/basic/iam/v1beta1/iamserviceaccount/iamserviceaccount/_http.log (a recording); ' +
    'MarkEdmondson1234/googleCloudRunner #146',
  message: () => 'Unknown service account',
});

export const concurrentPolicyChange = defineRejection({
  id: 'iam.concurrentPolicyChange',
  code: 'ABORTED',
  reason: 'aborted',
  source: 'DataBiosphere/leonardo #737',
  message: () =>
    'There were concurrent policy changes. Please retry the whole read-modify-write with exponential backoff.',
});
