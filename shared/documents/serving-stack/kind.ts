import type { Problem } from '../../domain/problem.ts';
import { resolveStack } from '../../domain/serving/resolve-stack.ts';
import type { Stack } from '../../domain/serving/resolved-stack.ts';
import { type ServingCatalogue, stackFactsOf } from '../../domain/serving/serving-catalogue.ts';
import { oneOf } from '../format.ts';
import type { KindDefinition } from '../kind-definition.ts';
import { nearest } from '../nearest.ts';
import type { ServingStackDocument } from '../../domain/serving/stack.ts';
import { autoscalingRules } from './autoscaling-rules.ts';
import { engineRules } from './engine-rules.ts';
import { fitRules, fitWarnings } from './fit-rules.ts';
import { gatewayRules } from './gateway-rules.ts';
import { hardwareRules } from './hardware-rules.ts';
import { kvCacheRules } from './kv-cache-rules.ts';
import { labelRules } from './label-rules.ts';
import { monitoringRules } from './monitoring-rules.ts';
import { nameRules } from './name-rules.ts';
import { precisionRules } from './precision-rules.ts';
import { rolesRules } from './roles-rules.ts';
import { safetyRules } from './safety-rules.ts';
import { startupRules } from './startup-rules.ts';
import { storageRules } from './storage-rules.ts';
import { verificationRules } from './verification-rules.ts';
import type { StackRule } from './rule.ts';
import { stackWarnings } from './warnings.ts';
import { servingStackDocument } from './schema.ts';

const rules: readonly StackRule[] = [
  ...autoscalingRules,
  ...engineRules,
  ...gatewayRules,
  ...hardwareRules,
  ...kvCacheRules,
  ...labelRules,
  ...monitoringRules,
  ...nameRules,
  ...rolesRules,
  ...safetyRules,
  ...startupRules,
  ...storageRules,
  ...verificationRules,
];

export const servingStackKind: KindDefinition<ServingStackDocument, ServingCatalogue> = {
  schema: servingStackDocument,
  check(value, catalogue) {
    const parsed = servingStackDocument.safeParse(value);
    // Defaults depend on one another across parts, so nothing can be judged while a part has the wrong form.
    if (!parsed.success) return { problems: [], warnings: [] };
    const facts = stackFactsOf(parsed.data, catalogue);
    if (facts === undefined) return { problems: [unknownMachine(parsed.data, catalogue)], warnings: [] };
    const stack = resolveStack(parsed.data, facts);
    const byCatalogue = [...precisionRules(catalogue.fit), ...fitRules(catalogue.fit)];
    const problems = [...rules, ...byCatalogue].flatMap((rule) => rule(stack));
    if (problems.length > 0) return { problems, warnings: [] };
    const warnings = [...stackWarnings, ...fitWarnings(catalogue.fit)].flatMap((rule) => rule(stack));
    return { problems: builderProblems(stack, catalogue), warnings };
  },
};

/** Builders rely on what holds so far, and throw where it does not: each is asked only where nobody before has found anything. */
function builderProblems(stack: Stack, { builderRules }: ServingCatalogue): readonly Problem[] {
  for (const rule of builderRules) {
    const problems = rule(stack);
    if (problems.length > 0) return problems;
  }
  return [];
}

/** Its GPUs decide nearly everything else. */
function unknownMachine({ spec }: ServingStackDocument, { machines }: ServingCatalogue): Problem {
  const value = spec.hardware.machineType;
  const known = machines.map(({ machineType }) => machineType);
  const rule = `must be a GPU machine of the catalogue: ${oneOf(known)}`;
  return { field: 'spec.hardware.machineType', value, rule, fix: `use ${nearest(value, known) ?? known.join(' or ')}` };
}
