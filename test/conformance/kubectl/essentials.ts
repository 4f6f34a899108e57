import { type Command, isRolledOut } from './command.ts';
import { deployment, misspelled } from './manifests.ts';

/** What every version of kubectl must be able to do. */
export const essentials: readonly Command[] = [
  { run: 'version', prints: [/^Client Version: .*v1\.\d+/m, /^Server Version: .*v1\.\d+/m] },
  {
    run: 'apply --server-side -f -',
    input: deployment(),
    prints: [/^deployment\.apps\/web serverside-applied$/m],
  },
  isRolledOut,
  {
    run: 'get deploy,rs,pods -o wide',
    prints: [
      /^NAME +READY +UP-TO-DATE +AVAILABLE +AGE +CONTAINERS +IMAGES +SELECTOR$/m,
      /^deployment\.apps\/web +2\/2 +2 +2 +\w+ +server +registry\.example\/web:1 +app=web$/m,
      /^NAME +DESIRED +CURRENT +READY +AGE +CONTAINERS +IMAGES +SELECTOR$/m,
      /^replicaset\.apps\/web-\w+ +2 +2 +2 /m,
      /^NAME +READY +STATUS +RESTARTS +AGE +IP +NODE +NOMINATED NODE +READINESS GATES$/m,
      /^pod\/web-\w+-\w{5} +1\/1 +Running +0 /m,
    ],
  },
  {
    run: 'describe deploy web',
    prints: [
      /^Replicas: +2 desired \| 2 updated \| 2 total \| 2 available \| 0 unavailable$/m,
      /Normal +ScalingReplicaSet .*deployment-controller +Scaled up replica set web-\w+/m,
    ],
  },
  {
    run: 'diff --server-side -f -',
    input: deployment({ image: 'registry.example/web:2' }),
    exitCode: 1,
    prints: [/^-\s+- image: registry\.example\/web:1$/m, /^\+\s+- image: registry\.example\/web:2$/m],
  },
  { run: 'diff --server-side -f -', input: deployment(), hides: /./ },
  {
    run: 'apply -f -',
    input: deployment({ image: 'registry.example/web:2' }),
    prints: [/^deployment\.apps\/web configured$/m],
  },
  isRolledOut,
  { run: 'scale deploy/web --replicas=3', prints: [/^deployment\.apps\/web scaled$/m] },
  {
    run: 'wait deploy/web --for=jsonpath={.status.availableReplicas}=3 --timeout=60s',
    prints: [/^deployment\.apps\/web condition met$/m],
  },
  { run: 'logs deploy/web --tail=1', prints: [/^local cloud: pod web-\S+ is ready$/m], local: 'no-kubelet' },
  {
    run: 'top pods',
    prints: [/^NAME +CPU\(cores\) +MEMORY\(bytes\)/m, /^web-\S+ +100m +64Mi/m],
    local: 'no-metrics-server',
  },
  { run: 'explain deployment.spec.replicas', prints: [/replicas\s+<integer>/, /Number of desired pods\./] },
  { run: 'auth can-i create pods', prints: [/^yes$/m] },
  { run: 'api-resources', prints: [/^deployments +deploy +apps\/v1 +true +Deployment/m, /^leaderworkersets +lws /m] },
  {
    run: 'apply -f -',
    input: misspelled(),
    exitCode: 1,
    warns: [/strict decoding error: unknown field "spec\.replicaz"/],
  },
  { run: 'delete deploy web --wait=true', prints: [/^deployment\.apps "web" deleted/m] },
  { run: 'get deploy', warns: [/^No resources found in \S+ namespace\.$/m] },
];
