/** The pod of an endpoint picker: the picker, and what its scoring needs beside it. */
import type { V1Container, V1EnvVar, V1PodSpec } from '@kubernetes/client-node';
import type { StackGateway } from '../../../shared/domain/serving/resolve-gateway.ts';
import type { Stack } from '../../../shared/domain/serving/resolved-stack.ts';
import { imageOf, servingImages } from '../../catalogue/serving-images.ts';
import { POOL_GROUP } from '../../kubernetes/inference-extension.ts';
import type { Wire } from '../../kubernetes/wire.ts';
import { latencyPredictor } from './latency-predictor.ts';
import { pickerName } from './names.ts';
import { PICKER_PORTS } from './picker-ports.ts';
import type { Sidecars } from './sidecars.ts';
import { tokenizer } from './tokenizer.ts';

export const PICKER_CONFIG_FILE = 'endpoint-picker.yaml';
const FOLDER = '/config';

const NO_SIDECARS: Sidecars = { containers: [], volumes: [], env: [] };

const sidecarsOf: { readonly [K in StackGateway['scoring']]: (stack: Stack) => Sidecars } = {
  'load-aware': () => NO_SIDECARS,
  'precise-prefix': tokenizer,
  'predicted-latency': latencyPredictor,
};

/** Seconds: the picker goes on answering for 30 after it was told to end (llm-d/llm-d-router pkg/epp/server/options.go), and then exits. */
const DRAIN_SECONDS = 30;
const EXIT_SECONDS = 15;

export function pickerPod(stack: Stack, gateway: StackGateway, version: string): Wire<V1PodSpec> {
  const { containers, volumes, env } = sidecarsOf[gateway.scoring](stack);
  return {
    serviceAccountName: pickerName(stack),
    // Answers of pods that are drained go through it to their end, so it may take as long as they do.
    terminationGracePeriodSeconds: Math.max(stack.drain.graceSeconds, DRAIN_SECONDS + EXIT_SECONDS),
    containers: [picker(stack, gateway, { version, env }), ...containers],
    volumes: [{ name: 'config', configMap: { name: pickerName(stack) } }, ...volumes],
  };
}

function picker(
  stack: Stack,
  gateway: StackGateway,
  { version, env }: { readonly version: string; readonly env: Sidecars['env'] },
): Wire<V1Container> {
  const { replicas, cpu, memoryGib } = gateway.picker;
  const { repository } = servingImages.endpointPicker;
  return {
    name: 'endpoint-picker',
    image: imageOf({ repository, version }),
    args: argumentsOf(stack, gateway),
    env: [fromField('NAMESPACE', 'metadata.namespace'), fromField('POD_NAME', 'metadata.name'), ...env],
    ports: [
      { name: 'grpc', containerPort: PICKER_PORTS.grpc },
      { name: 'grpc-health', containerPort: PICKER_PORTS.health },
      { name: 'metrics', containerPort: PICKER_PORTS.metrics },
    ],
    ...probesOf(replicas),
    // No limit of CPUs: a picker that is held back holds every request back.
    resources: {
      requests: { cpu: String(cpu), memory: `${Math.max(1, Math.floor(memoryGib / 2))}Gi` },
      limits: { memory: `${memoryGib}Gi` },
    },
    volumeMounts: [{ name: 'config', mountPath: FOLDER, readOnly: true }],
  };
}

function argumentsOf(
  { name, namespace }: Stack,
  { picker: { replicas, metricsAuth } }: StackGateway,
): readonly string[] {
  return [
    `--pool-name=${name}`,
    `--pool-namespace=${namespace}`,
    `--pool-group=${POOL_GROUP}`,
    `--config-file=${FOLDER}/${PICKER_CONFIG_FILE}`,
    `--grpc-health-port=${PICKER_PORTS.health}`,
    '--zap-encoder=json',
    '--tracing=false',
    ...(metricsAuth ? [] : ['--metrics-endpoint-auth=false']),
    ...(replicas > 1 ? ['--ha-enable-leader-election'] : []),
  ];
}

/** Of several only the leader is ready; a standby is alive all the same (llm-d/llm-d-router cmd/epp/runner/health.go). */
function probesOf(replicas: number): Pick<Wire<V1Container>, 'livenessProbe' | 'readinessProbe'> {
  const [live, ready] = replicas > 1 ? ['liveness', 'readiness'] : ['inference-extension', 'inference-extension'];
  const port = PICKER_PORTS.health;
  return {
    livenessProbe: { grpc: { port, service: live }, initialDelaySeconds: 5, periodSeconds: 10 },
    readinessProbe: { grpc: { port, service: ready }, periodSeconds: 2 },
  };
}

function fromField(name: string, fieldPath: string): Wire<V1EnvVar> {
  return { name, valueFrom: { fieldRef: { fieldPath } } };
}
