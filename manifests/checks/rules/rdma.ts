/** NICs, and what has to be in the environment for them to be used. */
import { counted } from '../../../shared/domain/counted.ts';
import { repeated } from '../../../shared/domain/repeated.ts';
import type { Check, Fault } from '../check.ts';
import { type CheckedPod, ofKind } from '../checked-set.ts';
import { envEntry } from '../container.ts';
import { claimedDevices, isGpuClass, isRdmaClass, pluginGpus } from '../gpus.ts';
import { at, isRecord, isThere, membersOf, type Place, textOf } from '../place.ts';
import { quantityOf } from '../quantity.ts';

const GKE_NETWORKS = 'GKE documentation, "Set up multi-network support for Pods"';
const GKE_DRANET = 'llm-d/llm-d guides/pd-disaggregation/modelserver/components/gke-rdma';
const INTERFACES = 'networking.gke.io/interfaces';
const NETWORK_RESOURCE = 'networking.gke.io.networks/';

function annotation(pod: CheckedPod): Place {
  return at(pod.metadata, 'annotations', INTERFACES);
}

/** As GKE's annotation writes it: an interface of the pod, and the Network that it is in. */
interface Interface {
  readonly name: string;
  readonly network: string;
}

/** Undefined: no annotation; `null`: it cannot be read. */
function interfacesOf(pod: CheckedPod): readonly Interface[] | null | undefined {
  const text = textOf(annotation(pod));
  if (text === undefined) return undefined;
  const list = jsonOf(text);
  if (!Array.isArray(list)) return null;
  return list.map((entry: unknown) => {
    const { interfaceName, network } = isRecord(entry) ? entry : {};
    return { name: String(interfaceName), network: String(network) };
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The answer is that it is none.
    return undefined;
  }
}

/** By name: files with pods seldom hold the Networks, which would say what they are. */
function rdmaNetworks(pod: CheckedPod): readonly string[] {
  return (interfacesOf(pod) ?? []).map(({ network }) => network).filter((network) => /rdma/.test(network));
}

const oneRdmaAttachment: Check = {
  id: 'one-rdma-attachment',
  severity: 'error',
  title: 'A pod gets its RDMA NICs by annotation or by claim, never by both.',
  source: GKE_DRANET,
  run: (set) =>
    set.pods.flatMap((pod) => {
      const networks = rdmaNetworks(pod);
      const claims = pod.containers.some((container) => (claimedDevices(set, container) ?? []).some(isRdmaClass));
      if (networks.length === 0 || !claims) return [];
      const message = `the annotation attaches ${networks.join(', ')}, and a claim asks for NICs too`;
      return [{ at: annotation(pod), message, fix: 'remove the annotation, or the NIC from the claim' }];
    }),
};

const gpuClaimsOnly: Check = {
  id: 'gpu-claims-only',
  severity: 'error',
  title: 'A container whose GPUs are claimed asks the device plugin for none.',
  source: GKE_DRANET,
  run: (set) =>
    set.pods.flatMap((pod) =>
      pod.containers.flatMap((container) => {
        const plugin = pluginGpus(container);
        const claimed = (claimedDevices(set, container) ?? []).filter(isGpuClass);
        if (plugin === undefined || plugin.count === 0 || claimed.length === 0) return [];
        const message = `the device plugin is asked for ${counted(plugin.count, 'GPU')}, claims for ${claimed.length} more`;
        return [{ at: plugin.at, message, fix: 'remove nvidia.com/gpu from limits and requests' }];
      }),
    ),
};

const interfacesReadable: Check = {
  id: 'interfaces-readable',
  severity: 'error',
  title:
    'The annotation of interfaces is a JSON list in which every interface has one network and every network one interface.',
  source: GKE_NETWORKS,
  run: ({ pods }) =>
    pods.flatMap((pod) => {
      const interfaces = interfacesOf(pod);
      const place = annotation(pod);
      if (interfaces === undefined) return [];
      if (interfaces === null)
        return [
          {
            at: place,
            message: 'it is no JSON list',
            fix: 'write [{"interfaceName": "eth0", "network": "default"}, …]',
          },
        ];
      const first = textOf(at(pod.metadata, 'annotations', 'networking.gke.io/default-interface'));
      const twice = [
        ...repeated(interfaces.map(({ name }) => name)),
        ...repeated(interfaces.map(({ network }) => network)),
      ];
      const isUnknown = first !== undefined && !interfaces.some(({ name }) => name === first);
      const faults: Fault[] = twice.map((name) => ({
        at: place,
        word: name,
        message: `${name} is there twice`,
        fix: 'name each once',
      }));
      const fix = 'name one of them as networking.gke.io/default-interface';
      return isUnknown
        ? [...faults, { at: place, message: `the default interface ${first} is not in the list`, fix }]
        : faults;
    }),
};

const networkExists: Check = {
  id: 'network-exists',
  severity: 'warning',
  title: 'The networks that a pod names are among the Networks of the set (only where it has any).',
  source: GKE_NETWORKS,
  run: (set) => {
    const networks = ofKind(set, 'Network').filter(({ apiVersion }) => apiVersion.startsWith('networking.gke.io/'));
    if (networks.length === 0) return [];
    // GKE makes this one itself.
    const names = new Set(['default', ...networks.map(({ name }) => name)]);
    return set.pods.flatMap((pod) =>
      (interfacesOf(pod) ?? [])
        .filter(({ network }) => !names.has(network))
        .map(({ network }) => ({
          at: annotation(pod),
          word: network,
          message: `no Network here is called ${network}`,
          fix: 'remove the interface, or add the Network and its GKENetworkParamSet',
        })),
    );
  },
};

const rdmaBareRequest: Check = {
  id: 'rdma-bare-request',
  severity: 'warning',
  title: `A pod with RDMA networks asks for "0" of ${NETWORK_RESOURCE}NAME: GKE adds a request for it, and H200 nodes offer only NAME.IP.`,
  source: 'llm-d/llm-d guides/wide-ep-lws/modelserver/gpu/vllm/gke',
  run: ({ servers }) =>
    servers.flatMap(({ pod, container }) => {
      const networks = rdmaNetworks(pod);
      const limits = at(container.place, 'resources', 'limits');
      const wrong = networks.filter((network) => quantityOf(at(limits, `${NETWORK_RESOURCE}${network}`).value) !== 0);
      const [first] = wrong;
      if (first === undefined) return [];
      return [
        {
          at: isThere(limits) ? limits : container.place,
          message: `${wrong.length} of ${networks.length} RDMA networks have no limit of "0", so the pod stays pending on nodes that offer only ${first}.IP`,
          fix: `write ${NETWORK_RESOURCE}${first}: "0" and so on, in requests and limits`,
        },
      ];
    }),
};

/** RDMA transports of UCX (openucx/ucx, `ucx_info -d`); `all` and what is only excluded have them. */
const RDMA_TRANSPORT = /^(rc|rc_\w+|dc|dc_\w+|ud|ud_\w+|ib|rc_mlx5|all)$/;

const ucxTlsRdma: Check = {
  id: 'ucx-tls-rdma',
  severity: 'error',
  title: 'UCX_TLS, where it is set in a pod with RDMA NICs, has an RDMA transport: blocks travel over TCP otherwise.',
  source: 'openucx/ucx documentation, "UCX environment parameters" (UCX_TLS)',
  run: (set) =>
    set.servers.flatMap(({ pod, container }) => {
      const value = container.variables.get('UCX_TLS');
      const hasNics =
        rdmaNetworks(pod).length > 0 ||
        (claimedDevices(set, container) ?? []).some(isRdmaClass) ||
        membersOf(at(container.place, 'resources', 'limits')).some(([name]) => name.startsWith('rdma/'));
      if (value === undefined || !hasNics || value.startsWith('^')) return [];
      if (value.split(',').some((transport) => RDMA_TRANSPORT.test(transport.trim()))) return [];
      const place = envEntry(container, 'UCX_TLS') ?? container.place;
      return [
        {
          at: at(place, 'value'),
          message: `UCX_TLS is ${value}, with no RDMA transport in it`,
          fix: 'remove UCX_TLS, or add rc',
        },
      ];
    }),
};

const ncclEnvSourced: Check = {
  id: 'nccl-env-sourced',
  severity: 'error',
  title: 'set_nccl_env.sh is sourced by the shell that starts the server: whatever else is done with it sets nothing.',
  source: 'GoogleCloudPlatform/cluster-toolkit examples/gke-a3-ultragpu/nccl-jobset-example.yaml',
  run: ({ pods }) =>
    pods.flatMap((pod) =>
      pod.containers.flatMap(({ commands }) => {
        const mentions = commands.filter(({ words }) => words.some((word) => word.endsWith('set_nccl_env.sh')));
        if (mentions.some(({ words }) => words[0] === 'source' || words[0] === '.')) return [];
        return mentions
          .filter(
            ({ words }) =>
              ['cat', 'bash', 'sh'].includes(words[0] ?? '') || words[0]?.endsWith('set_nccl_env.sh') === true,
          )
          .map(({ words, at: place }) => ({
            at: place,
            word: 'set_nccl_env.sh',
            message: `${words.join(' ')} leaves nothing in the environment of the server`,
            fix: 'write source /usr/local/gib/scripts/set_nccl_env.sh && before the server, in the same shell',
          }));
      }),
    ),
};

export const rdmaChecks: readonly Check[] = [
  oneRdmaAttachment,
  gpuClaimsOnly,
  interfacesReadable,
  networkExists,
  rdmaBareRequest,
  ucxTlsRdma,
  ncclEnvSourced,
];
