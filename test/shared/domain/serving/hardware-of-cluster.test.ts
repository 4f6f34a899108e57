import { describe, expect, it } from 'vitest';
import { hardwareOf } from '#shared/domain/serving/hardware-of-cluster.ts';
import type { ClusterDocument, GpuPool } from '#shared/domain/cluster.ts';
import { makeResolvedCluster } from '../../../support/make-cluster.ts';

function pool(name: string, machineType = 'a3-ultragpu-8g'): GpuPool {
  return { name, machineType, size: { initial: 1 }, consumption: { spot: true } };
}

function clusterWith(...gpuPools: readonly GpuPool[]): ClusterDocument {
  return {
    apiVersion: 'inference-fleet/v1',
    kind: 'Cluster',
    metadata: { name: 'demo' },
    spec: { project: 'demo-project', region: 'us-central1', zone: 'us-central1-b', gpuPools },
  };
}

describe('the hardware of a cluster', () => {
  it('is its one GPU pool, whose attachment follows from the machine', () => {
    expect(hardwareOf(clusterWith(pool('h200')))).toEqual({
      hardware: { machineType: 'a3-ultragpu-8g', nodePool: 'h200' },
    });
  });

  it('is the same of a cluster whose defaults are filled in', () => {
    expect(hardwareOf(makeResolvedCluster())).toEqual({
      hardware: { machineType: 'a3-ultragpu-8g', nodePool: 'h200' },
    });
  });

  it('is the pool that is named', () => {
    const cluster = clusterWith(pool('h200'), pool('b200', 'a4-highgpu-8g'));

    expect(hardwareOf(cluster, 'b200')).toEqual({ hardware: { machineType: 'a4-highgpu-8g', nodePool: 'b200' } });
  });

  it('is not guessed among several pools', () => {
    expect(hardwareOf(clusterWith(pool('one'), pool('two')))).toEqual({
      problem: 'has several GPU pools, so one has to be named: one, two',
    });
  });

  it('is not that of a pool that is not there', () => {
    expect(hardwareOf(clusterWith(pool('h200')), 'h100')).toEqual({ problem: 'has no GPU pool h100: it has h200' });
  });
});
