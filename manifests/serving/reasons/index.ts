/** All reasons: a part adds the list of its file here. */
import { autoscalingReasons } from './autoscaling.ts';
import { coreReasons } from './core.ts';
import { gatewayReasons } from './gateway.ts';
import { kvCacheReasons } from './kv-cache.ts';
import { monitoringReasons } from './monitoring.ts';
import { pickerReasons } from './picker.ts';
import { rdmaReasons } from './rdma.ts';
import { safetyReasons } from './safety.ts';
import { shapeReasons } from './shapes.ts';
import { startupReasons } from './startup.ts';
import { storageReasons } from './storage.ts';
import { verificationReasons } from './verification.ts';
import type { Reason } from './reason.ts';

export const reasons: readonly Reason[] = [
  ...autoscalingReasons,
  ...coreReasons,
  ...gatewayReasons,
  ...kvCacheReasons,
  ...monitoringReasons,
  ...pickerReasons,
  ...rdmaReasons,
  ...safetyReasons,
  ...shapeReasons,
  ...startupReasons,
  ...storageReasons,
  ...verificationReasons,
];
