/** What the commands apply, as files hold it. */
import type { JsonMap } from '../../../emulator/world/json.ts';
import { stages } from '../../emulator/controllers/workload-fixtures.ts';

const labels = { app: 'web' };

interface Deployed {
  readonly replicas?: number;
  readonly image?: string;
  /** More of the specification. */
  readonly more?: JsonMap;
}

export function deployment({ replicas = 2, image = 'registry.example/web:1', more = {} }: Deployed = {}): string {
  const resources = { requests: { cpu: '100m', memory: '64Mi' } };
  return JSON.stringify({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', labels },
    spec: {
      ...more,
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: 'server', image, ports: [{ containerPort: 80 }], resources }] },
      },
    },
  });
}

/** A field that nothing knows. */
export const misspelled = (): string => deployment({ more: { replicaz: 2 } });

export function service(): string {
  const spec = { selector: labels, ports: [{ port: 80 }] };
  return JSON.stringify({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec });
}

export function budget(minAvailable: number): string {
  const spec = { minAvailable, selector: { matchLabels: labels } };
  return JSON.stringify({ apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name: 'web' }, spec });
}

/** One group of two pods. */
export function leaderWorkerSet(): string {
  const containers = [{ name: 'engine', image: 'registry.example/engine:1' }];
  const workerTemplate = { metadata: { annotations: stages }, spec: { containers } };
  return JSON.stringify({
    apiVersion: 'leaderworkerset.x-k8s.io/v1',
    kind: 'LeaderWorkerSet',
    metadata: { name: 'llm' },
    spec: { replicas: 1, leaderWorkerTemplate: { size: 2, workerTemplate } },
  });
}
