/** Defaults of a pod specification (`pkg/apis/core/v1/defaults.go` of kubernetes/kubernetes). They change the value given. */
import type { JsonMap, JsonValue } from '../world/json.ts';
import { isMap, mapsAt, stringsAt, textAt, valueAt } from './objects.ts';

/** Sets fields that are not set. */
export function fill(target: JsonMap, defaults: JsonMap): void {
  for (const [key, value] of Object.entries(defaults)) target[key] ??= value;
}

/** The map below a field, made if it is not there. */
export function ensureMap(target: JsonMap, field: string): JsonMap {
  const known = target[field];
  if (isMap(known)) return known;
  const created: JsonMap = {};
  target[field] = created;
  return created;
}

/** For pods and for every pod template. */
export function defaultPodSpec(spec: JsonMap): void {
  fill(spec, {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    securityContext: {},
    schedulerName: 'default-scheduler',
  });
  if (typeof spec['serviceAccountName'] === 'string') fill(spec, { serviceAccount: spec['serviceAccountName'] });
  for (const field of ['initContainers', 'containers']) {
    for (const container of mapsAt(spec, field)) defaultContainer(container, spec['hostNetwork'] === true);
  }
  for (const volume of mapsAt(spec, 'volumes')) defaultVolume(volume);
}

/** On the host's network a port is the host's port. */
function defaultContainer(container: JsonMap, onHostNetwork: boolean): void {
  fill(container, {
    resources: {},
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: pullPolicy(textAt(container, 'image')),
  });
  for (const port of mapsAt(container, 'ports')) {
    fill(port, { protocol: 'TCP', ...(onHostNetwork && { hostPort: port['containerPort'] }) });
  }
  for (const field of ['livenessProbe', 'readinessProbe', 'startupProbe']) defaultProbe(container[field]);
  for (const variable of mapsAt(container, 'env')) {
    const fieldRef = valueAt(variable, 'valueFrom', 'fieldRef');
    if (isMap(fieldRef)) fill(fieldRef, { apiVersion: 'v1' });
  }
}

/** Always for `latest` or no tag, unless the image is pinned by digest. */
function pullPolicy(image: string): string {
  const [name = '', digest] = image.split('@');
  const tag = /:([^/:]+)$/.exec(name)?.[1] ?? (digest === undefined ? 'latest' : '');
  return tag === 'latest' ? 'Always' : 'IfNotPresent';
}

/** What is limited and not requested is requested in full: by a pod, but not by a template of one. */
export function defaultRequests(spec: JsonMap): void {
  for (const container of ['initContainers', 'containers'].flatMap((field) => mapsAt(spec, field))) {
    const resources = ensureMap(container, 'resources');
    const limits = stringsAt(resources, 'limits');
    if (Object.keys(limits).length > 0) resources['requests'] = { ...limits, ...stringsAt(resources, 'requests') };
  }
}

function defaultProbe(probe: JsonValue | undefined): void {
  if (!isMap(probe)) return;
  fill(probe, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 });
  const httpGet = probe['httpGet'];
  if (isMap(httpGet)) fill(httpGet, { path: '/', scheme: 'HTTP' });
}

/** 0644, as the API writes it. */
const defaultMode = 420;

function defaultVolume(volume: JsonMap): void {
  for (const source of ['configMap', 'secret', 'downwardAPI', 'projected']) {
    const found = volume[source];
    if (isMap(found)) fill(found, { defaultMode });
  }
  const hostPath = volume['hostPath'];
  if (isMap(hostPath)) fill(hostPath, { type: '' });
}
