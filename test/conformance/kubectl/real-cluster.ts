/** A real control plane with two nodes of KWOK, whose kubelets say that everything runs. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { apiPrograms, type ProgramName, whyNotBuilt } from '../../../emulator/control-plane/programs.ts';
import { startControlPlane } from '../../../emulator/control-plane/start.ts';
import { servingDefinitions } from '../../../emulator/controllers/serving-definitions.ts';
import { nameOf } from '../../../emulator/kubernetes/objects.ts';
import { runKubectl } from './kubectl.ts';
import type { RunningCluster } from './running-cluster.ts';

const programs: readonly ProgramName[] = ['kube-controller-manager', 'kube-scheduler', 'kwok'];

const nodeNames = ['cpu-1', 'cpu-2'] as const;

/** Why there is none; undefined: it can be started. */
export function realMissing(): string | undefined {
  return whyNotBuilt([...apiPrograms, ...programs]);
}

/** @param kubectl the program that fills it */
export async function startRealCluster(kubectl: string): Promise<RunningCluster> {
  const home = mkdtempSync(join(tmpdir(), 'kubectl-'));
  const plane = await startControlPlane({ home, programs });
  const cluster = { kubeconfig: plane.kubeconfig, home };
  const stop = async (): Promise<void> => {
    await plane.stop();
    rmSync(home, { recursive: true, force: true });
  };
  const definition = servingDefinitions.find((one) => nameOf(one).startsWith('leaderworkersets.'));
  const items = [...nodeNames.map(node), definition];
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  for (const args of [
    ['apply', '-f', '-'],
    ['wait', 'nodes', '--all', '--for=condition=Ready', '--timeout=60s'],
    // Nodes are the local cloud's, which is not here: who else would take the taint of a new node away is not said.
    ...nodeNames.map((name) => ['patch', 'node', name, '--type=merge', '-p', '{"spec":{"taints":null}}']),
    ['wait', 'crd', '--all', '--for=condition=Established', '--timeout=60s'],
  ]) {
    const { exitCode, stderr } = await runKubectl(cluster, { program: kubectl, args, input });
    if (exitCode !== 0) {
      await stop();
      throw new Error(`filling the real cluster with kubectl ${args.join(' ')}: ${stderr}`);
    }
  }
  return { ...cluster, stop };
}

function node(name: string): object {
  const room = { cpu: '8', memory: '32Gi', pods: '110' };
  const status = { capacity: room, allocatable: room };
  return { apiVersion: 'v1', kind: 'Node', metadata: { name, labels: { 'kubernetes.io/os': 'linux' } }, status };
}
