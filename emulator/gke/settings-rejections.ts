/** How the GKE world says no to calls that change settings and no machine. */
import { defineRejection } from '../world/rejection.ts';

export const notCancellable = defineRejection({
  id: 'gke.notCancellable',
  code: 'FAILED_PRECONDITION',
  source:
    'assumed: wording, and which can be: upgrades of the control plane and of nodes, as gcloud reference, `container operations cancel`',
  message: (operation: string, type: string, status: string) =>
    `Operation ${operation} (${type}) cannot be cancelled: it is ${status}.`,
});
