/** What proves to Hugging Face who asks. It is referred to, never rendered. */
import type { Stack } from '../../../shared/domain/serving/resolved-stack.ts';
import { storageOf } from '../../../shared/domain/serving/storage-defaults.ts';
import { SECRETS_STORE_DRIVER, type SecretFile, type SecretProviderClass } from '../../kubernetes/secrets-store.ts';
import { stackLabels } from '../labels.ts';
import type { Contributor, PodContribution } from '../pod/contribution.ts';
import { projectOf, tokenClassName } from './names.ts';

/** The key of the Secret, and the variable that huggingface_hub reads. */
const KEY = 'HF_TOKEN';
const FOLDER = '/var/run/secrets/huggingface.co';
const FILE = 'token';
const VOLUME = 'hf-token';

/** Of the model servers: those that have their weights from elsewhere ask nothing of Hugging Face. */
export const token: Contributor = (stack) =>
  storageOf(stack).weights.from === 'hugging-face' ? tokenAccess(stack) : {};

/** Of whatever else asks. */
export function tokenAccess(stack: Stack): TokenAccess {
  const { token: chosen } = storageOf(stack);
  if (chosen.from === 'nobody') return {};
  if (chosen.from === 'secret') {
    return { server: { env: [{ name: KEY, valueFrom: { secretKeyRef: { name: chosen.name, key: KEY } } }] } };
  }
  const volumeAttributes = { secretProviderClass: tokenClassName(stack) };
  return {
    volumes: [{ name: VOLUME, csi: { driver: SECRETS_STORE_DRIVER, readOnly: true, volumeAttributes } }],
    server: {
      // The managed add-on makes files only, no Secrets that a variable could refer to.
      env: [{ name: 'HF_TOKEN_PATH', value: `${FOLDER}/${FILE}` }],
      volumeMounts: [{ name: VOLUME, mountPath: FOLDER, readOnly: true }],
    },
  };
}

type TokenAccess = Pick<PodContribution, 'volumes' | 'server'>;

export function tokenObjects(stack: Stack): readonly SecretProviderClass[] {
  const { token: chosen } = storageOf(stack);
  if (chosen.from !== 'secret-manager') return [];
  const resourceName = `projects/${projectOf(stack)}/secrets/${chosen.name}/versions/latest`;
  const files: readonly SecretFile[] = [{ resourceName, path: FILE }];
  return [
    {
      apiVersion: 'secrets-store.csi.x-k8s.io/v1',
      kind: 'SecretProviderClass',
      metadata: { name: tokenClassName(stack), namespace: stack.namespace, labels: stackLabels(stack) },
      spec: { provider: 'gke', parameters: { secrets: JSON.stringify(files) } },
    },
  ];
}
