/** Bounds of roles and pools, and whose pools they are. */
import { nearest } from '../nearest.ts';
import type { NodePoolParts, RoleParts } from './parts.ts';
import { forEachRole, type ModelServiceRule, type RoleRule } from './rule.ts';

const sizesAreInOrder: ModelServiceRule = ({ roles, nodePools }) =>
  sized(roles, nodePools).flatMap(({ field, size }) => {
    if (size === undefined || size.owner === 'fixed' || size.max >= size.min) return [];
    const rule = `must not be below min (${size.min})`;
    return [{ field: `${field}.size.max`, value: size.max, rule, fix: `use at least ${size.min}` }];
  });

/** A range that nobody uses would read like a promise. */
const fixedSizesHaveNoRange: ModelServiceRule = ({ roles, nodePools }) =>
  sized(roles, nodePools).flatMap(({ field, size }) => {
    if (size?.owner !== 'fixed' || size.max === size.min) return [];
    const rule = `must equal min (${size.min}) when the owner is fixed`;
    return [
      {
        field: `${field}.size.max`,
        value: size.max,
        rule,
        fix: 'write the one size twice, or name an owner that scales',
      },
    ];
  });

/** A request needs prefill and decode: one of them at zero makes the other one's GPUs useless (llm-d/llm-d-autoscaling issue 1531). */
const rolesSleepTogether: ModelServiceRule = ({ roles }) => {
  const sleeping = roles.find(({ size }) => size?.min === 0);
  if (sleeping === undefined) return [];
  return roles
    .filter(({ size }) => size !== undefined && size.min > 0)
    .map(({ field, size }) => ({
      field: `${field}.size.min`,
      value: size?.min,
      rule: `must be 0 like that of ${sleeping.role ?? sleeping.field}: a service sleeps with all its roles or not at all`,
      fix: `use 0, or at least 1 for ${sleeping.role ?? sleeping.field}`,
    }));
};

/** Without replicas there is no model server to report a queue: only the endpoint picker still sees that somebody waits. */
const sleeperCanBeWoken: RoleRule = ({ field, size }, { hasEndpointPicker }) => {
  if (size?.min !== 0 || hasEndpointPicker) return [];
  const rule = 'must be above 0 without an endpoint picker: at 0 nothing would say that requests wait';
  return [{ field: `${field}.size.min`, value: 0, rule, fix: 'use 1, or name it in spec.endpointPicker' }];
};

/** Two entries would be two owners of one size. */
const poolNamesAreUnique: ModelServiceRule = ({ nodePools }) => {
  const names = nodePools.map(({ name }) => name);
  return nodePools.flatMap(({ field, name }, index) =>
    name === undefined || names.indexOf(name) === index
      ? []
      : [
          {
            field: `${field}.name`,
            value: name,
            rule: 'must not be the name of another pool',
            fix: 'remove one of the two',
          },
        ],
  );
};

/** Most likely a misspelt name: the pool that was meant would keep its size while pods wait for nodes. */
const poolsAreUsed: ModelServiceRule = ({ roles, nodePools }) => {
  const used = roles.flatMap(({ nodePool }) => (nodePool === undefined ? [] : [nodePool]));
  if (used.length === 0 || used.length < roles.length) return [];
  return nodePools
    .flatMap(({ field, name }) => (name === undefined || used.includes(name) ? [] : [{ field, name }]))
    .map(({ field, name }) => {
      const meant = nearest(name, used);
      const fix = meant === undefined ? 'remove it, or name it in the role that uses it' : `did you mean ${meant}?`;
      return { field: `${field}.name`, value: name, rule: 'must be the node pool of a role', fix };
    });
};

/** Right where somebody else sizes the pool, e.g. the document of its cluster. */
const poolIsDeclared: RoleRule = ({ field, nodePool }, { nodePools }) => {
  if (nodePool === undefined || nodePools.some(({ name }) => name === nodePool)) return [];
  const rule = 'is not declared in spec.nodePools, so this document leaves its size alone';
  const fix = 'nothing to do if somebody else sizes it, e.g. a Cluster document; else declare it';
  return [{ field: `${field}.nodePool`, value: nodePool, rule, fix }];
};

export const sizeRules: readonly ModelServiceRule[] = [
  sizesAreInOrder,
  fixedSizesHaveNoRange,
  rolesSleepTogether,
  forEachRole(sleeperCanBeWoken),
  poolNamesAreUnique,
  poolsAreUsed,
];

export const sizeWarnings: readonly ModelServiceRule[] = [forEachRole(poolIsDeclared)];

/** Roles and pools share the form of their bounds. */
function sized(
  roles: readonly RoleParts[],
  nodePools: readonly NodePoolParts[],
): readonly (RoleParts | NodePoolParts)[] {
  return [...roles, ...nodePools];
}
