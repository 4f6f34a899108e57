/** What may differ between the real components and ours: one list per wire, in the folder of its tests. */
import type { ConformanceException } from './report/exception.ts';

export const exceptions: readonly ConformanceException[] = [];
