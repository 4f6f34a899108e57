/**
 * The pod webhook of LeaderWorkerSets (kubernetes-sigs/lws pkg/webhooks/pod_webhook.go): a real API server asks it about every pod of a
 * group, where the emulated StatefulSet controller asks at once. It answers on the wire's thread, so that it does even while the world's
 * thread waits for the API server.
 */
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { admitGroupPod, groupLabels } from '../controllers/leader-worker-objects.ts';
import { mapAt } from '../kubernetes/objects.ts';
import type { Authority } from '../wires/certificates.ts';
import { isMap, type JsonMap } from '../world/json.ts';

/** PEM of what the webhook shows and of who signed it. */
export type WebhookIdentity = Pick<Authority, 'caCertificate' | 'serverCertificate' | 'serverKey'>;

export async function servePodWebhook({
  serverCertificate,
  serverKey,
}: WebhookIdentity): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer({ cert: serverCertificate, key: serverKey }, (request, response) => {
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (text += chunk));
    request.on('end', () => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(review(JSON.parse(text))));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A listening TCP server's address is never a path or null.
  return { server, port: (server.address() as AddressInfo).port };
}

/** `admission.k8s.io/v1`: everything is allowed, with what is changed as a JSON patch. */
function review(asked: unknown): JsonMap {
  const { uid, object } = mapAt(isMap(asked) ? asked : {}, 'request');
  const before = mapAt({ object }, 'object');
  const after = admitGroupPod(before);
  const changed = (['metadata', 'spec'] as const).filter((part) => after[part] !== before[part]);
  const patch = changed.map((part) => ({ op: 'replace', path: `/${part}`, value: after[part] }));
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: {
      uid,
      allowed: true,
      ...(patch.length > 0 && { patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(patch)).toString('base64') }),
    },
  };
}

/** What tells the API server to ask. */
export function webhookConfiguration(port: number, caCertificate: string): JsonMap {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name: 'lws-mutating-webhook-configuration' },
    webhooks: [
      {
        name: 'mpod.kb.io',
        admissionReviewVersions: ['v1'],
        clientConfig: {
          url: `https://127.0.0.1:${port}/mutate--v1-pod`,
          caBundle: Buffer.from(caCertificate).toString('base64'),
        },
        failurePolicy: 'Fail',
        sideEffects: 'None',
        objectSelector: { matchExpressions: [{ key: groupLabels.set, operator: 'Exists' }] },
        rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
      },
    ],
  };
}
