/** `build-cluster`: one `Cluster` document → an RDMA GKE cluster that is ready to serve. */
import type { Automation } from '#shared/automation.ts';
import { apply } from './apply.ts';
import { observe } from './observe.ts';
import { plan } from './plan.ts';
import type { BuildPorts } from './ports.ts';
import type { BuildStep, Observed } from './steps.ts';

export const buildCluster: Automation<Observed, BuildStep, BuildPorts> = {
  name: 'build-cluster',
  observe,
  plan,
  apply,
};
