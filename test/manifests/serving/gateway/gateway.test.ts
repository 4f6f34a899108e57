import { describe, expect, it } from 'vitest';
import { nameOf, objectsOf, one } from './gateway-objects.ts';

const pool = (name: string, weight?: number) => ({
  group: 'inference.networking.k8s.io',
  kind: 'InferencePool',
  name,
  ...(weight !== undefined && { weight }),
});

describe('a gateway', () => {
  it('is nothing where the document has none', () => {
    expect(objectsOf(undefined)).toEqual([]);
  });

  it('is complete by itself', () => {
    expect(objectsOf({}).map(nameOf)).toEqual([
      'Gateway/demo',
      'ServiceAccount/demo-epp',
      'Role/demo-epp',
      'RoleBinding/demo-epp',
      'ConfigMap/demo-epp',
      'Deployment/demo-epp',
      'Service/demo-epp',
      'InferencePool/demo',
      'HealthCheckPolicy/demo',
      'GCPBackendPolicy/demo',
      'HTTPRoute/demo',
    ]);
  });

  it.each([
    {
      what: 'HTTP inside the VPC',
      spec: {},
      className: 'gke-l7-rilb',
      listener: { name: 'http', protocol: 'HTTP', port: 80 },
    },
    {
      what: 'TLS on the internet',
      spec: { className: 'gke-l7-regional-external-managed', tlsSecret: 'demo-tls' },
      className: 'gke-l7-regional-external-managed',
      listener: {
        name: 'https',
        protocol: 'HTTPS',
        port: 443,
        tls: { mode: 'Terminate', certificateRefs: [{ group: '', kind: 'Secret', name: 'demo-tls' }] },
      },
    },
  ] as const)('listens for $what, for routes of its namespace', ({ spec, className, listener }) => {
    const { spec: built } = one(objectsOf(spec), 'Gateway/demo');

    const kinds = [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute' }];
    expect(built).toEqual({
      gatewayClassName: className,
      listeners: [{ ...listener, allowedRoutes: { namespaces: { from: 'Same' }, kinds } }],
    });
  });

  it.each([
    { what: 'one server', roles: { aggregated: { gpus: 1 } }, ports: [8000], failureMode: 'FailOpen' },
    { what: 'two roles', roles: { prefill: {}, decode: {} }, ports: [8000], failureMode: 'FailClose' },
    {
      what: 'eight ranks',
      roles: { aggregated: { parallelism: 'expert' } },
      ports: [8000, 8001, 8002, 8003, 8004, 8005, 8006, 8007],
      failureMode: 'FailOpen',
    },
  ] as const)('pools the pods of $what that answer requests', ({ roles, ports, failureMode }) => {
    const { spec } = one(objectsOf({}, { roles }), 'InferencePool/demo');

    expect(spec).toEqual({
      selector: { matchLabels: { 'llm-d.ai/guide': 'demo', 'llm-d.ai/inference-serving': 'true' } },
      targetPorts: ports.map((number) => ({ number })),
      endpointPickerRef: { name: 'demo-epp', port: { number: 9002 }, failureMode },
    });
  });

  it('has the load balancer look for life where requests go', () => {
    const { spec } = one(objectsOf({}, { roles: { prefill: {}, decode: {} } }), 'HealthCheckPolicy/demo');

    const config = { type: 'HTTP', httpHealthCheck: { requestPath: '/health', port: 8000 } };
    expect(spec).toMatchObject({ targetRef: pool('demo'), default: { config } });
  });

  it('lets the load balancer wait for the longest answer', () => {
    const { spec } = one(objectsOf({ timeoutSeconds: 7200 }), 'GCPBackendPolicy/demo');

    expect(spec).toEqual({
      targetRef: pool('demo'),
      default: {
        timeoutSec: 7200,
        // 15 before the signal, 45 to end in, 15 to exit.
        connectionDraining: { drainingTimeoutSec: 75 },
        logging: { enabled: true },
      },
    });
  });

  it.each([
    { what: 'everything', route: {}, headers: undefined, backends: [pool('demo')] },
    {
      what: 'what has a header, by weight',
      route: { headers: { 'x-tenant': 'gold' }, weights: { demo: 90, green: 10 } },
      headers: [{ type: 'Exact', name: 'x-tenant', value: 'gold' }],
      backends: [pool('demo', 90), pool('green', 10)],
    },
    {
      what: 'its model',
      route: { byModel: true },
      headers: [{ type: 'Exact', name: 'X-Gateway-Base-Model-Name', value: 'org/model' }],
      backends: [pool('demo')],
    },
  ])('routes $what', ({ route, headers, backends }) => {
    const model = { id: 'org/weights', servedName: 'org/model' };
    const { spec } = one(objectsOf({ route }, { model }), 'HTTPRoute/demo');

    const match = { path: { type: 'PathPrefix', value: '/v1' }, ...(headers && { headers }) };
    expect(spec).toEqual({
      parentRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'demo' }],
      rules: [{ matches: [match], backendRefs: backends }],
    });
  });

  it("comes in by another stack's Gateway, and reads no bodies itself", () => {
    const objects = objectsOf({ use: 'front', route: { byModel: true } });

    expect(one(objects, 'HTTPRoute/demo')).toMatchObject({ spec: { parentRefs: [{ name: 'front' }] } });
    expect(objects.map(nameOf)).not.toContain('Gateway/demo');
    expect(objects.map(nameOf)).not.toContain('GCPRoutingExtension/demo-model-router');
  });

  it('has no route where another one sends it its share', () => {
    expect(objectsOf({ use: 'front', route: 'none' }).map(({ kind }) => kind)).not.toContain('HTTPRoute');
  });

  it('maps its own names, those that it rewrites among them', () => {
    const objects = objectsOf({
      route: { byModel: true, adapters: ['tuned'] },
      rewrites: [{ model: 'chat', targets: [{ model: 'tuned' }] }],
    });

    expect(one(objects, 'ConfigMap/demo-model-mapping')).toMatchObject({
      metadata: { labels: { 'inference.llm-d.ai/ipp-managed': 'true' } },
      data: { baseModel: 'org/model', adapters: '- tuned\n- chat\n' },
    });
  });

  it('is asked for the model of a body before a route is chosen', () => {
    const { spec } = one(objectsOf({ route: { byModel: true } }), 'GCPRoutingExtension/demo-model-router');

    expect(spec).toMatchObject({
      targetRefs: [{ kind: 'Gateway', name: 'demo' }],
      extensionChains: [
        { extensions: [{ requestBodySendMode: 'FullDuplexStreamed', backendRef: { name: 'demo-model-router' } }] },
      ],
    });
  });

  it('rewrites names, and knows priorities', () => {
    const objects = objectsOf({
      objectives: [{ name: 'free', priority: -10 }],
      rewrites: [{ model: 'chat', targets: [{ model: 'a', weight: 9 }] }, { targets: [{ model: 'b' }] }],
    });

    expect(one(objects, 'InferenceObjective/demo-free').spec).toEqual({ priority: -10, poolRef: pool('demo') });
    expect(one(objects, 'InferenceModelRewrite/demo').spec).toEqual({
      poolRef: pool('demo'),
      rules: [
        { matches: [{ model: { type: 'Exact', value: 'chat' } }], targets: [{ modelRewrite: 'a', weight: 9 }] },
        { targets: [{ modelRewrite: 'b' }] },
      ],
    });
  });
});
