import { describe, expect, it } from 'vitest';
import { at } from '#shared/domain/compare.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import type { ClusterConnection, ClusterObjects } from '#shared/ports/cluster-objects.ts';
import { fencedCall } from '#shared/ports/fence.ts';
import type { TimeUnderTest } from './time-under-test.ts';

export interface ClusterObjectsUnderTest extends TimeUnderTest {
  readonly objects: ClusterObjects;
  readonly connection: ClusterConnection;
  /** Somebody else applies an object, taking the fields that conflict. */
  readonly applyAs: (manager: string, object: JsonObject) => Promise<void>;
}

const call = fencedCall(10_000);

const configMap = (name: string, data: JsonObject = { k: 'v' }, labels: JsonObject = { app: 'a' }): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default', labels },
  data,
});
const configMapRef = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name });

const daemonSet: JsonObject = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'installer', namespace: 'kube-system', labels: { app: 'installer' } },
  spec: {
    selector: { matchLabels: { app: 'installer' } },
    template: {
      metadata: { labels: { app: 'installer' } },
      spec: {
        containers: [
          {
            name: 'main',
            image: 'example.com/a:1',
            env: [{ name: 'NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }],
          },
        ],
      },
    },
  },
};

/** Property names that client libraries spell differently from the wire: `from`, `default`. */
const networkPolicy: JsonObject = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'allow', namespace: 'default' },
  spec: { podSelector: {}, ingress: [{ from: [{ podSelector: { matchLabels: { app: 'a' } } }] }] },
};

const definition: JsonObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'gadgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Cluster',
    names: { plural: 'gadgets', singular: 'gadget', kind: 'Gadget', listKind: 'GadgetList' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                properties: { size: { type: 'integer' }, color: { type: 'string', default: 'red' } },
              },
            },
          },
        },
      },
    ],
  },
};
const gadget: JsonObject = { apiVersion: 'example.com/v1', kind: 'Gadget', metadata: { name: 'g' }, spec: { size: 3 } };

/** Applies the definition and lets time pass until the server serves its kind. */
async function define({ objects, connection, passUntil }: ClusterObjectsUnderTest): Promise<void> {
  await objects.apply(connection, definition, call);
  const ref = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', name: 'gadgets.example.com' };
  await passUntil(async () => JSON.stringify(await objects.read(connection, ref)).includes('"type":"Established"'));
}

/** What every `ClusterObjects` promises. Each case gets a fresh cluster with its usual namespaces. */
export function defineClusterObjectsContract(name: string, make: () => Promise<ClusterObjectsUnderTest>): void {
  describe(`ClusterObjects contract: ${name}`, () => {
    const test = it.extend<{ under: ClusterObjectsUnderTest }>({
      under: async ({ onTestFinished }, use) => {
        const under = await make();
        onTestFinished(() => under.close());
        await use(under);
      },
    });

    test('creates by apply and reads back what was sent', async ({ under: { objects, connection } }) => {
      const applied = await objects.apply(connection, configMap('a'), call);

      expect(applied).toMatchObject({ ...configMap('a'), metadata: { uid: expect.any(String) } });
      expect(await objects.read(connection, configMapRef('a'))).toEqual(applied);
    });

    test('changes nothing by applying the same object again', async ({ under: { objects, connection } }) => {
      const first = await objects.apply(connection, configMap('a'), call);
      const second = await objects.apply(connection, configMap('a'), call);

      expect(second).toEqual(first);
    });

    test('changes what is applied differently and removes what is left out', async ({
      under: { objects, connection },
    }) => {
      await objects.apply(connection, configMap('a', { k: 'v', old: 'x' }), call);

      const changed = await objects.apply(connection, configMap('a', { k: 'w' }), call);

      expect(at(changed, 'data')).toEqual({ k: 'w' });
    });

    test('owns what it applies as inference-fleet', async ({ under: { objects, connection } }) => {
      const applied = await objects.apply(connection, configMap('a'), call);

      expect(at(applied, 'metadata.managedFields')).toMatchObject([{ manager: 'inference-fleet', operation: 'Apply' }]);
    });

    test('never takes a field from another manager, and names both', async ({
      under: { objects, connection, applyAs },
    }) => {
      await objects.apply(connection, configMap('a'), call);
      await applyAs('editor', configMap('a', { k: 'mine' }));

      await expect(objects.apply(connection, configMap('a'), call)).rejects.toMatchObject({
        name: 'AutomationError',
        kind: 'permanent',
        message: 'applying ConfigMap default/a: field .data.k: conflict with "editor"',
        facts: { code: 'FIELD_MANAGER_CONFLICT' },
      });
      expect(at(await objects.read(connection, configMapRef('a')), 'data.k')).toBe('mine');
    });

    test('keeps field names as the wire spells them', async ({ under: { objects, connection } }) => {
      expect(await objects.apply(connection, networkPolicy, call)).toMatchObject(networkPolicy);
      expect(await objects.apply(connection, daemonSet, call)).toMatchObject(daemonSet);
    });

    test('is gone for a kind that is not served yet, and applies it once its definition is there', async ({
      under,
    }) => {
      const { objects, connection } = under;
      await expect(objects.apply(connection, gadget, call)).rejects.toMatchObject({ kind: 'gone' });
      expect(
        await objects.read(connection, { apiVersion: 'example.com/v1', kind: 'Gadget', name: 'g' }),
      ).toBeUndefined();
      expect(await objects.list(connection, { apiVersion: 'example.com/v1', kind: 'Gadget' })).toEqual([]);

      await define(under);
      const applied = await objects.apply(connection, gadget, call);

      expect(applied).toMatchObject({ spec: { size: 3, color: 'red' } });
      expect(await objects.list(connection, { apiVersion: 'example.com/v1', kind: 'Gadget' })).toEqual([applied]);
    });

    test('refuses a field that a custom kind does not have', async ({ under }) => {
      const { objects, connection } = under;
      await define(under);

      await expect(objects.apply(connection, { ...gadget, spec: { sise: 3 } }, call)).rejects.toMatchObject({
        kind: 'permanent',
        message: expect.stringContaining('sise'),
      });
    });

    test('is gone for an object in a namespace that does not exist', async ({ under: { objects, connection } }) => {
      const lost = { ...configMap('a'), metadata: { name: 'a', namespace: 'nowhere' } };

      await expect(objects.apply(connection, lost, call)).rejects.toMatchObject({
        kind: 'gone',
        message: expect.stringContaining('nowhere'),
      });
    });

    test('finds nothing where nothing is', async ({ under: { objects, connection } }) => {
      expect(await objects.read(connection, configMapRef('none'))).toBeUndefined();
      expect(await objects.list(connection, { apiVersion: 'v1', kind: 'Secret', namespace: 'default' })).toEqual([]);
    });

    test('lists by namespace and label, each item whole', async ({ under: { objects, connection } }) => {
      const a = await objects.apply(connection, configMap('a'), call);
      const b = await objects.apply(connection, configMap('b', { k: 'v' }, { app: 'b' }), call);
      const query = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default' };

      expect(await objects.list(connection, { ...query, labelSelector: 'app in (a, b)' })).toEqual([a, b]);
      expect(await objects.list(connection, { ...query, labelSelector: 'app=b' })).toEqual([b]);
      expect(await objects.list(connection, { ...query, namespace: 'kube-system', labelSelector: 'app' })).toEqual([]);
    });
  });
}
