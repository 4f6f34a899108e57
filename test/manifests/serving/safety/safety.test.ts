/** Identity, priority, budgets and places. Who may connect is in `network-policies.test.ts`. */
import type { V1PodDisruptionBudget } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import type { Applied } from '#manifests/kubernetes/wire.ts';
import { renderStack } from '#manifests/serving/render.ts';
import type { StackRoles } from '#shared/domain/serving/roles.ts';
import type { Safety } from '#shared/domain/serving/safety.ts';
import { makeStack, podOf } from '../../../support/make-serving-stack.ts';
import { podsOf } from '../selectors.ts';

const objectsWith = (safety: Safety, roles?: StackRoles) =>
  renderStack(makeStack({ safety, ...(roles !== undefined && { roles }) }));

const groups: StackRoles = { prefill: { nodes: 2 }, decode: { nodes: 2 } };

describe('identity', () => {
  it('is one account of the stack, which every pod has and no token of it is mounted', () => {
    const objects = objectsWith({}, { prefill: {}, decode: {} });
    const accounts = objects.filter(({ kind }) => kind === 'ServiceAccount');

    expect(accounts).toMatchObject([{ metadata: { name: 'demo' }, automountServiceAccountToken: false }]);
    expect(podsOf(objects).map(({ spec }) => spec['serviceAccountName'])).toEqual(['demo', 'demo']);
  });

  it('acts as a Google service account where one is named', () => {
    const [account] = objectsWith({ googleServiceAccount: 'inference@acme.iam.gserviceaccount.com' });

    expect(account?.metadata.annotations).toEqual({
      'iam.gke.io/gcp-service-account': 'inference@acme.iam.gserviceaccount.com',
    });
  });

  it('gives a token of Kubernetes to the sidecar that watches its pool, and not to the server beside it', () => {
    const { spec } = podOf(makeStack({ roles: { prefill: {}, decode: {} }, gateway: {} }), 'decode');
    const hasToken = [...(spec.initContainers ?? []), ...spec.containers].map(({ name, volumeMounts = [] }) => ({
      name,
      token: volumeMounts.some(({ mountPath }) => mountPath === '/var/run/secrets/kubernetes.io/serviceaccount'),
    }));

    expect(hasToken).toEqual([
      { name: 'routing-proxy', token: true },
      { name: 'modelserver', token: false },
    ]);
  });
});

describe('what others may have made', () => {
  it.each([
    { safety: {}, kinds: [] },
    { safety: { createNamespace: true }, kinds: ['Namespace'] },
    { safety: { priority: { className: 'high' } }, kinds: [] },
    { safety: { priority: { className: 'high', value: 1000 } }, kinds: ['PriorityClass'] },
  ] as const)('is made only where the document says so: $safety', ({ safety, kinds }) => {
    const found = objectsWith(safety).filter(({ metadata }) => metadata.namespace === undefined);

    expect(found.map(({ kind }) => kind)).toEqual(kinds);
  });

  it('is the priority that pods have either way', () => {
    const stack = makeStack({ safety: { priority: { className: 'high' } } });

    expect(podOf(stack, 'aggregated').spec.priorityClassName).toBe('high');
  });
});

describe('disruption budgets', () => {
  it('let one replica of each role go, workers of a group counted with it', () => {
    const objects = objectsWith({}, groups);
    const budgets = objects.filter(
      ({ kind }) => kind === 'PodDisruptionBudget',
    ) as readonly Applied<V1PodDisruptionBudget>[];
    const pods = podsOf(objects);

    expect(
      budgets.map(({ metadata, spec }) => [metadata.name, spec?.maxUnavailable, spec?.unhealthyPodEvictionPolicy]),
    ).toEqual([
      ['demo-prefill', 1, 'AlwaysAllow'],
      ['demo-decode', 1, 'AlwaysAllow'],
    ]);
    for (const { metadata, spec } of budgets) {
      const wanted = Object.entries(spec?.selector?.matchLabels ?? {});
      const counted = pods.filter(({ labels }) => wanted.every(([key, value]) => labels[key] === value));
      expect(counted.map(({ owner }) => owner)).toEqual(Array(2).fill(`LeaderWorkerSet/${metadata.name}`));
    }
  });

  it('can be left out', () => {
    const objects = objectsWith({ disruptionBudgets: false });

    expect(objects.filter(({ kind }) => kind === 'PodDisruptionBudget')).toEqual([]);
  });
});

describe('topology', () => {
  const termsOf = (roles: StackRoles, safety: Safety = {}) => {
    const stack = makeStack({ roles, safety });
    const affinity = podOf(stack, stack.roles[0]!.role).spec.affinity;
    return affinity?.podAffinity?.preferredDuringSchedulingIgnoredDuringExecution;
  };

  it('is a wish for the same block, then the same sub-block', () => {
    expect(termsOf(groups)?.map(({ weight, podAffinityTerm: { topologyKey } }) => [weight, topologyKey])).toEqual([
      [2, 'cloud.google.com/gce-topology-block'],
      [1, 'cloud.google.com/gce-topology-subblock'],
    ]);
  });

  it.each([
    {
      name: 'its own group',
      roles: groups,
      whom: {
        labelSelector: { matchLabels: { 'llm-d.ai/guide': 'demo', 'llm-d.ai/role': 'prefill' } },
        matchLabelKeys: ['leaderworkerset.sigs.k8s.io/group-key'],
      },
    },
    {
      name: 'the other side of its requests',
      roles: { prefill: {}, decode: {} },
      whom: { labelSelector: { matchLabels: { 'llm-d.ai/guide': 'demo' } } },
    },
  ])('is about $name', ({ roles, whom }) => {
    expect(termsOf(roles)?.[0]?.podAffinityTerm).toMatchObject(whom);
  });

  it('is nothing to pods that talk to nobody, or where nobody wants it', () => {
    expect(termsOf({ aggregated: { gpus: 2 } })).toBeUndefined();
    expect(termsOf(groups, { topology: 'none' })).toBeUndefined();
  });

  it.each([
    { topology: 'exclusive-block', key: 'cloud.google.com/gce-topology-block' },
    { topology: 'exclusive-subblock', key: 'cloud.google.com/gce-topology-subblock' },
  ] as const)('$topology is a condition of the group, not of its pods', ({ topology, key }) => {
    const sets = objectsWith({ topology }, groups).filter(({ kind }) => kind === 'LeaderWorkerSet');

    expect(
      sets.map(({ metadata }) => metadata.annotations?.['leaderworkerset.sigs.k8s.io/exclusive-topology']),
    ).toEqual([key, key]);
    expect(termsOf(groups, { topology })).toBeUndefined();
  });
});
