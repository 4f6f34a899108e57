/** The smallest automation that does something real: it leaves a namespace as its greeting in every cluster that somebody wants. */
import { catalogue } from '#manifests/catalogue/index.ts';
import type { ApplyContext, Automation, LoopPorts, Subject } from '#shared/automation.ts';
import { parseStoredDocument } from '#shared/documents/index.ts';
import type { Plan, Step, StepResult } from '#shared/domain/step.ts';
import { connectionOf } from '#shared/kubernetes/connection.ts';
import type { ClusterConnection, ClusterObjects } from '#shared/ports/cluster-objects.ts';
import type { Clusters } from '#shared/ports/clusters.ts';

type HelloPorts = LoopPorts & { readonly clusters: Pick<Clusters, 'read'>; readonly objects: ClusterObjects };

interface Observed {
  /** Undefined: there is no cluster yet, or it cannot be reached yet. */
  readonly connection: ClusterConnection | undefined;
  readonly isGreeted: boolean;
}

interface HelloStep extends Step {
  readonly connection: ClusterConnection;
}

const greeting = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'hello' } };

async function observe({ wanted }: Subject, { clusters, objects }: HelloPorts): Promise<Observed> {
  const { metadata, spec } = parseStoredDocument('Cluster', wanted, catalogue);
  const cluster = await clusters.read({ project: spec.project, region: spec.region }, metadata.name);
  const connection = cluster === undefined ? undefined : connectionOf(cluster);
  const found = connection && (await objects.read(connection, { ...greeting, name: greeting.metadata.name }));
  return { connection, isGreeted: found !== undefined };
}

function plan(_subject: Subject, { connection, isGreeted }: Observed): Plan<HelloStep> {
  if (connection === undefined) {
    const reason = 'there is no cluster yet';
    return { kind: 'hold', phase: 'pending', reason, next: 'a look in a minute', steps: [], recheckAfterSeconds: 60 };
  }
  const step = { id: 'greeting', title: 'greeting', dependsOn: [], connection };
  if (isGreeted) {
    const steps = [{ step, status: { state: 'done' } }] as const;
    return { kind: 'hold', phase: 'ready', reason: 'it is greeted', next: 'nothing', steps };
  }
  const steps = [{ step, status: { state: 'ready' } }] as const;
  return { kind: 'act', phase: 'building', reason: 'nobody has greeted it', next: 'the greeting', steps };
}

async function apply(step: HelloStep, context: ApplyContext, { objects }: HelloPorts): Promise<StepResult> {
  await objects.apply(step.connection, greeting, await context.fence());
  return { kind: 'started' };
}

export const helloTarget: Automation<Observed, HelloStep, HelloPorts> = {
  name: 'hello-target',
  observe,
  plan,
  apply,
};
