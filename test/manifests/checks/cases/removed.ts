/** What is gone, and what was never there. */
import { makeDeployment, makeTwoNodes } from '../make-manifests.ts';
import type { Case } from './case.ts';

const former = ['--num-scheduler-steps', '8', '--use-v2-block-manager', '--disable-log-requests', '--swap-space=16'];
const container = 'spec.template.spec.containers[0]';
const gone = (flag: string, since: string, version = '0.30.0') =>
  `Deployment/llama ${container}.args: ${flag} is gone since vLLM ${since}, the image has ${version}`;

export const removedCases: readonly Case[] = [
  {
    rule: 'flag-gone-from-image',
    name: 'what was written for the V0 engine',
    wrong: [makeDeployment({ args: former })],
    right: [
      makeDeployment({ args: ['--max-num-seqs', '8', '--enable-log-requests'] }),
      makeDeployment({ name: 'old', image: 'vllm/vllm-openai:v0.9.2', args: ['--num-scheduler-steps', '8'] }),
      makeDeployment({ name: 'own', image: 'example/vllm:v0.30.0', args: former }),
    ],
    found: [
      gone('--num-scheduler-steps', '0.10.1'),
      gone('--use-v2-block-manager', '0.10.0'),
      gone('--disable-log-requests', '0.17.0'),
      gone('--swap-space', '0.18.0'),
    ],
  },
  {
    rule: 'flag-gone-from-image',
    name: 'underscores, a switch turned off, one field of an object, on a version between, and on one that moves',
    wrong: [
      makeDeployment({ image: 'vllm/vllm-openai:v0.17.1', args: ['--no_disable_log_requests', '--swap_space', '4'] }),
      makeDeployment({ image: 'vllm/vllm-openai:latest', args: ['--rope_scaling.factor=4'] }),
    ],
    right: [makeDeployment({ image: 'vllm/vllm-openai:v0.11.0', args: ['--rope-scaling.factor=4', '--swap-space=4'] })],
    found: [gone('--no-disable-log-requests', '0.17.0', '0.17.1'), gone('--rope-scaling', '0.11.1', 'a newer one')],
  },
  {
    rule: 'variable-gone-from-image',
    name: 'in the environment, and in a script',
    wrong: [
      makeDeployment({ env: [{ name: 'VLLM_USE_V1', value: '0' }] }),
      makeTwoNodes({ worker: { script: 'export VLLM_ATTENTION_BACKEND=FLASHINFER\nexec vllm serve m --headless' } }),
    ],
    right: [
      makeDeployment({ env: [{ name: 'VLLM_LOGGING_LEVEL', value: 'DEBUG' }] }),
      makeDeployment({ name: 'old', image: 'vllm/vllm-openai:v0.11.0', env: [{ name: 'VLLM_USE_V1', value: '1' }] }),
      makeDeployment({
        name: 'other',
        script: 'export MY_VLLM_USE_V1=0 # not VLLM_USE_V1=0\nexec vllm serve m --shutdown-timeout 45',
      }),
    ],
    found: [
      `Deployment/llama ${container}.env[0].name: VLLM_USE_V1 is gone since vLLM 0.11.1, the image has 0.30.0`,
      'LeaderWorkerSet/llama spec.leaderWorkerTemplate.workerTemplate.spec.containers[0].args[0]: VLLM_ATTENTION_BACKEND is gone since vLLM 0.16.0, the image has 0.30.0',
    ],
  },
  {
    rule: 'host-library-path',
    name: 'lib65, and lib of gib, also in a script',
    wrong: [
      makeDeployment({
        env: [{ name: 'LD_LIBRARY_PATH', value: '/usr/local/nvidia/lib65:/usr/local/gib/lib:/opt/lib' }],
      }),
      makeDeployment({
        name: 'script',
        script: 'export LD_LIBRARY_PATH="/usr/local/gib/lib32:$LD_LIBRARY_PATH"\nexec vllm serve m',
      }),
    ],
    right: [
      makeDeployment({
        env: [
          {
            name: 'LD_LIBRARY_PATH',
            value: '/usr/local/gib/lib64:/usr/local/nvidia/lib64:/usr/local/nvidia/lib:/usr/local/cuda/lib65',
          },
        ],
      }),
      makeDeployment({
        name: 'script',
        script: 'export LD_LIBRARY_PATH=/usr/local/gib/lib64:/usr/local/gib/${X}\nexec vllm serve m',
      }),
    ],
    found: [
      `Deployment/llama ${container}.env[0].value: nodes have no folder /usr/local/nvidia/lib65`,
      `Deployment/llama ${container}.env[0].value: nodes have no folder /usr/local/gib/lib`,
      `Deployment/script ${container}.args[0]: nodes have no folder /usr/local/gib/lib32`,
    ],
  },
];
