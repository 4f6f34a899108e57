/** What a GPU pool may not be, whatever its machine. */
import { OWNED_LABEL_KEYS } from '../../domain/ownership.ts';
import { clusterDefaults } from '../../domain/cluster-defaults.ts';
import { SYSTEM_POOL_NAME } from '../../domain/cluster-names.ts';
import type { Problem } from '../../domain/problem.ts';
import { fieldUnder } from '../format.ts';
import { type ClusterRule, forEachPool, type PoolRule } from './rule.ts';

/** The second pool of a name would be taken for the first one, found as wanted, and never built. */
const poolNamesAreUnique: ClusterRule = ({ gpuPools }) => {
  const names = [SYSTEM_POOL_NAME, ...gpuPools.map(({ name }) => name)];
  return gpuPools.flatMap(({ field, name }, index) =>
    name === undefined || names.indexOf(name) === index + 1
      ? []
      : [
          {
            field: `${field}.name`,
            value: name,
            rule:
              name === SYSTEM_POOL_NAME
                ? 'must not be the name of the system pool'
                : 'must not be the name of another pool',
            fix: `use another name, e.g. ${name}-${index + 1}`,
          },
        ],
  );
};

/** min <= initial <= max: building with a size outside the limits would be undone by the first scaling decision. */
const sizeIsInOrder: PoolRule = ({ field, size }) => {
  if (size === undefined || size.owner === 'fixed') return [];
  const { initial, min = initial, max = initial } = size;
  const problems: Problem[] = [];
  if (min > initial) {
    problems.push({
      field: `${field}.size.min`,
      value: min,
      rule: `must not be above initial (${initial})`,
      fix: `use at most ${initial}`,
    });
  }
  if (max < initial) {
    problems.push({
      field: `${field}.size.max`,
      value: max,
      rule: `must not be below initial (${initial})`,
      fix: `use at least ${initial}`,
    });
  }
  return problems;
};

/** An autoscaler that may never have a node is a slip of the pen. */
const autoscalerHasRoom: PoolRule = ({ field, size }) => {
  if (size?.owner !== 'gke' || (size.max ?? size.initial) > 0) return [];
  return [
    { field: `${field}.size.max`, value: size.max, rule: 'must be above 0 for an autoscaler', fix: 'use at least 1' },
  ];
};

/** A range that nobody uses would read like a promise. */
const fixedSizeHasNoRange: PoolRule = ({ field, size }) => {
  if (size?.owner !== 'fixed') return [];
  return (['min', 'max'] as const)
    .filter((end) => size[end] !== undefined && size[end] !== size.initial)
    .map((end) => ({
      field: `${field}.size.${end}`,
      value: size[end],
      rule: `must equal initial (${size.initial}) when the owner is fixed`,
      fix: 'remove it, or name an owner that scales',
    }));
};

/** Both zero would leave an upgrade no node to touch. At most 20 at once: GKE documentation, "Node pool upgrade strategies". */
const upgradeMakesProgress: PoolRule = ({ field, upgrade }) => {
  if (upgrade === undefined) return [];
  const { maxSurge = clusterDefaults.pool.maxSurge, maxUnavailable = clusterDefaults.pool.maxUnavailable } = upgrade;
  const sum = maxSurge + maxUnavailable;
  if (sum >= 1 && sum <= 20) return [];
  const rule = `must allow 1 to 20 nodes at once (maxSurge ${maxSurge} + maxUnavailable ${maxUnavailable})`;
  return [{ field: `${field}.upgrade`, value: { ...upgrade }, rule, fix: 'use maxSurge 0 and maxUnavailable 1' }];
};

/** "Auto_upgrade cannot be false when release_channel REGULAR is set": terraform-google-kubernetes-engine pull request 682. */
const autoUpgradeStaysOn: PoolRule = ({ field, management }) => {
  if (management?.autoUpgrade !== false) return [];
  const fix = 'remove it: the maintenance exclusion of the cluster already holds node upgrades back';
  return [{ field: `${field}.management.autoUpgrade`, value: false, rule: 'must be true in a release channel', fix }];
};

/** Set by Google or Kubernetes, or the switch of another way of networking; `kubernetes.io` and `k8s.io` are refused by GKE. */
const RESERVED_PREFIX = /^(?:[^/]*\.)?(?:kubernetes\.io|k8s\.io|gke\.io|cloud\.google\.com)\//;

/** One of them would switch a node to DRA networking, which must not be mixed with multi-networking on a cluster. */
const nodeLabelsAreYours: PoolRule = ({ field, labels }) =>
  Object.entries(labels ?? {})
    .filter(([key]) => RESERVED_PREFIX.test(key))
    .map(([key, value]) => ({
      field: fieldUnder(`${field}.labels`, key),
      value,
      rule: 'must not use a prefix of Google or Kubernetes',
      fix: 'use a prefix of yours, e.g. example.com/, or none',
    }));

/** A document that set them could claim what belongs to another cluster; `goog-` is Google's own. */
const resourceLabelsAreYours: ClusterRule = ({ labels }) =>
  Object.entries(labels ?? {})
    .filter(([key]) => OWNED_LABEL_KEYS.includes(key) || key.startsWith('goog-'))
    .map(([key, value]) => ({
      field: `metadata.labels.${key}`,
      value,
      rule: 'must not be a label that says who owns a resource',
      fix: 'use another key',
    }));

/** Kubernetes identifies a taint by key and effect. */
const taintsAreDistinct: PoolRule = ({ field, taints }) => {
  const seen = new Set(['nvidia.com/gpu NoSchedule']);
  return (taints ?? []).flatMap(({ key, value, effect }, index) => {
    const identity = `${key} ${effect}`;
    const isRepeated = seen.has(identity);
    seen.add(identity);
    const rule = 'must not repeat key and effect; nvidia.com/gpu NoSchedule is there already';
    return isRepeated
      ? [{ field: `${field}.taints[${index}]`, value: { key, value, effect }, rule, fix: 'remove it' }]
      : [];
  });
};

export const poolRules: readonly ClusterRule[] = [
  resourceLabelsAreYours,
  poolNamesAreUnique,
  forEachPool(sizeIsInOrder),
  forEachPool(autoscalerHasRoom),
  forEachPool(fixedSizeHasNoRange),
  forEachPool(upgradeMakesProgress),
  forEachPool(autoUpgradeStaysOn),
  forEachPool(nodeLabelsAreYours),
  forEachPool(taintsAreDistinct),
];
