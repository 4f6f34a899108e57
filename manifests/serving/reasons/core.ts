/** Of what every pod of model servers has, and of what runs it. */
import { drainDefaults, startupDefaults } from '../../../shared/domain/serving/defaults.ts';
import type { Stack } from '../../../shared/domain/serving/resolved-stack.ts';
import type { Reason } from './reason.ts';

const DOCUMENT = 'the document';
const LLM_D_READINESS = 'llm-d/llm-d docs/operations/readiness-probes.md';
const LLM_D_SHUTDOWN = 'llm-d/llm-d docs/operations/lifecycle/graceful-shutdown.md';
const LLM_D_GUIDE = 'llm-d/llm-d guides/pd-disaggregation/modelserver/gpu/vllm/base';

const workload: readonly Reason[] = [
  {
    setting: 'Deployment spec.replicas',
    why: 'as many as the role asks for, one where it does not say',
    source: DOCUMENT,
  },
  {
    setting: 'Deployment spec.progressDeadlineSeconds',
    why: ({ startup: { budgetSeconds, progressDeadlineSeconds } }) =>
      `${budgetSeconds} s to start + ${startupDefaults.progressMarginSeconds} s to be scheduled and pulled = ${progressDeadlineSeconds} s; the default of 600 s reports a model that still loads as stuck`,
    source: 'Kubernetes documentation, "Deployments", progressDeadlineSeconds',
  },
  {
    setting: 'Deployment spec.strategy',
    why: 'without free GPUs (spareGpus of the role) a replica must go before its successor can come: the default surge of 25 % would wait for GPUs that the old pods hold',
    source: 'Kubernetes documentation, "Deployments", Rolling Update Deployment',
  },
];

const ending: readonly Reason[] = [
  {
    setting: '* **.terminationGracePeriodSeconds',
    why: ({ drain: { preStopSeconds, shutdownSeconds, graceSeconds } }) =>
      `${preStopSeconds} s until the endpoint is gone everywhere + ${shutdownSeconds} s for requests in flight + ${drainDefaults.exitSeconds} s to exit = ${graceSeconds} s`,
    source: LLM_D_SHUTDOWN,
  },
  {
    setting: '* **.containers.modelserver.lifecycle',
    why: ({ drain: { preStopSeconds } }) =>
      `requests still arrive until every proxy and picker has noticed that the pod goes: it serves for ${preStopSeconds} s more. A worker of a group computes until its leader, which goes with it, has ended its answers`,
    source: LLM_D_SHUTDOWN,
  },
];

const probes: readonly Reason[] = [
  {
    setting: '* **.containers.modelserver.startupProbe',
    why: ({ startup: { budgetSeconds, probePeriodSeconds, failureThreshold } }) =>
      `${budgetSeconds} s to load and compile / every ${probePeriodSeconds} s = ${failureThreshold} attempts; the model is named only once it is loaded`,
    source: LLM_D_READINESS,
  },
  {
    setting: '* **.containers.modelserver.livenessProbe',
    why: 'restarts a server that is dead, never one that is only busy: health does not wait for the model',
    source: LLM_D_READINESS,
  },
  {
    setting: '* **.containers.modelserver.readinessProbe',
    why: 'gets requests only while the loaded model answers',
    source: LLM_D_READINESS,
  },
];

const placing: readonly Reason[] = [
  {
    setting: '* **.nodeSelector.cloud.google.com/gke-accelerator',
    why: ({ machine: { machineType } }) => `the GPUs of ${machineType}: GKE labels its GPU nodes with them`,
    source: 'Google Cloud documentation, "Run GPUs in GKE Standard node pools"',
  },
  {
    setting: '* **.nodeSelector.cloud.google.com/gke-nodepool',
    why: 'the pool that the document names, and no other with these GPUs',
    source: 'spec.hardware.nodePool',
  },
  {
    setting: '* **.tolerations',
    why: 'GKE taints GPU nodes, so that only what uses the GPUs is put there',
    source: 'Google Cloud documentation, "Run GPUs in GKE Standard node pools"',
  },
];

const container: readonly Reason[] = [
  {
    setting: '* **.containers.modelserver.command',
    why: 'the same for every image: the entry point of older ones is a Python module that takes the model as a flag',
    source: 'vllm-project/vllm docker/Dockerfile',
  },
  {
    setting: '* **.containers.modelserver.args',
    why: ({ model: { id } }) => `what is served, ${id}, and then flags, each with a reason of its own`,
    source: 'vllm-project/vllm docs/cli/serve.md',
  },
  {
    setting: '* **.containers.modelserver.ports',
    why: 'by name, so that probes, monitoring and Services need not know the number',
    source: LLM_D_GUIDE,
  },
  {
    setting: '* **.containers.modelserver.resources',
    why: resourcesSaid,
    source: 'Kubernetes documentation, "Pod Quality of Service Classes"',
  },
  {
    setting: '* **.volumes.shm',
    why: 'ranks of a pod hand their results over in shared memory, of which a container has 64 MiB by default; it counts as memory of the pod',
    source: LLM_D_GUIDE,
  },
  { setting: '* **.volumeMounts.shm', why: 'where NCCL and vLLM look for shared memory', source: LLM_D_GUIDE },
];

function resourcesSaid({ roles, machine }: Stack): string {
  const each = roles.map(
    ({ role, gpusPerPod, resources: { cpu, memoryGib, sharedMemoryGib } }) =>
      `${role}: ${gpusPerPod} of ${machine.gpuCount} GPUs, ${cpu} CPUs, ${memoryGib} GiB of which ${sharedMemoryGib} are shared memory`,
  );
  return `requests equal limits, so that the pod is the last to be evicted; ${each.join('; ')}`;
}

export const coreReasons: readonly Reason[] = [...workload, ...ending, ...probes, ...placing, ...container];
