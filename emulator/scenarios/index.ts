import { build } from './build.ts';
import { busy } from './busy.ts';
import { crash } from './crash.ts';
import { duplicates } from './duplicates.ts';
import type { Scenario } from './scenario.ts';
import { traffic } from './traffic.ts';

/** Every story that `npm start -- --scenario NAME` can tell. */
export const scenarios: readonly Scenario[] = [build, crash, duplicates, busy, traffic];
