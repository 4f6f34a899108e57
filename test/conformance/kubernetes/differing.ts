/** What shows each exception: calls whose last answer is not the same, and how each side answers it. */
import type { Call } from './cases.ts';
import type { ExceptionId } from './exceptions.ts';
import { call, deployment, deployments, pod, pods } from './own-cases.ts';
import { type Answer, ask, atPointer, operate, type Target } from './replayer.ts';

export interface Differing {
  readonly id: ExceptionId;
  readonly calls: (namespace: string) => readonly Call[];
  /** Of the last answer, as `lastAnswer` writes it. */
  readonly real: RegExp;
  readonly ours: RegExp;
}

const wrongReplicas = { spec: { replicas: 'two' } };

export const differing: readonly Differing[] = [
  {
    id: 'openapi-index',
    calls: () => [call('GET any /openapi/v3')],
    real: /apis\/storage\.k8s\.io\/v1".*apis\/admissionregistration|apis\/admissionregistration.*apis\/storage/,
    ours: /^200 (?!.*admissionregistration)/,
  },
  {
    id: 'openapi-schema-names',
    calls: () => [call('GET any /openapi/v3/apis/apps/v1')],
    real: /^200 (?!.*"io\.k8s\.api\.apps\.v1\.PodSpec")/,
    ours: /^200 .*"io\.k8s\.api\.apps\.v1\.PodSpec"/,
  },
  {
    id: 'fields-newer-than-the-server',
    calls: (n) => {
      const body = { ...pod({}), spec: { containers: [{ name: 'c', image: 'img:1' }], schedulingGroup: {} } };
      return [call(`POST json ${pods(n)}?fieldValidation=Strict`, body)];
    },
    real: /^400 .*unknown field "spec\.schedulingGroup"/,
    ours: /^201 /,
  },
  {
    id: 'named-string-types',
    calls: (n) => [call(`POST json ${pods(n)}`, pod({ imagePullPolicy: 5 }))],
    real: /imagePullPolicy of type v1\.PullPolicy$/,
    ours: /imagePullPolicy of type string$/,
  },
  {
    id: 'refused-patch-key-order',
    calls: (n) => [
      call(`POST json ${deployments(n)}`, deployment()),
      call(`PATCH merge ${deployments(n)}/o`, wrongReplicas),
    ],
    real: /^422 .*\\"metadata\\":\{\\"name\\":/,
    ours: /^422 .*\\"metadata\\":\{\\"creationTimestamp\\":/,
  },
  {
    id: 'strategic-patch-wrong-type',
    calls: (n) => [
      call(`POST json ${deployments(n)}`, deployment()),
      call(`PATCH strategic ${deployments(n)}/o`, wrongReplicas),
    ],
    real: /^422 .*: unrecognized type: int32$/,
    ours: /^422 .*: json: cannot unmarshal string into Go struct field DeploymentSpec\.spec\.replicas of type int32$/,
  },
  {
    id: 'pod-update-diff',
    calls: (n) => [
      call(`POST json ${pods(n)}`, pod({})),
      call(`PATCH merge ${pods(n)}/o`, { spec: { hostname: 'other' } }),
    ],
    real: /^422 .*previously negative\)\n@@ /,
    ours: /^422 .*previously negative\)\n$/,
  },
];

/** Status, and the message or, without one, the body. */
export async function lastAnswer(target: Target, namespace: string, calls: readonly Call[]): Promise<string> {
  await operate({ op: 'ensureNamespace', name: namespace }, target);
  let last: Answer | undefined;
  for (const one of calls) last = await ask(one, target, new Map());
  const message = atPointer(last?.body ?? null, '/message');
  return `${last?.status} ${typeof message === 'string' ? message : JSON.stringify(last?.body)}`;
}
