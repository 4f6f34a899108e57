/** Jobs around the scripts: which pods, how many, and when they are given up. */
import type { V1Job, V1PodTemplateSpec, V1Service } from '@kubernetes/client-node';
import { portDefaults } from '../../../shared/domain/serving/defaults.ts';
import type { Stack } from '../../../shared/domain/serving/resolved-stack.ts';
import type { ResolvedVerification } from '../../../shared/domain/serving/verification-defaults.ts';
import { fabricFigures } from '../../catalogue/fabric-figures.ts';
import { imageOf, servingImages } from '../../catalogue/serving-images.ts';
import type { Applied, Wire } from '../../kubernetes/wire.ts';
import { COMPONENT_LABEL, INSTANCE_LABEL, type Labels, stackLabels } from '../labels.ts';
import { mergePod } from '../pod/merge.ts';
import { serviceAccountName } from '../safety/identity.ts';
import { tokenAccess } from '../storage/token.ts';
import { loadScript } from './load-script.ts';
import { networkScript } from './network-script.ts';
import { nodeScript } from './node-script.ts';
import { testPod } from './test-pod.ts';

/** Seconds, all ours: until nodes are there, the image is pulled and the test has run. */
const DEADLINE_SECONDS = 3600;
/** A day, to read the log. */
const KEPT_SECONDS = 86_400;

type Test = 'node-check' | 'network-check' | 'load-test';

/** A pod for each node, since each asks for all GPUs. One that fails does not end the others: all bad nodes are wanted at once. */
export function nodeCheck(stack: Stack, nodes: number): Applied<V1Job> {
  const labels = labelsOf(stack, 'node-check');
  return job(stack, 'node-check', {
    completionMode: 'Indexed',
    completions: nodes,
    parallelism: nodes,
    backoffLimitPerIndex: 0,
    maxFailedIndexes: nodes,
    template: testPod(stack, { labels, script: nodeScript(stack) }),
  });
}

/** NICs and NCCL in one Job: two that want two nodes each could hold one each, and wait for ever. */
export function networkCheck(stack: Stack): readonly [Applied<V1Service>, Applied<V1Job>] {
  const figures = fabricFigures[stack.machine.machineType];
  if (figures === undefined) {
    throw new Error(`testing the network of ${stack.machine.machineType}: it is not known what it has to do`);
  }
  const name = nameOf(stack, 'network-check');
  const labels = labelsOf(stack, 'network-check');
  const script = networkScript({
    hosts: [`${name}-0.${name}`, `${name}-1.${name}`],
    gpusPerNode: stack.machine.gpuCount,
    nicsPerNode: stack.machine.nics.rdma,
    figures,
  });
  const service: Applied<V1Service> = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: stack.namespace, labels },
    // Names of pods, which have to be known before the pods are ready.
    spec: { clusterIP: 'None', publishNotReadyAddresses: true, selector: selectorOf(stack, 'network-check') },
  };
  return [
    service,
    job(stack, 'network-check', {
      completionMode: 'Indexed',
      completions: 2,
      parallelism: 2,
      backoffLimit: 0,
      template: testPod(stack, { labels, script, subdomain: name }),
    }),
  ];
}

/** Without a GPU: vLLM's image for CPUs has the same benchmark. */
export function loadTest(stack: Stack, load: NonNullable<ResolvedVerification['load']>): Applied<V1Job> {
  const script = loadScript(stack, load, load.url ?? serviceUrl(stack));
  const activeDeadlineSeconds = DEADLINE_SECONDS + Math.ceil(load.requests / load.requestsPerSecond);
  return job(stack, 'load-test', { activeDeadlineSeconds, backoffLimit: 0, template: loadPod(stack, script) });
}

/** The Service that stacks without a gateway have. */
function serviceUrl({ name, roles: [role] }: Stack): string {
  return `http://${name}-http:${role?.ports.serving ?? portDefaults.serving}`;
}

function loadPod(stack: Stack, script: string): Wire<V1PodTemplateSpec> {
  const { volumes, server } = mergePod([tokenAccess(stack)]);
  const amounts = { cpu: '4', memory: '16Gi' };
  return {
    metadata: { labels: labelsOf(stack, 'load-test') },
    spec: {
      // Who may read a token that is in Secret Manager.
      serviceAccountName: serviceAccountName(stack),
      restartPolicy: 'Never',
      automountServiceAccountToken: false,
      containers: [
        {
          name: 'load',
          image: imageOf({ ...servingImages.tokenizer, version: stack.engine.version }),
          command: ['/bin/bash', '-c', script],
          ...(server.env.length > 0 && { env: server.env }),
          resources: { requests: amounts, limits: amounts },
          ...(server.volumeMounts.length > 0 && { volumeMounts: server.volumeMounts }),
        },
      ],
      ...(volumes.length > 0 && { volumes }),
    },
  };
}

function job(stack: Stack, test: Test, spec: Wire<NonNullable<V1Job['spec']>>): Applied<V1Job> {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: nameOf(stack, test), namespace: stack.namespace, labels: labelsOf(stack, test) },
    spec: { activeDeadlineSeconds: DEADLINE_SECONDS, ttlSecondsAfterFinished: KEPT_SECONDS, ...spec },
  };
}

function nameOf({ name }: Stack, test: Test): string {
  return `${name}-${test}`;
}

function labelsOf(stack: Stack, test: Test): Labels {
  return { ...stackLabels(stack), ...selectorOf(stack, test) };
}

/** Also what `kubectl apply --selector` picks the tests by. */
function selectorOf({ name }: Stack, test: Test): Labels {
  return { [INSTANCE_LABEL]: name, [COMPONENT_LABEL]: test };
}
