import type { ModelServiceDocument } from '../../domain/model-service.ts';
import type { KindDefinition } from '../kind-definition.ts';
import { readModelServiceParts } from './parts.ts';
import { roleRules, roleWarnings } from './role-rules.ts';
import { modelServiceDocument } from './schema.ts';
import { sizeRules, sizeWarnings } from './size-rules.ts';

const rules = [...roleRules, ...sizeRules];
const warnings = [...roleWarnings, ...sizeWarnings];

/** The cluster may be somebody else's and of any machine, so nothing here depends on the catalogue. */
export const modelServiceKind: KindDefinition<ModelServiceDocument> = {
  schema: modelServiceDocument,
  check(value) {
    const parts = readModelServiceParts(value);
    return { problems: rules.flatMap((rule) => rule(parts)), warnings: warnings.flatMap((rule) => rule(parts)) };
  },
};
