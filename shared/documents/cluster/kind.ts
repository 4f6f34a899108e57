import type { ClusterDocument } from '../../domain/cluster.ts';
import type { KindDefinition } from '../kind-definition.ts';
import { addressRules } from './address-rules.ts';
import { capacityRules } from './capacity-rules.ts';
import { consumptionRules } from './consumption-rules.ts';
import { machineRules, machineWarnings } from './machine-rules.ts';
import { readClusterParts } from './parts.ts';
import { poolRules } from './pool-rules.ts';
import { clusterDocument } from './schema.ts';

const rules = [...machineRules, ...poolRules, ...consumptionRules, ...addressRules, ...capacityRules];

export const clusterKind: KindDefinition<ClusterDocument> = {
  schema: clusterDocument,
  check(value, catalogue) {
    const parts = readClusterParts(value);
    return {
      problems: rules.flatMap((rule) => rule(parts, catalogue)),
      warnings: machineWarnings.flatMap((rule) => rule(parts, catalogue)),
    };
  },
};
