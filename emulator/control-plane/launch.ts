/** How each program of a control plane is started (the flags' own help texts, `<program> --help`). */
import { basename, join } from 'node:path';
import { programsFolder, type ProgramName, stageFiles } from './programs.ts';
import type { ServerFiles } from './server-files.ts';

export interface LaunchFacts {
  readonly home: string;
  readonly files: ServerFiles;
  readonly kubeconfig: string;
  readonly ports: Readonly<Record<'etcd' | 'peer' | 'api', number>>;
}

export const etcdUrl = ({ ports }: LaunchFacts): string => `http://127.0.0.1:${ports.etcd}`;

/** The cluster's own addresses of services; nothing on this machine answers there. */
const SERVICE_RANGE = '10.0.0.0/24';

/** Enough that nobody waits for being too busy: all clients of this cluster are on this machine. */
const unthrottled = ['--kube-api-qps=1000', '--kube-api-burst=2000'];

const launches: Readonly<Record<ProgramName, (facts: LaunchFacts, ownPort: number) => readonly string[]>> = {
  etcd: (facts) => {
    const peer = `http://127.0.0.1:${facts.ports.peer}`;
    return [
      `--data-dir=${join(facts.home, 'etcd')}`,
      `--listen-client-urls=${etcdUrl(facts)}`,
      `--advertise-client-urls=${etcdUrl(facts)}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=default=${peer}`,
      // What a power cut would lose is of no use to anybody, and writing is many times faster.
      '--unsafe-no-fsync',
    ];
  },
  'kube-apiserver': (facts) => [
    `--etcd-servers=${etcdUrl(facts)}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${facts.ports.api}`,
    `--tls-cert-file=${facts.files.certificate}`,
    `--tls-private-key-file=${facts.files.key}`,
    `--token-auth-file=${facts.files.tokens}`,
    '--authorization-mode=RBAC',
    '--anonymous-auth=true',
    // As every GKE cluster does: drivers and network plugins ask for it.
    '--allow-privileged=true',
    `--service-account-key-file=${facts.files.accountPublicKey}`,
    `--service-account-signing-key-file=${facts.files.accountKey}`,
    '--service-account-issuer=https://local',
    `--service-cluster-ip-range=${SERVICE_RANGE}`,
    // Otherwise a pod waits for an account, which only the controllers make.
    '--disable-admission-plugins=ServiceAccount',
    // A machine need not have an address besides the loopback's, which an Endpoints object may not name.
    '--advertise-address=127.0.0.1',
    '--endpoint-reconciler-type=none',
  ],
  'kube-controller-manager': (facts, ownPort) => [
    ...client(facts, ownPort),
    `--service-account-private-key-file=${facts.files.accountKey}`,
    // Who makes nodes here says when they are lost. Their leases are not renewed, and world time is not this program's.
    '--node-monitor-grace-period=1000h',
  ],
  'kube-scheduler': client,
  kwok: ({ kubeconfig }) => [
    `--kubeconfig=${kubeconfig}`,
    '--manage-all-nodes=true',
    '--node-ip=127.0.0.1',
    '--cidr=10.64.0.0/14',
    ...stageFiles.map((file) => `--config=${join(programsFolder(), basename(file))}`),
  ],
};

function client({ kubeconfig }: LaunchFacts, ownPort: number): readonly string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    `--authentication-kubeconfig=${kubeconfig}`,
    `--authorization-kubeconfig=${kubeconfig}`,
    '--leader-elect=false',
    '--bind-address=127.0.0.1',
    `--secure-port=${ownPort}`,
    ...unthrottled,
  ];
}

/** @param ownPort for what the program serves itself, health and metrics */
export function argumentsOf(name: ProgramName, facts: LaunchFacts, ownPort: number): readonly string[] {
  return launches[name](facts, ownPort);
}
