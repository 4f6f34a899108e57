/** What pods are made of, in the order in which it appears in them. A new concern is one file and one line here. */
import type { Contributor } from './contribution.ts';
import { modelServer } from './model-server.ts';

export const contributors: readonly Contributor[] = [modelServer];
