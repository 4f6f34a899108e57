/**
 * The token of the pod's ServiceAccount for one container, as Kubernetes would mount it into all of them. The model server gets none: what
 * reaches it can run code in it (vLLM docs/usage/security.md), and would hold the token too.
 */
import type { V1Volume, V1VolumeMount } from '@kubernetes/client-node';
import type { Wire } from '../../kubernetes/wire.ts';

const NAME = 'api-token';

/** Kubernetes documentation, "Managing Service Accounts": the three files that clients in a cluster look for. */
const volume: Wire<V1Volume> = {
  name: NAME,
  projected: {
    sources: [
      { serviceAccountToken: { path: 'token', expirationSeconds: 3607 } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      { downwardAPI: { items: [{ path: 'namespace', fieldRef: { fieldPath: 'metadata.namespace' } }] } },
    ],
  },
};

const mount: Wire<V1VolumeMount> = {
  name: NAME,
  mountPath: '/var/run/secrets/kubernetes.io/serviceaccount',
  readOnly: true,
};

export const apiToken = { volume, mount } as const;
