/** Stories that only the local cloud is told, whole. */
import { type Command, isRolledOut, type Story } from './command.ts';
import type { LocalReason } from './exceptions.ts';
import { budget, deployment, leaderWorkerSet } from './manifests.ts';

/** Each for this reason, but for those that have one of their own. */
const toldHere = (local: LocalReason, commands: readonly Command[]): readonly Command[] =>
  commands.map((command) => ({ local, ...command }));

export const groups: Story = {
  name: 'groups of pods',
  commands: toldHere('no-group-controller', [
    {
      run: 'apply --server-side -f -',
      input: leaderWorkerSet(),
      prints: [/^leaderworkerset\.leaderworkerset\.x-k8s\.io\/llm serverside-applied$/m],
    },
    {
      run: 'wait lws/llm --for=condition=Available --timeout=60s',
      prints: [/condition met$/m],
    },
    {
      run: 'get lws',
      prints: [/^NAME +READY +DESIRED +UP-TO-DATE +AGE$/m, /^llm +1 +1 +1 /m],
    },
    { run: 'scale lws/llm --replicas=2', prints: [/scaled$/m] },
    {
      run: 'wait lws/llm --for=jsonpath={.status.readyReplicas}=2 --timeout=60s',
      prints: [/met$/m],
    },
    {
      run: 'describe lws llm',
      prints: [
        /Normal +GroupsProgressing .*Created leader statefulset llm$/m,
        /Normal +AllGroupsReady .*All replicas are ready$/m,
      ],
    },
    {
      run: 'explain lws.spec.replicas',
      prints: [/^GROUP: +leaderworkerset\.x-k8s\.io$/m, /replicas <integer>/],
    },
    {
      run: 'get pods',
      prints: [/^llm-0 +1\/1 +Running/m, /^llm-0-1 +1\/1 +Running/m, /^llm-1-1 /m],
    },
    { run: 'delete lws llm --cascade=foreground', prints: [/deleted/] },
    { run: 'get pods', warns: [/^No resources found/m] },
  ]),
};

export const nodes: Story = {
  name: 'nodes',
  commands: toldHere('machines-of-the-local-cloud', [
    {
      run: 'get nodes -o wide',
      prints: [/^NAME +STATUS +ROLES +AGE +VERSION +INTERNAL-IP +EXTERNAL-IP +OS-IMAGE/m, /^gpu-1 +Ready +<none> /m],
    },
    {
      run: 'top nodes',
      prints: [/^NAME +CPU\(cores\)/m, /^cpu-1 +\d+m +\d+% +\d+Mi +\d+%/m],
      local: 'no-metrics-server',
    },
    {
      run: 'describe node gpu-1',
      prints: [/^ +nvidia\.com\/gpu: +8$/m, /^Taints: +nvidia\.com\/gpu=present:NoSchedule$/m, /Normal +NodeReady /m],
    },
    {
      run: 'apply -f -',
      input: deployment({ replicas: 4 }),
      prints: [/created$/m],
    },
    isRolledOut,
    { run: 'apply -f -', input: budget(4), prints: [/created$/m] },
    {
      run: 'wait pdb/web --for=jsonpath={.status.currentHealthy}=4 --timeout=60s',
      prints: [/met$/m],
    },
    { run: 'cordon cpu-1', prints: [/^node\/cpu-1 cordoned$/m] },
    { run: 'get nodes', prints: [/^cpu-1 +Ready,SchedulingDisabled /m] },
    {
      run: 'drain cpu-1 --ignore-daemonsets --timeout=1s',
      exitCode: 1,
      warns: [/Cannot evict pod as it would violate the pod's disruption budget\./],
    },
    { run: 'delete pdb web', prints: [/deleted/] },
    {
      run: 'drain cpu-1 --ignore-daemonsets --timeout=60s',
      prints: [/^pod\/web-\S+ evicted$/m, /^node\/cpu-1 drained$/m],
    },
    { run: 'uncordon cpu-1', prints: [/^node\/cpu-1 uncordoned$/m] },
    { run: 'delete deploy web', prints: [/deleted/] },
  ]),
};
