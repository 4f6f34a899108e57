/** Of how requests reach the pods. */
import { gatewayDefaults, gatewayOf, type StackGateway } from '../../../shared/domain/serving/resolve-gateway.ts';
import type { Stack } from '../../../shared/domain/serving/resolved-stack.ts';
import { pickerReasons } from './picker.ts';
import type { Reason } from './reason.ts';

const GATEWAYS = 'GKE documentation, "Deploying Gateways"';
const SECURE = 'GKE documentation, "Secure a Gateway"';
const GATEWAY_API = 'kubernetes-sigs/gateway-api config/crd/standard';
const CHART = 'llm-d/llm-d-router config/charts/llm-d-router-gateway/templates/gke.yaml';
const POOL = 'kubernetes-sigs/gateway-api-inference-extension config/crd/bases';
const OBJECTS = 'llm-d/llm-d-router config/crd/bases';
const BODIES = 'llm-d/llm-d-inference-payload-processor docs/configuration.md';
const BODIES_ON_GKE = 'GKE documentation, "Configure Body-Based Routing"';
const DOCUMENT = 'the document';

const WHY_PATH =
  'the OpenAI API and nothing else: metrics, tokenizers and what puts a server to sleep are for the cluster alone';

const frontDoor: readonly Reason[] = [
  {
    setting: 'Gateway spec.gatewayClassName',
    why: of(({ own }) =>
      own?.className === gatewayDefaults.className
        ? 'a load balancer inside the VPC: nobody else gets to the model'
        : 'a load balancer that the internet can reach',
    ),
    source: GATEWAYS,
  },
  {
    setting: 'Gateway spec.listeners',
    why: of(({ own }) =>
      own?.tlsSecret === undefined
        ? 'plain HTTP, inside the VPC only'
        : `TLS ends at the load balancer, with the certificate of the Secret ${own.tlsSecret}`,
    ),
    source: SECURE,
  },
  {
    setting: 'Gateway spec.listeners.*.allowedRoutes',
    why: 'routes of this namespace only: one from anywhere else could take requests away',
    source: GATEWAY_API,
  },
];

const routes: readonly Reason[] = [
  { setting: 'HTTPRoute spec.parentRefs', why: 'the Gateway that these requests come by', source: GATEWAY_API },
  {
    setting: 'HTTPRoute spec.rules.*.matches',
    why: of(({ route }) =>
      route?.byModel === true
        ? `${WHY_PATH}. Of those, requests whose body names this model, or a name that is mapped to it; the model router has written it into the header`
        : WHY_PATH,
    ),
    source: 'vllm-project/vllm docs/usage/security.md; llm-d/llm-d-inference-payload-processor docs/configuration.md',
  },
  {
    setting: 'HTTPRoute spec.rules.*.backendRefs',
    why: of(({ route }) =>
      route?.weights === undefined
        ? 'all of them to the pool of this stack'
        : `by weight: ${Object.entries(route.weights)
            .map(([pool, weight]) => `${pool} ${weight}`)
            .join(', ')}`,
    ),
    source: GATEWAY_API,
  },
];

const pools: readonly Reason[] = [
  {
    setting: 'InferencePool spec.targetPorts',
    why: ({ roles: [role] }) =>
      (role?.ports.count ?? 1) > 1
        ? `a port for each of the ${role?.ports.count} ranks of a pod: a rank whose port is missing gets no requests`
        : 'where pods answer: the model server, or the routing sidecar before it',
    source: POOL,
  },
  {
    setting: 'InferencePool spec.endpointPickerRef',
    why: ({ roles }) =>
      roles.length > 1
        ? 'without the picker requests fail: a prefill pod that is asked for a whole answer would compute it without decode'
        : 'without the picker requests go to any pod, which is slower and not wrong',
    source: POOL,
  },
  {
    setting: 'HealthCheckPolicy spec',
    why: 'of what the load balancer reaches: its own default asks for /, which no model server answers; every 2 s, so that it follows the pods as they go',
    source: CHART,
  },
  {
    setting: 'GCPBackendPolicy spec',
    why: of(
      ({ timeoutSeconds }) =>
        `the longest answer may take ${timeoutSeconds} s; the load balancer cuts it off after 30 s by default, and GKE reads this and no timeout of a route. Of a pod that goes it lets answers through for as long as the pod has; by default it does not wait`,
    ),
    source:
      'GoogleCloudPlatform/accelerated-platforms llm-d Gateway; GKE documentation, "Configure Gateway resources using Policies"',
  },
];

const models: readonly Reason[] = [
  {
    setting: 'InferenceObjective spec',
    why: 'requests that write its name in x-llm-d-inference-objective have its priority; others have 0',
    source: OBJECTS,
  },
  {
    setting: 'InferenceModelRewrite spec',
    why: 'what requests ask for becomes one of these, by weight',
    source: OBJECTS,
  },
  {
    setting: 'ConfigMap/*-model-mapping data',
    why: 'names that are routed to this stack: the served one, adapters, and names that are rewritten here',
    source: BODIES,
  },
  {
    setting: 'ConfigMap/*-model-router data',
    why: 'copies the model of each body into a header, and its base model into the one that routes match',
    source: BODIES,
  },
  {
    setting: 'Role/*-model-router rules',
    why: 'it watches the ConfigMaps that map names to stacks, in this namespace',
    source: BODIES,
  },
  {
    setting: 'Deployment/*-model-router spec.replicas',
    why: 'every request passes it and it remembers nothing: two, so that one may go',
    source: DOCUMENT,
  },
  { setting: 'Deployment/*-model-router spec.template', why: 'as its chart has it, with probes', source: BODIES },
  {
    setting: 'Service/*-model-router spec',
    why: 'HTTP2 means with TLS: it serves with a certificate of its own making',
    source: BODIES_ON_GKE,
  },
  {
    setting: 'HealthCheckPolicy/*-model-router spec',
    why: 'it tells of its health by gRPC, on a port of its own',
    source: BODIES_ON_GKE,
  },
  {
    setting: 'GCPRoutingExtension spec',
    why: 'the load balancer asks it before it chooses a route; of requests only, since each event is a hop more',
    source: BODIES_ON_GKE,
  },
];

/** Objects of these kinds stand only where there is a gateway. */
function of(why: (gateway: StackGateway) => string): (stack: Stack) => string {
  return (stack) => {
    const gateway = gatewayOf(stack);
    if (gateway === undefined) throw new Error(`explaining ${stack.name}: it has no gateway`);
    return why(gateway);
  };
}

export const gatewayReasons: readonly Reason[] = [...frontDoor, ...routes, ...pools, ...models, ...pickerReasons];
