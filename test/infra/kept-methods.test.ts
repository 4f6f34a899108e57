import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import { keptMethods, keptMethodsOf } from '../../infra/kept-methods.ts';
import { pruneProtos } from '../../infra/prune-protos.ts';

const require = createRequire(import.meta.url);
const descriptorsOf = (name: string): protobuf.INamespace => require(`${name}/build/protos/protos.json`);
const adapters = new URL('../../shared/gcp/', import.meta.url);
const sources = readdirSync(adapters, { withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => readFileSync(new URL(entry.name, adapters), 'utf8'))
  .join('\n');

/** As a bundle has them: each service by itself. */
const services = Object.entries(keptMethods).flatMap(([name, methods]) =>
  Object.entries(methods).map(([service, names]) => [name, service, { [service]: names }] as const),
);

describe('what bundles keep of the descriptors', () => {
  it('are all methods of GKE that the adapters can name', () => {
    const union = /export type GkeMethod =([^;]+);/.exec(sources)?.[1] ?? '';
    const named = [...union.matchAll(/'(\w)(\w+)'/g)].map(([, first = '', rest = '']) => first.toUpperCase() + rest);

    expect(named.length).toBeGreaterThan(0);
    expect(keptMethods['@google-cloud/container']?.['google.container.v1.ClusterManager']).toEqual(named.toSorted());
  });

  it('are all services that an adapter imports a client of', () => {
    const clients = [...sources.matchAll(/import \{ (\w+)Client \} from '@google-cloud\/[\w-]+\/build/g)];
    const imported = clients.map(([, service = '']) => service);
    const kept = Object.values(keptMethods).flatMap((services) =>
      Object.keys(services).map((service) => service.slice(service.lastIndexOf('.') + 1)),
    );

    expect(imported.length).toBeGreaterThan(0);
    expect(kept.toSorted()).toEqual([...new Set(imported)].toSorted());
  });

  it.each(services)('of %s, %s are whole: every type that a kept method uses is there', (name, _service, methods) => {
    const root = protobuf.Root.fromJSON(pruneProtos(descriptorsOf(name), methods));

    expect(() => root.resolveAll()).not.toThrow();
    for (const [service, names] of Object.entries(methods)) {
      expect(Object.keys(root.lookupService(service).methods).toSorted()).toEqual([...names].toSorted());
    }
  });

  it('are those of one service for the file of its client', () => {
    const ofNetworks = keptMethodsOf('@google-cloud/compute', 'networks');
    const ofOperations = keptMethodsOf('@google-cloud/compute', 'global_operations');

    expect(ofNetworks).toEqual({ 'google.cloud.compute.v1.Networks': ['Insert', 'List'] });
    expect(ofOperations).toEqual({ 'google.cloud.compute.v1.GlobalOperations': ['Get'] });
    expect(keptMethodsOf('@google-cloud/compute', 'disks')).toBeUndefined();
    expect(keptMethodsOf('@google-cloud/storage', 'networks')).toBeUndefined();
  });

  it('are without the fields of a type that only surrounds a used one', () => {
    const pruned = protobuf.Root.fromJSON(
      pruneProtos(descriptorsOf('@google-cloud/monitoring'), {
        'google.monitoring.v3.MetricService': ['ListTimeSeries'],
      }),
    );

    expect(() => pruned.lookupEnum('google.api.MetricDescriptor.MetricKind')).not.toThrow();
    expect(() => pruned.lookupType('google.api.LabelDescriptor')).toThrow('no such type: google.api.LabelDescriptor');
  });

  it('may name no method that there is not', () => {
    const prune = () =>
      pruneProtos(descriptorsOf('@google-cloud/container'), { 'google.container.v1.ClusterManager': ['GetClutter'] });

    expect(prune).toThrow('pruning google.container.v1.ClusterManager: it has no method GetClutter');
  });
});
