/** Every field and every enum value that the builders send exists in the types of Google's own clients. */
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import { clusterBody } from '#manifests/cluster/cluster.ts';
import { gpuPoolBody } from '#manifests/cluster/gpu-pool.ts';
import { gvnicFirewall, primaryFirewall } from '#manifests/network/firewalls.ts';
import { gvnicNetwork, primaryNetwork, rdmaNetwork } from '#manifests/network/networks.ts';
import { routerWithNat } from '#manifests/network/router.ts';
import {
  gvnicSubnetwork,
  primarySubnetwork,
  proxyOnlySubnetwork,
  rdmaSubnetworks,
} from '#manifests/network/subnetworks.ts';
import { makePool, makeResolvedCluster } from '../support/make-cluster.ts';

const require = createRequire(import.meta.url);

function rootOf(client: string): protobuf.Root {
  const path = require.resolve(client).replace(/build\/src\/index\.js$/, 'build/protos/protos.json');
  return protobuf.Root.fromJSON(JSON.parse(readFileSync(path, 'utf8')));
}

/** Paths of the body that the message type does not have, and values that its enums do not have. */
function strangers(type: protobuf.Type, body: unknown, path = type.name): readonly string[] {
  if (typeof body !== 'object' || body === null) return [];
  return Object.entries(body).flatMap(([name, value]) => {
    const field = type.fields[name]?.resolve();
    const here = `${path}.${name}`;
    if (field === undefined) return [here];
    const values: readonly unknown[] =
      field instanceof protobuf.MapField ? Object.values(value) : field.repeated ? value : [value];
    return values.flatMap((one) => {
      if (field.resolvedType instanceof protobuf.Type) return strangers(field.resolvedType, one, here);
      if (field.resolvedType instanceof protobuf.Enum)
        return String(one) in field.resolvedType.values ? [] : [`${here} = ${String(one)}`];
      return [];
    });
  });
}

const cluster = makeResolvedCluster({
  metadata: { labels: { team: 'serving' } },
  spec: {
    gpuPools: [
      makePool({
        size: { initial: 1, max: 2, owner: 'gke' },
        labels: { a: 'b' },
        taints: [{ key: 'c', value: 'd', effect: 'NoExecute' }],
      }),
      makePool({ name: 'spot', consumption: { spot: true }, placement: 'compact' }),
    ],
  },
});

describe('bodies for GKE', () => {
  const root = rootOf('@google-cloud/container');
  const type = (name: string) => root.lookupType(`google.container.v1.${name}`);

  it('are of container.v1', () => {
    const body = clusterBody(cluster, { exclusionStartAt: '2026-01-01T00:00:00Z', version: '1.33.4-gke.1134000' });

    expect(strangers(type('Cluster'), body)).toEqual([]);
    expect(cluster.gpuPools.flatMap((pool) => strangers(type('NodePool'), gpuPoolBody(cluster, pool)))).toEqual([]);
  });

  it('would be found out', () => {
    const body = {
      nam: 'x',
      upgradeSettings: { strategy: 'SURGES' },
      networkConfig: { additionalNodeNetworkConfigs: [{ subnet: 'y' }] },
    };

    expect(strangers(type('NodePool'), body)).toEqual([
      'NodePool.nam',
      'NodePool.upgradeSettings.strategy = SURGES',
      'NodePool.networkConfig.additionalNodeNetworkConfigs.subnet',
    ]);
  });
});

describe('bodies for Compute Engine', () => {
  const root = rootOf('@google-cloud/compute');

  it('are of compute.v1', () => {
    const bodies = {
      Network: [primaryNetwork(cluster), gvnicNetwork(cluster), rdmaNetwork(cluster)],
      Subnetwork: [
        primarySubnetwork(cluster),
        proxyOnlySubnetwork(cluster),
        gvnicSubnetwork(cluster),
        ...rdmaSubnetworks(cluster),
      ],
      Firewall: [primaryFirewall(cluster), gvnicFirewall(cluster)],
      Router: [routerWithNat(cluster)],
    };

    const found = Object.entries(bodies).flatMap(([name, list]) => {
      const type = root.lookupType(`google.cloud.compute.v1.${name}`);
      return list.flatMap((body) => strangers(type, body));
    });

    expect(found).toEqual([]);
  });
});
