/**
 * What people type, in stories: the commands of a story build on each other and run in a namespace of their own. Expected is what the
 * real kubectl prints of a real cluster; names, addresses and ages are left open.
 */
import { isRolledOut, type Story } from './command.ts';
import { deployment, service } from './manifests.ts';
import { groups, nodes } from './own-stories.ts';

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
      local: 'no-kubelet',
    },
    {
      run: 'logs deploy/web',
      prints: [/^local cloud: container server \(registry\.example\/web:1\) started; it is simulated/m],
      local: 'no-kubelet',
    },
    {
      run: 'logs -l app=web --timestamps --prefix',
      prints: [/^\[pod\/web-\S+\/server\] \d{4}-\d\d-\d\dT\S+Z local cloud: /m],
      local: 'no-kubelet',
    },
    {
      run: 'logs deploy/web --previous',
      exitCode: 1,
      warns: [/previous terminated container "server" in pod "web-\S+" not found/],
      local: 'no-kubelet',
    },
    {
      run: 'logs deploy/web -c other',
      exitCode: 1,
      warns: [/container other is not valid for pod web-/],
    },
    {
      run: 'exec deploy/web -- ls',
      exitCode: 1,
      warns: [/does not serve pods\/exec: no program runs/],
      local: 'no-program-in-a-pod',
    },
    {
      run: 'attach deploy/web',
      exitCode: 1,
      warns: [/does not serve pods\/attach: no program runs/],
      local: 'no-program-in-a-pod',
    },
    {
      run: 'port-forward deploy/web :80',
      exitCode: 1,
      warns: [/does not serve pods\/portforward: no program runs/],
      local: 'no-program-in-a-pod',
    },
    { run: 'top pods --containers', prints: [/^web-\S+ +server +100m +64Mi/m], local: 'no-metrics-server' },
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

const server: Story = {
  name: 'the server itself',
  commands: [
    { run: 'cluster-info', prints: [/Kubernetes control plane.* is running at/] },
    { run: 'api-versions', prints: [/^apps\/v1$/m, /^metrics\.k8s\.io\/v1beta1$/m], local: 'no-metrics-server' },
    { run: 'get --raw /clusters/demo/readyz', local: 'path-of-a-cluster', prints: [/^ok$/] },
    { run: 'auth can-i --list', prints: [/^\*\.\* +\[\] +\[\] +\[\*\]$/m] },
    { run: 'auth whoami', prints: [/^Groups +\[system:masters system:authenticated\]$/m] },
    { run: 'auth can-i delete nodes --token=viewer', exitCode: 1, prints: [/^no$/m], local: 'token-of-a-viewer' },
    {
      run: 'get pods --token=viewer',
      exitCode: 1,
      warns: [/^Error from server \(Forbidden\): pods is forbidden: User "viewer" cannot list resource "pods"/m],
      local: 'token-of-a-viewer',
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
