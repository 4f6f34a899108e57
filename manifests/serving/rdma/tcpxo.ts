/**
 * TCPXO of A3 Mega: NCCL hands its traffic to a daemon beside the server, which owns the eight NICs of the node. It carries NCCL alone, so
 * only groups over several nodes have it. From NVIDIA/aicr docs/integrator/gke-tcpxo-networking.md and AI-Hypercomputer/gpu-recipes
 * src/helm-charts/a3mega/vllm-inference; the nodes need Google's installer and its device injector.
 */
import { ncclCrossesNodes } from '../../../shared/domain/serving/nccl.ts';
import { tcpxoDaemonImage } from '../../catalogue/images.ts';
import type { Contributor, PodContribution } from '../pod/contribution.ts';
import { libraryPath, NVIDIA_FOLDER, NVIDIA_LIBRARIES, nvidiaVolume } from './host-paths.ts';
import { interfaceAnnotations, interfacesFrom } from './interfaces.ts';

const DAEMON = 'tcpxo-daemon';

/** Of each GPU and what drives them: the daemon copies between them and the NICs, and has no GPU of its own. */
function devicesOf(gpuCount: number): readonly { readonly path: string }[] {
  const gpus = Array.from({ length: gpuCount }, (_, index) => `nvidia${index}`);
  return [...gpus, 'nvidiactl', 'nvidia-uvm', 'dmabuf_import_helper'].map((device) => ({ path: `/dev/${device}` }));
}

/** GoogleCloudPlatform/container-engine-accelerators gpudirect-tcpxo calls the networks so: `vpc1` behind `eth1` to `vpc8`. */
function networksOf(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `vpc${index + 1}`);
}

export const tcpxoDaemon: Contributor = ({ rdma, machine }, role) => {
  if (rdma !== 'tcpxo' || !ncclCrossesNodes(role)) return {};
  return {
    annotations: {
      ...interfaceAnnotations(interfacesFrom(1, networksOf(machine.nics.gvnic))),
      [`devices.gke.io/container.${DAEMON}`]: JSON.stringify(devicesOf(machine.gpuCount)),
    },
    // A native sidecar: it is up before the server starts, and goes after it.
    initContainers: [daemon],
    volumes: [
      { name: 'tcpxo-sys', hostPath: { path: '/sys' } },
      { name: 'tcpxo-proc-sys', hostPath: { path: '/proc/sys' } },
      { name: 'tcpxo-aperture-devices', hostPath: { path: '/dev/aperture_devices' } },
    ],
  };
};

/** The entry point does not pass the signal on, and a shell that is process 1 would ignore it until the pod is killed. */
const script = [
  'chmod 755 /fts/entrypoint_rxdm_container.sh',
  '/fts/entrypoint_rxdm_container.sh --num_hops=2 &',
  'daemon=$!',
  `trap 'kill -TERM "$daemon"; exit 0' TERM`,
  'wait "$daemon"',
].join('\n');

const daemon = {
  name: DAEMON,
  image: tcpxoDaemonImage.image,
  restartPolicy: 'Always',
  command: ['/bin/sh', '-ec'],
  args: [script],
  env: [{ name: 'LD_LIBRARY_PATH', value: NVIDIA_LIBRARIES }],
  securityContext: { capabilities: { add: ['NET_ADMIN', 'NET_BIND_SERVICE'] } },
  volumeMounts: [
    { name: nvidiaVolume.name, mountPath: NVIDIA_FOLDER, readOnly: true },
    // Without the node's own tree of devices it finds no GPUs at all.
    { name: 'tcpxo-sys', mountPath: '/hostsysfs' },
    { name: 'tcpxo-proc-sys', mountPath: '/hostprocsysfs' },
  ],
} as const;

/** What the server needs: the settings come from the node, beside the plugin that they are for, since NCCL refuses others. */
export const tcpxoLibraries: PodContribution = {
  volumes: [nvidiaVolume],
  server: {
    preamble: [libraryPath(NVIDIA_LIBRARIES), 'source "$NCCL_LIB_DIR/nccl-env-profile.sh"'],
    env: [
      { name: 'NCCL_LIB_DIR', value: NVIDIA_LIBRARIES },
      { name: 'NCCL_FASTRAK_LLCM_DEVICE_DIRECTORY', value: '/dev/aperture_devices' },
    ],
    volumeMounts: [
      { name: nvidiaVolume.name, mountPath: NVIDIA_FOLDER, readOnly: true },
      { name: 'tcpxo-aperture-devices', mountPath: '/dev/aperture_devices' },
    ],
  },
};
