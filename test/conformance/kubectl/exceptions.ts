/** Why some commands are asked of the local cloud alone: what they need is no part of a control plane. */
import type { ConformanceException } from '../report/exception.ts';

const wire = 'kubectl';

export const exceptions = [
  {
    wire,
    id: 'no-kubelet',
    kind: 'limit-of-real',
    reason:
      'What a kubelet does is not asked of the real control plane: its nodes are played by KWOK, which starts no container, writes no log and tells no event of one. The local cloud plays the kubelet as well.',
    source: 'KWOK documentation, "Overview"',
  },
  {
    wire,
    id: 'no-program-in-a-pod',
    kind: 'choice-of-ours',
    reason:
      'exec, attach and port-forward are refused by the local cloud in words of its own, since no program runs in its pods; in a real cluster they work.',
    source: 'Kubernetes documentation, "Get a Shell to a Running Container"',
  },
  {
    wire,
    id: 'no-metrics-server',
    kind: 'limit-of-real',
    reason:
      'metrics.k8s.io is served by an add-on, which GKE brings and the real control plane of these tests has not; the usage that the local cloud shows is its own.',
    source: 'kubernetes-sigs/metrics-server README.md',
  },
  {
    wire,
    id: 'no-group-controller',
    kind: 'limit-of-real',
    reason:
      'Groups of pods are made by the controller of LeaderWorkerSet, which does not run beside the real control plane; that has the definition alone. The story is told whole or not at all.',
    source: 'kubernetes-sigs/lws README.md',
  },
  {
    wire,
    id: 'machines-of-the-local-cloud',
    kind: 'not-comparable',
    reason:
      'The nodes are those of the local cloud, GPUs, taints and addresses among them, and one of them is emptied, which other stories on the same two nodes of KWOK would notice. How a real server answers evictions is asked of the Kubernetes API itself.',
    source: 'test/conformance/kubectl/own-stories.ts; Kubernetes documentation, "API-initiated Eviction"',
  },
  {
    wire,
    id: 'path-of-a-cluster',
    kind: 'choice-of-ours',
    reason: 'The local cloud serves each cluster below a path of its own, which the raw command has to name.',
    source: 'emulator/wires/kubernetes-tls.ts; Kubernetes documentation, "kubectl get", --raw',
  },
  {
    wire,
    id: 'token-of-a-viewer',
    kind: 'not-comparable',
    reason:
      'The local cloud knows a viewer by a fixed token; on the real server tokens are drawn at each start. How it answers someone without rights is asked of the Kubernetes API itself.',
    source: 'emulator/kubernetes/users.ts; emulator/control-plane/server-files.ts',
  },
] as const satisfies readonly ConformanceException[];

/** Why only the local cloud is asked. */
export type LocalReason = (typeof exceptions)[number]['id'];
