/** Prefill and decode. */
import { counted } from '../../../shared/domain/counted.ts';
import type { Check, Fault } from '../check.ts';
import type { CheckedPod, CheckedSet, ServedPod } from '../checked-set.ts';
import { ofKind, shareNamespace } from '../checked-set.ts';
import { type Container, envEntry } from '../container.ts';
import { parseFlags } from '../flags.ts';
import { isSilent } from '../model-server.ts';
import { at, isPlaceholder, isThere, itemsOf, numberOf, textOf } from '../place.ts';

const SIDECAR = 'llm-d/llm-d-router pkg/sidecar/proxy/options.go';
const ROLE = 'llm-d.ai/role';

/** By its image, development builds and mirrors among them, or by a flag that nothing else has. */
function isRoutingSidecar({ image, commands }: Container): boolean {
  if (/(llm-d-router-disagg-sidecar|llm-d-routing-sidecar)[^/]*$/.test(image)) return true;
  return commands.some(({ words }) => words.some((word) => /^--(vllm-port|model-server-port)\b/.test(word)));
}

/** The two ports of a routing sidecar, by its defaults where it says nothing; undefined: unknown. */
function sidecarPorts({ commands, variables }: Container) {
  const { flags } = parseFlags(commands.flatMap(({ words }) => words));
  const number = (name: string, byDefault: number) => (flags.has(name) ? flags.number(name) : byDefault);
  return {
    own: number('--port', 8000),
    server: flags.has('--vllm-port') ? flags.number('--vllm-port') : number('--model-server-port', 8200),
    // Given by environment: nothing is known then.
    isConfigured: variables.size === 0,
  };
}

const decodeBehindSidecar: Check = {
  id: 'decode-behind-sidecar',
  severity: 'error',
  title:
    'A decode server listens behind its routing sidecar, on the port to which the sidecar sends, and the sidecar keeps running.',
  source: SIDECAR,
  run: (set) => [
    ...set.servers.flatMap((server) =>
      server.pod.containers.filter(isRoutingSidecar).flatMap((sidecar) => sidecarFault(server, sidecar)),
    ),
    ...set.pods.flatMap((pod) => pod.containers.filter(isRoutingSidecar).flatMap(plainInitFault)),
    ...set.servers
      .filter((server) => lacksSidecar(set, server))
      .map(({ pod }) => ({
        at: pod.spec,
        message: 'this decode pod has no routing sidecar: nobody asks prefill for the keys and values of its requests',
        fix: 'add an init container llm-d-router-disagg-sidecar with restartPolicy: Always, --port=8000 and --model-server-port=8200, and let vLLM listen on 8200',
      })),
  ],
};

/** One port for two, or a port where nobody listens. */
function sidecarFault({ port, at: place }: ServedPod, sidecar: Container): readonly Fault[] {
  const { own, server, isConfigured } = sidecarPorts(sidecar);
  if (port === undefined || !isConfigured) return [];
  if (port === own) {
    const fix = `write --port=${server ?? 8200} for vLLM`;
    return [{ at: place, word: '--port', message: `vLLM and its routing sidecar both listen on ${port}`, fix }];
  }
  if (server === undefined || port === server) return [];
  const fix = `write --port=${server} for vLLM, or --model-server-port=${port} for the sidecar`;
  return [
    { at: place, word: '--port', message: `vLLM listens on ${port}, its routing sidecar sends to ${server}`, fix },
  ];
}

/** A native sidecar is an init container that is restarted (Kubernetes documentation, "Sidecar Containers"). */
function plainInitFault({ isInit, place }: Container): readonly Fault[] {
  if (!isInit || textOf(at(place, 'restartPolicy')) === 'Always') return [];
  const fix = 'write restartPolicy: Always, which makes it a sidecar';
  return [{ at: place, message: 'the pod waits for this init container to end, and it never does', fix }];
}

/** Only where llm-d's labels say that its picker pairs the two sides; other routers speak to decode themselves. */
function lacksSidecar({ servers }: CheckedSet, server: ServedPod): boolean {
  const { pod } = server;
  const isNixl = connectorsOf(server).includes('NixlConnector');
  if (pod.labels.get(ROLE) !== 'decode' || !isNixl || isSilent(server.container)) return false;
  if (pod.containers.some(isRoutingSidecar)) return false;
  return servers.some(
    (other) => other.pod.labels.get(ROLE) === 'prefill' && shareNamespace(other.pod.object, pod.object),
  );
}

/** The connector, or those that a MultiConnector holds. */
function connectorsOf({ flags }: ServedPod): readonly string[] {
  return JSON.stringify(flags.json('--kv-transfer-config') ?? {}).match(/\w*Connector\w*/g) ?? [];
}

interface Pair {
  readonly prefill: ServedPod;
  readonly decode: ServedPod;
}

/** Of one deployment: in one object, or with one `llm-d.ai/guide`, or, where nothing says more, of one model. */
function pairsOf({ servers }: CheckedSet): readonly Pair[] {
  const role = ({ pod }: ServedPod) => pod.labels.get(ROLE);
  return servers
    .filter((server) => role(server) === 'decode')
    .flatMap((decode) =>
      servers
        .filter((prefill) => role(prefill) === 'prefill' && belongTogether(prefill.pod, decode.pod))
        .map((prefill) => ({ prefill, decode })),
    );
}

function belongTogether(prefill: CheckedPod, decode: CheckedPod): boolean {
  const key = 'llm-d.ai/guide';
  if (prefill.object.place === decode.object.place) return true;
  return shareNamespace(prefill.object, decode.object) && prefill.labels.get(key) === decode.labels.get(key);
}

/** What both sides must have in common (vLLM refuses a handshake otherwise: NIXL compatibility hash). */
const shared: readonly { readonly what: string; readonly of: (server: ServedPod) => string | undefined }[] = [
  { what: 'image', of: ({ container }) => container.image },
  { what: 'model', of: ({ model }) => model },
  ...['--block-size', '--dtype', '--kv-cache-dtype', '--quantization', '--revision', '--attention-backend'].map(
    (flag) => ({
      what: flag,
      of: ({ flags }: ServedPod) => flags.get(flag),
    }),
  ),
];

const disaggregatedParity: Check = {
  id: 'disaggregated-parity',
  severity: 'error',
  title: 'Prefill and decode have the same image, model, block size and formats.',
  source: 'vllm-project/vllm docs/features/nixl_connector_usage.md (compatibility hash)',
  run: (set) =>
    pairsOf(set).flatMap(({ prefill, decode }) =>
      shared.flatMap(({ what, of }) => {
        const [left, right] = [of(prefill), of(decode)];
        if (left === right || [left, right].some((value) => value !== undefined && isPlaceholder(value))) return [];
        return [
          {
            at: what === 'image' ? at(decode.container.place, 'image') : decode.at,
            word: what,
            message: `${what} is ${right ?? 'not set'} here and ${left ?? 'not set'} on prefill (${prefill.pod.object.kind} ${prefill.pod.object.name})`,
            fix: 'write the same on both sides: they refuse each other’s blocks otherwise',
          },
        ];
      }),
    ),
};

/** Models with multi-head latent attention, whose cache is not split over tensor-parallel ranks, by name. */
const LATENT_ATTENTION = /deepseek|kimi|glm-?5|longcat|mistral-large-3/i;

const decodeTensorParallel: Check = {
  id: 'decode-tensor-parallel',
  severity: 'error',
  title: 'Decode has at least as many tensor-parallel ranks as prefill, unless the model has latent attention (MLA).',
  source: 'vllm-project/vllm docs/features/nixl_connector_usage.md',
  run: (set) =>
    pairsOf(set).flatMap(({ prefill, decode }) => {
      const name = '--tensor-parallel-size';
      const [p, d] = [prefill, decode].map(({ flags }) => (flags.has(name) ? flags.number(name) : 1));
      if (p === undefined || d === undefined || d >= p || LATENT_ATTENTION.test(decode.model ?? '')) return [];
      const message = `decode has ${counted(d, 'tensor-parallel rank')}, prefill (${prefill.pod.object.kind} ${prefill.pod.object.name}) ${p}`;
      return [{ at: decode.at, word: name, message, fix: `write ${name} ${p} or more for decode` }];
    }),
};

const nixlHost: Check = {
  id: 'nixl-side-channel',
  severity: 'error',
  title:
    'A pod that hands keys and values over by NIXL names its own address: the default is localhost, which no other pod reaches.',
  source: 'vllm-project/vllm vllm/envs.py (VLLM_NIXL_SIDE_CHANNEL_HOST)',
  run: ({ servers }) =>
    servers
      .filter((server) => connectorsOf(server).includes('NixlConnector'))
      .filter(({ container }) => !isThere(at(container.place, 'envFrom')))
      .filter(
        ({ container }) => envEntry(container, 'VLLM_NIXL_SIDE_CHANNEL_HOST') === undefined && !exportsHost(container),
      )
      .map(({ container }) => ({
        at: container.place,
        message: 'VLLM_NIXL_SIDE_CHANNEL_HOST is not set: the other side is told to connect to localhost',
        fix: 'set it by valueFrom.fieldRef: status.podIP',
      })),
};

/** Whatever it is set to: an address that a script finds out is not known here. */
function exportsHost({ script }: Container): boolean {
  return script !== undefined && (textOf(script) ?? '').includes('VLLM_NIXL_SIDE_CHANNEL_HOST');
}

const kvTransferConfig: Check = {
  id: 'kv-transfer-config',
  severity: 'error',
  title: '--kv-transfer-config is a JSON object with kv_connector and kv_role.',
  source: 'vllm-project/vllm vllm/config/kv_transfer.py',
  run: ({ servers }) =>
    servers.flatMap(({ flags, at: place }) => {
      const word = '--kv-transfer-config';
      const config = flags.json(word);
      const text = flags.get(word) ?? '';
      if (config === undefined || (config === null && isPlaceholder(text))) return [];
      if (config === null)
        return [{ at: place, word, message: `${word} is no JSON: ${text}`, fix: 'quote it so that JSON arrives' }];
      if (config['kv_connector'] === undefined || config['kv_role'] !== undefined) return [];
      const fix = 'add "kv_role": kv_producer for prefill, kv_consumer for decode, kv_both for an offload';
      return [{ at: place, word, message: `${word} names a connector and no kv_role`, fix }];
    }),
};

const disaggregatedExternal: Check = {
  id: 'disaggregated-external',
  severity: 'error',
  title:
    'A DisaggregatedSet with an externally scaled role has one slice, and its other roles are all at zero or none is.',
  source: 'kubernetes-sigs/lws config/crd/bases/disaggregatedset.x-k8s.io_disaggregatedsets.yaml and its webhook',
  run: (set) =>
    ofKind(set, 'DisaggregatedSet').flatMap(({ place }) => {
      const roles = itemsOf(at(place, 'spec', 'roles'));
      const isExternal = (role: (typeof roles)[number]) => textOf(at(role, 'scaling', 'mode')) === 'External';
      const slices = at(place, 'spec', 'slices');
      const inner = roles
        .filter((role) => !isExternal(role))
        .map((role) => numberOf(at(role, 'spec', 'replicas')) ?? 1);
      const faults: Fault[] = [];
      if (roles.some(isExternal) && (numberOf(slices) ?? 1) > 1) {
        faults.push({
          at: slices,
          message: `spec.slices is ${numberOf(slices)} while a role is scaled externally`,
          fix: 'write slices: 1',
        });
      }
      if (inner.some((count) => count === 0) && inner.some((count) => count > 0)) {
        const message = `replicas of the roles are ${inner.join(' and ')}: some zero, some not`;
        faults.push({ at: at(place, 'spec', 'roles'), message, fix: 'write zero for all of them, or for none' });
      }
      return faults;
    }),
};

export const disaggregationChecks: readonly Check[] = [
  decodeBehindSidecar,
  disaggregatedParity,
  decodeTensorParallel,
  nixlHost,
  kvTransferConfig,
  disaggregatedExternal,
];
