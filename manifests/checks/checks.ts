/** Every check, in the order in which findings of one object and severity are told. A new one is a value in `rules/`, in the list of its file. */
import type { Check } from './check.ts';
import { disaggregationChecks } from './rules/disaggregation.ts';
import { drainChecks } from './rules/drain.ts';
import { engineChecks } from './rules/engines.ts';
import { gatewayChecks } from './rules/gateway.ts';
import { imageChecks } from './rules/images.ts';
import { libraryPathChecks } from './rules/library-path.ts';
import { memoryChecks } from './rules/memory.ts';
import { parallelismChecks } from './rules/parallelism.ts';
import { probeChecks } from './rules/probes.ts';
import { rdmaChecks } from './rules/rdma.ts';
import { removedChecks } from './rules/removed.ts';
import { rolloutChecks } from './rules/rollout.ts';
import { scalingChecks } from './rules/scaling.ts';
import { secretChecks } from './rules/secrets.ts';
import { selectorChecks } from './rules/selectors.ts';

export const checks: readonly Check[] = [
  ...selectorChecks,
  ...parallelismChecks,
  ...disaggregationChecks,
  ...probeChecks,
  ...drainChecks,
  ...rolloutChecks,
  ...memoryChecks,
  ...rdmaChecks,
  ...libraryPathChecks,
  ...imageChecks,
  ...removedChecks,
  ...secretChecks,
  ...gatewayChecks,
  ...scalingChecks,
  ...engineChecks,
];
