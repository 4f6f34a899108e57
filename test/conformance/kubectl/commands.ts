/**
 * What people type, in stories: the commands of a story build on each other and run in a namespace of their own. Expected is what the
 * real kubectl prints of a real cluster; names, addresses and ages are left open.
 */
import { isRolledOut, type Story } from './command.ts';
import { budget, deployment, leaderWorkerSet, service } from './manifests.ts';

const rollouts: Story = {
  name: 'rollouts',
  commands: [
    { run: 'apply -f -', input: deployment(), prints: [/^deployment\.apps\/web created$/m] },
    isRolledOut,
    { run: 'apply -f -', input: deployment(), prints: [/^deployment\.apps\/web unchanged$/m] },
    { run: 'set image deploy/web server=registry.example/web:2', prints: [/image updated$/m] },
    isRolledOut,
    { run: 'rollout history deploy/web', prints: [/^REVISION +CHANGE-CAUSE$/m, /^1 +<none>$/m, /^2 +<none>$/m] },
    {
      run: 'rollout history deploy/web --revision=2',
      prints: [/with revision #2$/m, /Image:\s+registry\.example\/web:2$/m],
    },
    { run: 'rollout undo deploy/web', prints: [/^deployment\.apps\/web rolled back$/m] },
    isRolledOut,
    { run: 'rollout history deploy/web', prints: [/^2 +<none>$/m, /^3 +<none>$/m], hides: /^1 /m },
    { run: 'rollout restart deploy/web', prints: [/^deployment\.apps\/web restarted$/m] },
    isRolledOut,
    { run: 'rollout pause deploy/web', prints: [/paused$/m] },
    { run: 'rollout resume deploy/web', prints: [/resumed$/m] },
    { run: 'wait deploy/web --for=condition=Available --timeout=60s', prints: [/condition met$/m] },
    { run: 'wait deploy/nothing --for=delete --timeout=5s' },
    { run: 'wait deploy/web --for=condition=Absent --timeout=1s', exitCode: 1, warns: [/timed out waiting/] },
  ],
};

const pods: Story = {
  name: 'pods',
  commands: [
    { run: 'apply -f -', input: deployment(), prints: [/created$/m] },
    isRolledOut,
    {
      run: 'describe pods -l app=web',
      prints: [
        /^Controlled By: +ReplicaSet\/web-\w+$/m,
        /Normal +Scheduled .*default-scheduler +Successfully assigned \S+\/web-\S+ to \S+$/m,
      ],
    },
    {
      run: 'describe pods -l app=web',
      prints: [
        /Normal +Pulled .*kubelet +/m,
        /Normal +Created .*kubelet +Created container: server$/m,
        /Normal +Started .*kubelet +Started container server$/m,
      ],
      local: true,
    },
    {
      run: 'logs deploy/web',
      prints: [/^local cloud: container server \(registry\.example\/web:1\) started; it is simulated/m],
      local: true,
    },
    {
      run: 'logs -l app=web --timestamps --prefix',
      prints: [/^\[pod\/web-\S+\/server\] \d{4}-\d\d-\d\dT\S+Z local cloud: /m],
      local: true,
    },
    {
      run: 'logs deploy/web --previous',
      exitCode: 1,
      warns: [/previous terminated container "server" in pod "web-\S+" not found/],
      local: true,
    },
    {
      run: 'logs deploy/web -c other',
      exitCode: 1,
      warns: [/container other is not valid for pod web-/],
    },
    { run: 'exec deploy/web -- ls', exitCode: 1, warns: [/does not serve pods\/exec: no program runs/], local: true },
    { run: 'attach deploy/web', exitCode: 1, warns: [/does not serve pods\/attach: no program runs/], local: true },
    {
      run: 'port-forward deploy/web :80',
      exitCode: 1,
      warns: [/does not serve pods\/portforward: no program runs/],
      local: true,
    },
    { run: 'top pods --containers', prints: [/^web-\S+ +server +100m +64Mi/m], local: true },
    { run: 'events', prints: [/Normal +Scheduled +Pod\/web-/m, /Normal +SuccessfulCreate +ReplicaSet\/web-/m] },
    {
      run: 'get events --field-selector=reason=ScalingReplicaSet',
      prints: [
        /^LAST SEEN +TYPE +REASON +OBJECT +MESSAGE$/m,
        /ScalingReplicaSet +deployment\/web +Scaled up replica set/m,
      ],
    },
    { run: 'delete pods -l app=web', prints: [/^pod "web-\S+" deleted/m] },
    isRolledOut,
    { run: 'delete deploy web --cascade=foreground', prints: [/deleted/] },
    { run: 'wait pods -l app=web --for=delete --timeout=60s' },
    { run: 'get pods', warns: [/^No resources found/m] },
  ],
};

const objects: Story = {
  name: 'objects',
  commands: [
    { run: 'create configmap settings --from-literal=a=1', prints: [/^configmap\/settings created$/m] },
    { run: 'get cm settings -o yaml', prints: [/^data:\n {2}a: "1"$/m, /^kind: ConfigMap$/m] },
    { run: 'label cm settings tier=web', prints: [/labeled$/m] },
    { run: 'annotate cm settings note=x', prints: [/annotated$/m] },
    { run: 'patch cm settings -p {"data":{"b":"2"}}', prints: [/patched$/m] },
    { run: 'get cm -l tier=web -o jsonpath={.items[0].data}', prints: [/^{"a":"1","b":"2"}$/] },
    { run: 'get cm settings -o wide', prints: [/^NAME +DATA +AGE$/m, /^settings +2 /m] },
    { run: 'create secret generic hidden --from-literal=k=v', prints: [/^secret\/hidden created$/m] },
    { run: 'get secrets', prints: [/^NAME +TYPE +DATA +AGE$/m, /^hidden +Opaque +1 /m] },
    { run: 'apply -f -', input: service(), prints: [/^service\/web created$/m] },
    {
      run: 'get svc -o wide',
      prints: [
        /^NAME +TYPE +CLUSTER-IP +EXTERNAL-IP +PORT\(S\) +AGE +SELECTOR$/m,
        /^web +ClusterIP +[\d.]+ +<none> +80\/TCP .* app=web$/m,
      ],
    },
    { run: 'describe svc web', prints: [/^Selector: +app=web$/m, /^Port: +<unset> +80\/TCP$/m] },
    {
      run: 'get cm nothing',
      exitCode: 1,
      warns: [/^Error from server \(NotFound\): configmaps "nothing" not found$/m],
    },
    { run: 'get widgets', exitCode: 1, warns: [/the server doesn't have a resource type "widgets"/] },
    { run: 'get cm -l a=(', exitCode: 1, warns: [/unable to parse requirement|found '\('/] },
    { run: 'create -f -', input: service(), exitCode: 1, warns: [/services "web" already exists/] },
    { run: 'replace -f -', input: service(), prints: [/^service\/web replaced$/m] },
    { run: 'delete svc,cm,secret --all', prints: [/^service "web" deleted/m, /^secret "hidden" deleted/m] },
  ],
};

const groups: Story = {
  name: 'groups of pods',
  commands: [
    {
      run: 'apply --server-side -f -',
      input: leaderWorkerSet(),
      prints: [/^leaderworkerset\.leaderworkerset\.x-k8s\.io\/llm serverside-applied$/m],
      local: true,
    },
    { run: 'wait lws/llm --for=condition=Available --timeout=60s', prints: [/condition met$/m], local: true },
    { run: 'get lws', prints: [/^NAME +READY +DESIRED +UP-TO-DATE +AGE$/m, /^llm +1 +1 +1 /m], local: true },
    { run: 'scale lws/llm --replicas=2', prints: [/scaled$/m], local: true },
    { run: 'wait lws/llm --for=jsonpath={.status.readyReplicas}=2 --timeout=60s', prints: [/met$/m], local: true },
    {
      run: 'describe lws llm',
      prints: [
        /Normal +GroupsProgressing .*Created leader statefulset llm$/m,
        /Normal +AllGroupsReady .*All replicas are ready$/m,
      ],
      local: true,
    },
    {
      run: 'explain lws.spec.replicas',
      prints: [/^GROUP: +leaderworkerset\.x-k8s\.io$/m, /replicas <integer>/],
      local: true,
    },
    { run: 'get pods', prints: [/^llm-0 +1\/1 +Running/m, /^llm-0-1 +1\/1 +Running/m, /^llm-1-1 /m], local: true },
    { run: 'delete lws llm --cascade=foreground', prints: [/deleted/], local: true },
    { run: 'get pods', warns: [/^No resources found/m], local: true },
  ],
};

const nodes: Story = {
  name: 'nodes',
  commands: [
    {
      run: 'get nodes -o wide',
      prints: [/^NAME +STATUS +ROLES +AGE +VERSION +INTERNAL-IP +EXTERNAL-IP +OS-IMAGE/m, /^gpu-1 +Ready +<none> /m],
      local: true,
    },
    { run: 'top nodes', prints: [/^NAME +CPU\(cores\)/m, /^cpu-1 +\d+m +\d+% +\d+Mi +\d+%/m], local: true },
    {
      run: 'describe node gpu-1',
      prints: [/^ +nvidia\.com\/gpu: +8$/m, /^Taints: +nvidia\.com\/gpu=present:NoSchedule$/m, /Normal +NodeReady /m],
      local: true,
    },
    { run: 'apply -f -', input: deployment({ replicas: 4 }), prints: [/created$/m], local: true },
    { ...isRolledOut, local: true },
    { run: 'apply -f -', input: budget(4), prints: [/created$/m], local: true },
    {
      run: 'wait pdb/web --for=jsonpath={.status.currentHealthy}=4 --timeout=60s',
      prints: [/met$/m],
      local: true,
    },
    { run: 'cordon cpu-1', prints: [/^node\/cpu-1 cordoned$/m], local: true },
    { run: 'get nodes', prints: [/^cpu-1 +Ready,SchedulingDisabled /m], local: true },
    {
      run: 'drain cpu-1 --ignore-daemonsets --timeout=1s',
      exitCode: 1,
      warns: [/Cannot evict pod as it would violate the pod's disruption budget\./],
      local: true,
    },
    { run: 'delete pdb web', prints: [/deleted/], local: true },
    {
      run: 'drain cpu-1 --ignore-daemonsets --timeout=60s',
      prints: [/^pod\/web-\S+ evicted$/m, /^node\/cpu-1 drained$/m],
      local: true,
    },
    { run: 'uncordon cpu-1', prints: [/^node\/cpu-1 uncordoned$/m], local: true },
    { run: 'delete deploy web', prints: [/deleted/], local: true },
  ],
};

const server: Story = {
  name: 'the server itself',
  commands: [
    { run: 'cluster-info', prints: [/Kubernetes control plane.* is running at/] },
    { run: 'api-versions', prints: [/^apps\/v1$/m, /^metrics\.k8s\.io\/v1beta1$/m], local: true },
    { run: 'get --raw /clusters/demo/readyz', local: true, prints: [/^ok$/] },
    { run: 'auth can-i --list', prints: [/^\*\.\* +\[\] +\[\] +\[\*\]$/m] },
    { run: 'auth whoami', prints: [/^Groups +\[system:masters system:authenticated\]$/m] },
    { run: 'auth can-i delete nodes --token=viewer', exitCode: 1, prints: [/^no$/m], local: true },
    {
      run: 'get pods --token=viewer',
      exitCode: 1,
      warns: [/^Error from server \(Forbidden\): pods is forbidden: User "viewer" cannot list resource "pods"/m],
      local: true,
    },
    { run: 'get pods --token=invalid', exitCode: 1, warns: [/You must be logged in to the server/] },
    {
      run: 'explain pod.spec.containers.resources.limits',
      prints: [/^KIND: +Pod$/m, /limits\s+<map\[string\]/, /Limits describes the maximum amount of compute resources/],
    },
    { run: 'explain pod.spec.nothing', exitCode: 1, warns: [/field "nothing" does not exist/] },
    { run: 'get all', warns: [/No resources found in \S+ namespace\./] },
  ],
};

export const stories: readonly Story[] = [rollouts, pods, objects, groups, nodes, server];
