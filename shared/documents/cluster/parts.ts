/**
 * A Cluster document taken apart: each part by itself, so that the rules can judge what is well formed while something else is not.
 * A part that was left out has its default here; a part of wrong form is undefined, and rules that need it stay silent.
 */
import type { Addresses, Consumption, GpuPool, PoolSize, Primary, SystemPool, Taint } from '../../domain/cluster.ts';
import { clusterDefaults } from '../../domain/cluster-defaults.ts';
import type { Json } from '../../domain/json.ts';
import { metadata } from '../envelope.ts';
import { asJson } from '../as-json.ts';
import { member, read } from '../read-part.ts';
import { gpuPool } from './gpu-pool-schema.ts';
import { networking } from './networking-schema.ts';
import { MAX_GPU_POOLS, place, systemPool } from './schema.ts';

export interface ClusterParts {
  readonly labels: { readonly [key: string]: string } | undefined;
  readonly region: string | undefined;
  readonly zone: string | undefined;
  readonly version: string | undefined;
  readonly primary: Primary | undefined;
  readonly addresses: Addresses | undefined;
  readonly systemPool: SystemPool | undefined;
  readonly gpuPools: readonly PoolParts[];
}

export interface PoolParts {
  /** `spec.gpuPools[0]`. */
  readonly field: string;
  readonly name: string | undefined;
  readonly machineType: string | undefined;
  readonly size: PoolSize | undefined;
  readonly consumption: Consumption | undefined;
  /** As it was written, unknown fields and all: what a problem shows. */
  readonly writtenConsumption: Json | undefined;
  readonly labels: { readonly [key: string]: string } | undefined;
  readonly taints: readonly Taint[] | undefined;
  readonly placement: GpuPool['placement'];
  readonly management: GpuPool['management'];
  readonly upgrade: GpuPool['upgrade'];
  readonly maxPodsPerNode: number | undefined;
}

export function readClusterParts(document: unknown): ClusterParts {
  const spec = member(document, 'spec');
  const net = member(spec, 'networking');
  const pools = member(spec, 'gpuPools');
  return {
    labels: read(metadata.shape.labels.unwrap(), member(member(document, 'metadata'), 'labels'), {}),
    region: read(place.region, member(spec, 'region')),
    zone: read(place.zone, member(spec, 'zone')),
    version: read(place.version, member(spec, 'version')),
    primary: read(networking.shape.primary.unwrap(), member(net, 'primary'), { create: true }),
    addresses: read(networking.shape.addresses.unwrap(), member(net, 'addresses'), {}),
    systemPool: read(systemPool, member(spec, 'systemPool'), {}),
    // The form refuses the rest, however many thousands they are; no rule has to look at them as well.
    gpuPools: Array.isArray(pools) ? pools.slice(0, MAX_GPU_POOLS).map(readPool) : [],
  };
}

/** The same for one pool, so that a wrong label does not silence what is wrong with its size. */
function readPool(pool: unknown, index: number): PoolParts {
  const { shape } = gpuPool;
  return {
    field: `spec.gpuPools[${index}]`,
    name: read(shape.name, member(pool, 'name')),
    machineType: read(shape.machineType, member(pool, 'machineType')),
    size: read(shape.size, member(pool, 'size')),
    consumption: read(shape.consumption, member(pool, 'consumption')),
    writtenConsumption: asJson(member(pool, 'consumption')),
    labels: read(shape.labels.unwrap(), member(pool, 'labels'), {}),
    taints: read(shape.taints.unwrap(), member(pool, 'taints'), []),
    placement: read(shape.placement.unwrap(), member(pool, 'placement'), clusterDefaults.pool.placement),
    management: read(shape.management.unwrap(), member(pool, 'management'), {}),
    upgrade: read(shape.upgrade.unwrap(), member(pool, 'upgrade'), {}),
    maxPodsPerNode: read(
      shape.maxPodsPerNode.unwrap(),
      member(pool, 'maxPodsPerNode'),
      clusterDefaults.pool.maxPodsPerNode,
    ),
  };
}
