/** The fields of a DisaggregatedSet that we write (kubernetes-sigs/lws api/disaggregatedset/v1/disaggregatedset_types.go). */
import type { LeaderWorkerSetSpec } from './leader-worker-set.ts';
import type { Applied } from './wire.ts';

export type DisaggregatedSet = Applied<{ readonly spec: { readonly roles: readonly DisaggregatedRole[] } }>;

export interface DisaggregatedRole {
  /** A DNS label; part of the names of what is made for it. */
  readonly name: string;
  /** Of the role's LeaderWorkerSets. */
  readonly metadata: { readonly labels: { readonly [key: string]: string } };
  /** Absent: `Static`, `spec.replicas` counts. `External`: that of the role's DisaggregatedSetRoleScaler does. */
  readonly scaling?: { readonly mode: 'External' };
  readonly spec: LeaderWorkerSetSpec;
}
