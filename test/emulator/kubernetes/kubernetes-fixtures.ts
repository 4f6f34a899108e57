/** One cluster's API and a clock that is pumped by hand: no real time passes in these tests. */
import { KubernetesApi } from '../../../emulator/kubernetes/api.ts';
import { lineOf } from '../../../emulator/kubernetes/watch.ts';
import { Journal } from '../../../emulator/world/journal.ts';
import type { WorldBase } from '../../../emulator/world/base.ts';
import type { JsonMap, JsonValue } from '../../../emulator/world/json.ts';
import { KeyedRandom } from '../../../emulator/world/random.ts';
import { makePumpedClock } from '../../support/pumped-clock.ts';

export const startMs = Date.parse('2026-01-01T00:00:00Z');

export interface PumpedWorld extends WorldBase {
  /** Lets so much world time pass, firing everything that is due in it and everything that follows from it at once. */
  readonly pass: (durationMs: number) => Promise<void>;
}

export function makeWorld(seed = 'test'): PumpedWorld {
  const { clock, fire } = makePumpedClock(startMs);
  const pass = async (durationMs: number) => {
    let over = false;
    clock.after(durationMs, () => {
      over = true;
    });
    clock.start();
    while (!over) {
      // Controllers answer in microtasks, and hold the clock meanwhile.
      await Promise.resolve();
      fire();
    }
    while (clock.holds > 0) await Promise.resolve();
    clock.stop();
  };
  return {
    clock,
    journal: new Journal(clock),
    random: new KeyedRandom(seed),
    project: 'demo',
    projectNumber: '123456789012',
    pass,
  };
}

export interface CallOptions {
  readonly body?: JsonValue;
  /** Body that is not JSON. */
  readonly text?: string;
  readonly type?: string;
  readonly accept?: string;
  /** Empty: no Authorization header. */
  readonly token?: string;
  readonly agent?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: JsonMap;
  readonly text: string;
}

export interface TestApi {
  readonly world: PumpedWorld;
  readonly api: KubernetesApi;
  readonly call: (method: string, target: string, options?: CallOptions) => Answer;
  /** Server-side apply as a manager. */
  readonly apply: (target: string, body: JsonMap, manager?: string) => Answer;
  /** Opens a watch; the list grows as events happen. */
  readonly watch: (target: string, options?: CallOptions) => { readonly events: JsonMap[]; readonly close: () => void };
}

/** With the namespaces `default` and `team`. */
export function makeApi(world: PumpedWorld = makeWorld(), api = new KubernetesApi(world, 'demo')): TestApi {
  const ask = (method: string, target: string, options: CallOptions) => {
    const { type = 'application/json', accept = 'application/json', token = 'admin', agent = 'test/1.0' } = options;
    const url = new URL(target, 'https://cluster');
    const text = options.text ?? (options.body === undefined ? '' : JSON.stringify(options.body));
    return api.handle({
      method,
      path: url.pathname,
      query: url.searchParams,
      headers: {
        accept,
        'user-agent': agent,
        ...(text !== '' && { 'content-type': type }),
        ...(token !== '' && { authorization: `Bearer ${token}` }),
      },
      body: Buffer.from(text),
    });
  };
  const call: TestApi['call'] = (method, target, options = {}) => {
    const reply = ask(method, target, options);
    if ('watch' in reply) throw new Error(`${method} ${target}: a stream was answered`);
    const { status, headers, body } = reply;
    const isText = typeof body === 'string';
    return { status, headers, body: isText ? {} : body, text: isText ? body : '' };
  };
  for (const name of ['default', 'team']) call('POST', '/api/v1/namespaces', { body: { metadata: { name } } });
  return {
    world,
    api,
    call,
    apply: (target, body, manager = 'inference-fleet') => {
      const url = `${target}${target.includes('?') ? '&' : '?'}fieldManager=${manager}`;
      return call('PATCH', url, { body, type: 'application/apply-patch+yaml' });
    },
    watch: (target, options = {}) => {
      const reply = ask('GET', target, options);
      if (!('watch' in reply)) throw new Error(`GET ${target}: ${reply.status} ${JSON.stringify(reply.body)}`);
      const events: JsonMap[] = [];
      const close = reply.watch(
        (event) => events.push(JSON.parse(lineOf(event))),
        () => events.push({ type: 'END' }),
      );
      return { events, close };
    },
  };
}

export const configMap = (name: string, data?: JsonMap, over: JsonMap = {}): JsonMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...over },
  ...(data !== undefined && { data }),
});

export const configMaps = '/api/v1/namespaces/default/configmaps';
export const deployments = '/apis/apps/v1/namespaces/default/deployments';

export function deployment(name: string, over: JsonMap = {}): JsonMap {
  const labels = { app: name };
  const containers = [{ name: 'c', image: 'img:1' }];
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } }, ...over },
  };
}

/** A cluster-scoped kind `Widget` with a status, a default and a keyed list. */
export const widgetDefinition: JsonMap = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Cluster',
    names: { kind: 'Widget', plural: 'widgets', singular: 'widget', shortNames: ['wd'] },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        additionalPrinterColumns: [
          { name: 'Size', type: 'integer', jsonPath: '.spec.size' },
          { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
        ],
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                required: ['mode'],
                properties: {
                  mode: { type: 'string', enum: ['Fast', 'Slow'] },
                  size: { type: 'integer', default: 3, minimum: 1, maximum: 9 },
                  parts: {
                    type: 'array',
                    'x-kubernetes-list-type': 'map',
                    'x-kubernetes-list-map-keys': ['name'],
                    items: { type: 'object', properties: { name: { type: 'string' }, weight: { type: 'integer' } } },
                  },
                },
              },
              status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
            },
          },
        },
      },
    ],
  },
};

export const widgets = '/apis/example.com/v1/widgets';
export const widget = (name: string, spec: JsonMap = { mode: 'Fast' }): JsonMap => ({
  apiVersion: 'example.com/v1',
  kind: 'Widget',
  metadata: { name },
  spec,
});

/** An API that serves Widgets. */
export async function makeApiWithWidgets(): Promise<TestApi> {
  const test = makeApi();
  test.call('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', { body: widgetDefinition });
  await test.world.pass(2_000);
  return test;
}
