/**
 * `metrics.k8s.io`, by which `kubectl top` reads: what kubernetes-sigs/metrics-server, which runs in every GKE cluster, adds to the
 * API. Nothing is measured in this world. Assumed: a running container uses what it requests, one that requests nothing a thousandth
 * of a core and 8 MiB.
 */
import type { KubernetesApi } from '../kubernetes/api.ts';
import type { KubernetesClient } from '../kubernetes/client.ts';
import type { ServedKind } from '../kubernetes/kinds.ts';
import { type KubernetesObject, mapsAt, nameOf, namespaceOf, stringsAt, textAt } from '../kubernetes/objects.ts';
import { rfc3339 } from '../kubernetes/state.ts';
import type { WorldClock } from '../world/clock.ts';
import type { JsonMap } from '../world/json.ts';
import { conditionOf, nodeNameOf, podKind } from './pods.ts';
import { quantityOf } from './quantities.ts';

const apiVersion = 'metrics.k8s.io/v1beta1';
/** `--metric-resolution` of metrics-server. */
const window = '15s';
const leastCores = 0.001;
const leastBytes = 8 * 2 ** 20;

/** Serves the two kinds; their objects are worked out when somebody asks. */
export function serveResourceMetrics(api: KubernetesApi, client: KubernetesClient, clock: WorldClock): void {
  const runningPods = (): readonly KubernetesObject[] =>
    client.list(podKind).filter((pod) => textAt(pod, 'status', 'phase') === 'Running');
  const timestamp = (): string => rfc3339(clock.nowMs());
  const podMetrics = (): readonly JsonMap[] => runningPods().map((pod) => metricsOfPod(pod, timestamp()));
  const nodeMetrics = (): readonly JsonMap[] => {
    const pods = runningPods();
    const nodes = client.list({ apiVersion: 'v1', kind: 'Node' });
    const ready = nodes.filter((node) => conditionOf(node, 'Ready')?.['status'] === 'True');
    return ready.map((node) => metricsOfNode(node, pods, timestamp()));
  };
  api.state.kinds.add(computedKind('nodes', 'NodeMetrics', nodeMetrics));
  api.state.kinds.add({ ...computedKind('pods', 'PodMetrics', podMetrics), namespaced: true });
}

function computedKind(plural: string, kind: string, computed: () => readonly JsonMap[]): ServedKind {
  const [group = '', version = ''] = apiVersion.split('/');
  return {
    group,
    version,
    kind,
    plural,
    singular: '',
    shortNames: [],
    categories: [],
    namespaced: false,
    hasStatus: false,
    generation: 'never',
    schema: {},
    computed,
  };
}

interface Usage {
  readonly cores: number;
  readonly bytes: number;
}

function usageOf(container: JsonMap): Usage {
  const { cpu, memory } = stringsAt(container, 'resources', 'requests');
  return { cores: quantityOf(cpu) || leastCores, bytes: quantityOf(memory) || leastBytes };
}

/** Whole thousandths of a core, whole KiB. */
function usageText({ cores, bytes }: Usage): JsonMap {
  return { cpu: `${Math.round(cores * 1000)}m`, memory: `${Math.round(bytes / 1024)}Ki` };
}

function metadataOf(object: KubernetesObject, creationTimestamp: string): JsonMap {
  const namespace = namespaceOf(object);
  const labels = stringsAt(object, 'metadata', 'labels');
  return { name: nameOf(object), ...(namespace !== '' && { namespace }), creationTimestamp, labels };
}

function metricsOfPod(pod: KubernetesObject, timestamp: string): JsonMap {
  const containers = mapsAt(pod, 'spec', 'containers').map((container) => ({
    name: textAt(container, 'name'),
    usage: usageText(usageOf(container)),
  }));
  return { apiVersion, kind: 'PodMetrics', metadata: metadataOf(pod, timestamp), timestamp, window, containers };
}

function metricsOfNode(node: KubernetesObject, pods: readonly KubernetesObject[], timestamp: string): JsonMap {
  const here = pods.filter((pod) => nodeNameOf(pod) === nameOf(node));
  const usages = here.flatMap((pod) => mapsAt(pod, 'spec', 'containers').map(usageOf));
  const usage = usages.reduce((sum, one) => ({ cores: sum.cores + one.cores, bytes: sum.bytes + one.bytes }), {
    cores: 0,
    bytes: 0,
  });
  const metadata = metadataOf(node, timestamp);
  return { apiVersion, kind: 'NodeMetrics', metadata, timestamp, window, usage: usageText(usage) };
}
