/** Of the jobs that test nodes, network and the stack. */
import { resolveVerification } from '../../../shared/domain/serving/verification-defaults.ts';
import { fabricFigures, LEAST_NIC_RATIO } from '../../catalogue/fabric-figures.ts';
import type { Reason } from './reason.ts';

const NCCL_JOB = 'GoogleCloudPlatform/cluster-toolkit examples/gke-a3-ultragpu/nccl-jobset-example.yaml';
const INDEXED = 'Kubernetes documentation, "Job", completion mode and backoff limit per index';
const TTL = 'Kubernetes documentation, "Automatic Cleanup for Finished Jobs"';
const BENCH = 'vllm-project/vllm vllm/benchmarks/serve.py';

const jobs: readonly Reason[] = [
  {
    setting: 'Job spec.activeDeadlineSeconds',
    why: 'seconds until nodes are there, images are pulled and the test has run; a test that waits for a node for ever says nothing',
    source: NCCL_JOB,
  },
  {
    setting: 'Job spec.ttlSecondsAfterFinished',
    why: 'a day to read the log, then it is gone and can be run again',
    source: TTL,
  },
  {
    setting: 'Job spec.backoffLimit',
    why: 'a test that fails has found something; running it again hides it',
    source: INDEXED,
  },
  { setting: 'Job spec.template.spec.restartPolicy', why: 'as with backoffLimit: once is enough', source: INDEXED },
  {
    setting: 'Job spec.template.spec.automountServiceAccountToken',
    why: 'a test asks nothing of the cluster',
    source: 'Kubernetes documentation, "Configure Service Accounts for Pods"',
  },
];

const nodes: readonly Reason[] = [
  {
    setting: 'Job spec.completionMode',
    why: 'each pod knows which it is, and has a name that the others find it by',
    source: INDEXED,
  },
  { setting: 'Job spec.completions', why: nodesSaid, source: INDEXED },
  { setting: 'Job spec.parallelism', why: 'all at once', source: INDEXED },
  {
    setting: 'Job/*-node-check spec.backoffLimitPerIndex',
    why: 'a bad node ends its own test and not those of the others: all bad ones are wanted at once',
    source: INDEXED,
  },
  {
    setting: 'Job/*-node-check spec.maxFailedIndexes',
    why: 'as with backoffLimitPerIndex: however many are bad',
    source: INDEXED,
  },
  {
    setting: 'Job/*-node-check spec.template.spec.containers.test',
    why: 'a pod of the whole node, with GPUs and NICs as the model servers have them, and privileged as Google has its test. GPUs and memory errors by nvidia-smi; devices, state and rate of the NICs by sysfs',
    source: NCCL_JOB,
  },
];

const network: readonly Reason[] = [
  {
    setting: 'Job/*-network-check spec.template.spec.containers.test',
    why: networkSaid,
    source: 'GoogleCloudPlatform/cluster-toolkit examples/gke-consumption-options/dws-flex-start/README.md',
  },
  {
    setting: 'Job/*-network-check spec.template.spec.subdomain',
    why: 'the pods find each other by name',
    source: INDEXED,
  },
  {
    setting: 'Service/*-network-check spec',
    why: 'names of pods, which have to be known before the pods are ready; no address of its own',
    source: 'Kubernetes documentation, "DNS for Services and Pods"',
  },
];

const load: readonly Reason[] = [
  {
    setting: 'Job/*-load-test spec.template.spec.containers.load',
    why: "vLLM's own benchmark, in its image without GPUs. Requests arrive at a rate whether or not earlier ones are answered: a generator that waits slows down with the server and never shows a queue. Fails where the objectives are not kept",
    source: BENCH,
  },
];

function nodesSaid(stack: Parameters<typeof resolveVerification>[0]): string {
  return `each of ${resolveVerification(stack)?.nodes ?? 0} nodes for the node check, two for the network`;
}

function networkSaid({ machine: { machineType } }: Parameters<typeof resolveVerification>[0]): string {
  const figures = fabricFigures[machineType];
  if (figures === undefined) return 'each NIC both ways, then all_gather of NCCL';
  const { nicGbps, measuredAllGatherGbytesPerSecond: measured, leastAllGatherGbytesPerSecond: least } = figures;
  const published = measured === undefined ? 'no figure is published' : `${measured} GB/s were measured`;
  return `each NIC both ways, at least ${Math.floor(nicGbps * LEAST_NIC_RATIO)} of ${nicGbps} Gb/s; then NCCL's all_gather, judged by its largest message, 8 GiB: at least ${least} GB/s (${published}). In one Job: two that want two nodes each could hold one each, and wait for ever`;
}

export const verificationReasons: readonly Reason[] = [...jobs, ...nodes, ...network, ...load];
