/** What pods are made of, in the order in which it appears in them. A new concern is one file and one line here. */
import { kvCache } from '../kv-cache/kv-cache.ts';
import { rdma } from '../rdma/rdma.ts';
import { identity } from '../safety/identity.ts';
import { topology } from '../safety/topology.ts';
import { startup } from '../startup/startup.ts';
import { cache } from '../storage/cache.ts';
import { token } from '../storage/token.ts';
import { weights } from '../storage/weights.ts';
import type { Contributor } from './contribution.ts';
import { engineSettings } from './engine-settings.ts';
import { expertParallelism } from './expert-parallelism.ts';
import { keepAlive } from './keep-alive.ts';
import { modelServer } from './model-server.ts';
import { parallelism } from './parallelism.ts';
import { ray } from './ray.ts';
import { routingSidecar } from './routing-sidecar.ts';

export const contributors: readonly Contributor[] = [
  modelServer,
  ...rdma,
  ...kvCache,
  parallelism,
  expertParallelism,
  routingSidecar,
  keepAlive,
  weights,
  token,
  cache,
  startup,
  identity,
  topology,
  engineSettings,
  // Last: its processes see what the lines before it export.
  ray,
];
