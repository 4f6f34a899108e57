import { describe, expect, it } from 'vitest';
import { deviceNetworks } from '#manifests/objects/device-networks.ts';
import { fleetNamespace } from '#manifests/objects/namespace.ts';
import { rdmaInstallerDaemonSet } from '#manifests/objects/rdma-installer.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import { makePool, makeResolvedCluster } from '../../support/make-cluster.ts';

const labels = { 'app.kubernetes.io/managed-by': 'inference-fleet', 'app.kubernetes.io/instance': 'demo' };
const cluster = makeResolvedCluster();

describe('deviceNetworks', () => {
  const objects = deviceNetworks(cluster);

  it('are nine pairs, the parameters before the network, without the default pair of GKE', () => {
    const names = ['gvnic-1', 'rdma-0', 'rdma-1', 'rdma-2', 'rdma-3', 'rdma-4', 'rdma-5', 'rdma-6', 'rdma-7'];

    expect(objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual(
      names.flatMap((name) => [`GKENetworkParamSet ${name}`, `Network ${name}`]),
    );
  });

  it('describe the gVNIC as a network device and an RDMA NIC as RDMA', () => {
    const apiVersion = 'networking.gke.io/v1';
    const network = (name: string) => ({
      apiVersion,
      kind: 'Network',
      metadata: { name, labels },
      spec: { type: 'Device', parametersRef: { group: 'networking.gke.io', kind: 'GKENetworkParamSet', name } },
    });

    expect([...objects.slice(0, 2), ...objects.slice(-2)]).toEqual([
      {
        apiVersion,
        kind: 'GKENetworkParamSet',
        metadata: { name: 'gvnic-1', labels },
        spec: { vpc: 'demo-net-1', vpcSubnet: 'demo-sub-1', deviceMode: 'NetDevice' },
      },
      network('gvnic-1'),
      {
        apiVersion,
        kind: 'GKENetworkParamSet',
        metadata: { name: 'rdma-7', labels },
        spec: { vpc: 'demo-rdma', vpcSubnet: 'demo-rdma-sub-7', deviceMode: 'RDMA' },
      },
      network('rdma-7'),
    ]);
  });
});

it('gives our objects a namespace', () => {
  expect(fleetNamespace(cluster)).toEqual({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'inference-fleet', labels },
  });
});

describe('rdmaInstallerDaemonSet', () => {
  it('is exactly this', () => {
    const podLabels = { ...labels, 'app.kubernetes.io/name': 'nccl-rdma-installer' };

    expect(rdmaInstallerDaemonSet(cluster)).toEqual({
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'nccl-rdma-installer', namespace: 'kube-system', labels: podLabels },
      spec: {
        selector: { matchLabels: { 'app.kubernetes.io/name': 'nccl-rdma-installer' } },
        updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '50%' } },
        template: {
          metadata: { labels: podLabels },
          spec: {
            priorityClassName: 'system-node-critical',
            hostNetwork: true,
            hostPID: true,
            tolerations: [{ operator: 'Exists' }],
            affinity: {
              nodeAffinity: {
                requiredDuringSchedulingIgnoredDuringExecution: {
                  nodeSelectorTerms: [
                    {
                      matchExpressions: [
                        { key: 'cloud.google.com/gke-accelerator', operator: 'In', values: ['nvidia-h200-141gb'] },
                      ],
                    },
                  ],
                },
              },
            },
            volumes: [
              {
                name: 'nvidia-lib64',
                hostPath: { path: '/home/kubernetes/bin/nvidia/lib64', type: 'DirectoryOrCreate' },
              },
              { name: 'gib', hostPath: { path: '/home/kubernetes/bin/gib', type: 'DirectoryOrCreate' } },
            ],
            initContainers: [
              {
                name: 'install',
                image: 'us-docker.pkg.dev/gce-ai-infra/gpudirect-gib/nccl-plugin-gib:v1.1.1',
                command: [
                  '/bin/sh',
                  '-ec',
                  [
                    '/scripts/container_entry.sh install',
                    'cp -r /var/lib/gib/lib64/. /usr/local/home/kubernetes/bin/nvidia/lib64/',
                    'cp -r /var/lib/gib/. /usr/local/home/kubernetes/bin/gib/',
                  ].join('\n'),
                ],
                securityContext: { privileged: true },
                resources: { requests: { cpu: '150m' } },
                volumeMounts: [
                  { name: 'nvidia-lib64', mountPath: '/usr/local/home/kubernetes/bin/nvidia/lib64' },
                  { name: 'gib', mountPath: '/usr/local/home/kubernetes/bin/gib' },
                ],
              },
            ],
            containers: [
              {
                name: 'pause',
                image: 'gke.gcr.io/pause:3.8@sha256:880e63f94b145e46f1b1082bb71b85e21f16b99b180b9996407d61240ceb9830',
              },
            ],
          },
        },
      },
    });
  });

  it('names every GPU of the cluster once', () => {
    const both = makeResolvedCluster({
      spec: { gpuPools: [makePool(), makePool({ name: 'batch', consumption: { spot: true } })] },
    });

    expect(JSON.stringify(rdmaInstallerDaemonSet(both))).toContain('"values":["nvidia-h200-141gb"]');
  });

  it('is left out when the document switches it off', () => {
    expect(rdmaInstallerDaemonSet(makeResolvedCluster({ spec: { addOns: { rdmaInstaller: false } } }))).toBeUndefined();
  });

  it('runs pinned images only', () => {
    const images = imagesOf(rdmaInstallerDaemonSet(cluster));

    expect(images).toHaveLength(2);
    for (const image of images) expect(image).toMatch(/:v?\d+\.\d+(\.\d+)?(@sha256:[0-9a-f]{64})?$/);
  });
});

function imagesOf(object: JsonObject | undefined): readonly string[] {
  return [...JSON.stringify(object).matchAll(/"image":"([^"]+)"/g)].map(([, image]) => image ?? '');
}
