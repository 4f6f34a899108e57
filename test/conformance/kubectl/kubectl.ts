/** Runs one of the versions of kubectl that the Cloud SDK carries. */
import { execFile } from 'node:child_process';
import { kubectlVersions } from '../components.ts';

/** Where kubectl finds a cluster, and a folder of its own for what it caches. */
export interface KubectlTarget {
  readonly kubeconfig: string;
  readonly home: string;
}

export interface Printed {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export const versions = kubectlVersions();

/** Nothing that these tests ask takes longer; a command that hangs is ended and fails. */
const timeoutMs = 60_000;

export interface KubectlRun {
  readonly program: string;
  readonly args: readonly string[];
  /** What `-f -` reads. */
  readonly input?: string;
}

export function runKubectl(target: KubectlTarget, { program, args, input }: KubectlRun): Promise<Printed> {
  const env = { PATH: process.env['PATH'], KUBECONFIG: target.kubeconfig, HOME: target.home };
  return new Promise((resolve) => {
    const child = execFile(program, [...args], { env, timeout: timeoutMs }, (error, stdout, stderr) => {
      const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ exitCode, stdout, stderr });
    });
    child.stdin?.end(input ?? '');
  });
}
