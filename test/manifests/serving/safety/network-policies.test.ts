/** Who may open a connection to which port: the policies are asked as a cluster would ask them. */
import type { V1NetworkPolicy, V1NetworkPolicyPeer } from '@kubernetes/client-node';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Applied, Wire } from '#manifests/kubernetes/wire.ts';
import { componentSelector } from '#manifests/serving/labels.ts';
import { renderStack } from '#manifests/serving/render.ts';
import { networkPolicies } from '#manifests/serving/safety/network-policies.ts';
import { contains, parseCidr } from '#shared/domain/cidr.ts';
import type { StackRoles } from '#shared/domain/serving/roles.ts';
import type { NetworkPolicies } from '#shared/domain/serving/safety.ts';
import { gatewayOf } from '#shared/domain/serving/resolve-gateway.ts';
import type { Stack } from '#shared/domain/serving/resolved-stack.ts';
import { makeStack, podOf } from '../../../support/make-serving-stack.ts';
import { servingCatalogue } from '#manifests/serving/stack-facts.ts';
import { stackOf } from '#shared/documents/serving-stack/parse.ts';
import { anyDocument } from '../any-document.ts';
import { type Labels, podsOf } from '../selectors.ts';

const RUNS = { numRuns: 15, seed: 20_261_122 };

/** Somebody outside by address, or a pod by namespace and labels. */
type Client = { readonly ip: string } | { readonly namespace: string; readonly labels: Labels };

function mayConnect(stack: Stack, client: Client, to: { readonly labels: Labels; readonly port: number }): boolean {
  const about = networkPolicies(stack).filter(({ spec }) => hasAll(to.labels, spec?.podSelector?.matchLabels ?? {}));
  if (about.length === 0) return true;
  return about.some((policy) => allows(stack, policy, { client, port: to.port }));
}

interface Attempt {
  readonly client: Client;
  readonly port: number;
}

function allows(stack: Stack, { spec }: Applied<V1NetworkPolicy>, { client, port }: Attempt): boolean {
  return (spec?.ingress ?? []).some(({ from, ports }) => {
    const isOpen = ports === undefined || ports.some((one) => one.port === port);
    return isOpen && (from === undefined || from.some((peer) => isPeer(stack, peer, client)));
  });
}

function isPeer({ namespace: own }: Stack, peer: Wire<V1NetworkPolicyPeer>, client: Client): boolean {
  const { ipBlock, namespaceSelector, podSelector } = peer;
  if ('ip' in client) return isWithin(client.ip, ipBlock?.cidr ?? '');
  if (ipBlock !== undefined) return false;
  const names = namespaceSelector?.matchExpressions?.[0]?.values ?? [own];
  return names.includes(client.namespace) && hasAll(client.labels, podSelector?.matchLabels ?? {});
}

function isWithin(ip: string, cidr: string): boolean {
  const [block, address] = [parseCidr(cidr), parseCidr(`${ip}/32`)];
  return block !== undefined && address !== undefined && contains(block, address);
}

function hasAll(labels: Labels, wanted: Labels): boolean {
  return Object.entries(wanted).every(([key, value]) => labels[key] === value);
}

const ranges = { gatewayRanges: ['10.10.0.0/23'] };
const proxy = { ip: '10.10.1.7' };
const healthCheck = { ip: '35.191.3.4' };
const stranger = { ip: '10.128.0.9' };
const neighbour = { namespace: 'serving', labels: { app: 'neighbour' } };
const chat = { namespace: 'chat', labels: { app: 'chat' } };
const collector = { namespace: 'gke-gmp-system', labels: { 'app.kubernetes.io/name': 'collector' } };

const twoRoles: StackRoles = { prefill: { nodes: 2 }, decode: { nodes: 2 } };
const stackWith = (policies: NetworkPolicies, roles = twoRoles) =>
  makeStack({ roles, gateway: {}, safety: { networkPolicies: policies } });

const labelsOf = (stack: Stack, role: 'prefill' | 'decode', position: 'leader' | 'worker' = 'leader') =>
  podOf(stack, role, position).metadata?.labels ?? {};

const anyStack = anyDocument.map((document) => stackOf(document, servingCatalogue));

describe('network policies', () => {
  const stack = stackWith(ranges);
  const picker = { namespace: 'serving', labels: componentSelector(stack, 'endpoint-picker') };
  const prefill = { namespace: 'serving', labels: labelsOf(stack, 'prefill') };
  const decodeWorker = { namespace: 'serving', labels: labelsOf(stack, 'decode', 'worker') };

  it.each([
    { who: "the gateway's proxy", client: proxy, port: 8000, may: true },
    { who: 'a health check of Google', client: healthCheck, port: 8000, may: true },
    { who: "the gateway's proxy", client: proxy, port: 8200, may: false },
    { who: 'a stranger', client: stranger, port: 8000, may: false },
    { who: 'a neighbour of the namespace', client: neighbour, port: 8000, may: false },
    { who: 'a neighbour of the namespace', client: neighbour, port: 5600, may: false },
    { who: 'the endpoint picker', client: picker, port: 8200, may: true },
    { who: 'a collector of metrics', client: collector, port: 8200, may: true },
    { who: 'a collector of metrics', client: collector, port: 8000, may: false },
    { who: 'another pod of its namespace', client: { ...collector, labels: {} }, port: 8200, may: false },
    { who: 'a prefill pod', client: prefill, port: 5600, may: true },
    { who: 'a worker of a group', client: decodeWorker, port: 29_501, may: true },
  ])('$who may connect to port $port of a decode pod: $may', ({ client, port, may }) => {
    expect(mayConnect(stack, client, { labels: labelsOf(stack, 'decode'), port })).toBe(may);
  });

  it('close workers too, which no request is for', () => {
    expect(mayConnect(stack, stranger, { labels: labelsOf(stack, 'decode', 'worker'), port: 29_501 })).toBe(false);
  });

  it.each([
    { who: "the gateway's proxy", client: proxy, port: 9002, may: true },
    { who: 'a health check of Google', client: healthCheck, port: 9003, may: true },
    { who: 'a stranger', client: stranger, port: 9002, may: false },
    { who: 'a model server', client: prefill, port: 9002, may: false },
    { who: 'a collector of metrics', client: collector, port: 9090, may: true },
  ])('$who may connect to port $port of the endpoint picker: $may', ({ client, port, may }) => {
    expect(mayConnect(stack, client, { labels: picker.labels, port })).toBe(may);
  });

  it('close the model router, which the load balancer asks first, to all others', () => {
    const routed = makeStack({ gateway: { route: { byModel: true } }, safety: { networkPolicies: ranges } });
    const to = { labels: componentSelector(routed, 'model-router'), port: 9004 };

    expect([proxy, healthCheck, stranger, neighbour].map((client) => mayConnect(routed, client, to))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it.each([
    { policies: ranges, may: false },
    { policies: { ...ranges, clientNamespaces: ['chat'] }, may: true },
    { policies: {}, may: true },
    { policies: { enabled: false }, may: true },
  ])('let a pod of another namespace send requests with $policies: $may', ({ policies, may }) => {
    const other = stackWith(policies);

    expect(mayConnect(other, chat, { labels: labelsOf(other, 'decode'), port: 8000 })).toBe(may);
  });

  it('close the ports within the stack though nobody said where the gateway is', () => {
    const open = stackWith({});

    expect(mayConnect(open, stranger, { labels: labelsOf(open, 'decode'), port: 5600 })).toBe(false);
  });

  it('let the load test of the stack reach its Service', () => {
    const tested = makeStack({ safety: { networkPolicies: ranges }, verification: { load: { requestsPerSecond: 1 } } });
    const [client] = podsOf(renderStack(tested).filter(({ metadata }) => metadata.name === 'demo-load-test'));
    const to = { labels: podOf(tested, 'aggregated').metadata?.labels ?? {}, port: 8000 };

    expect(mayConnect(tested, { namespace: 'serving', labels: client?.labels ?? {} }, to)).toBe(true);
    expect(mayConnect(tested, neighbour, to)).toBe(false);
  });

  it('open one port for each rank of data parallelism', () => {
    const ranks = stackWith(ranges, {
      prefill: { nodes: 2, parallelism: 'expert' },
      decode: { nodes: 2, parallelism: 'expert' },
    });
    const may = (port: number) => mayConnect(ranks, proxy, { labels: labelsOf(ranks, 'decode'), port });

    expect([7999, 8000, 8007, 8008].map(may)).toEqual([false, true, true, false]);
    expect(JSON.stringify(networkPolicies(ranks))).not.toContain('endPort');
  });

  it('belong to their stack alone: they close none of a neighbour, and let none of it in', () => {
    fc.assert(
      fc.property(anyStack, anyStack, (one, other) => {
        const own = { ...one, spec: { ...one.spec, safety: { ...one.spec.safety, networkPolicies: ranges } } };
        const others = podsOf(renderStack({ ...other, name: 'neighbour', namespace: own.namespace }));
        const servers = podsOf(renderStack(own)).filter(({ labels }) => 'llm-d.ai/guide' in labels);

        for (const { owner, labels } of others) {
          expect(mayConnect(own, stranger, { labels, port: 1 }), `${owner} is not closed`).toBe(true);
          for (const server of servers) {
            const client = { namespace: own.namespace, labels };
            expect(mayConnect(own, client, { labels: server.labels, port: 5600 }), `${owner} stays outside`).toBe(
              false,
            );
          }
        }
      }),
      RUNS,
    );
  });

  it('leave every pod of any stack that has a gateway reachable where it has to be', () => {
    fc.assert(
      fc.property(anyStack, (one) => {
        const own = { ...one, spec: { ...one.spec, safety: { ...one.spec.safety, networkPolicies: ranges } } };
        const targets = renderStack(own).flatMap((object) => targetPortsOf(object));
        const serving = podsOf(renderStack(own)).filter(
          ({ labels }) => labels['llm-d.ai/inference-serving'] === 'true',
        );

        expect(targets.length > 0).toBe(gatewayOf(own) !== undefined);
        for (const { owner, labels } of serving) {
          for (const port of targets) expect(mayConnect(own, proxy, { labels, port }), `${owner} ${port}`).toBe(true);
        }
      }),
      RUNS,
    );
  });
});

function targetPortsOf(object: Applied): readonly number[] {
  if (object.kind !== 'InferencePool') return [];
  const { spec } = object as unknown as {
    readonly spec: { readonly targetPorts: readonly { readonly number: number }[] };
  };
  return spec.targetPorts.map(({ number }) => number);
}
