/** What gcloud does beside the build, as data: commands with what has to come of them. */
import type { HttpRequest } from '../../../emulator/wires/http.ts';
import type { FrontEndFailure } from '../../../emulator/wires/misfortunes.ts';

export interface Variant {
  /** What it shows. */
  readonly title: string;
  /** Those of one wave run side by side, after those of the waves before. */
  readonly wave: 1 | 2 | 3 | 4;
  /** One after another; the first that fails is the last. */
  readonly commands: readonly string[];
  readonly exit?: number;
  /** Of the last command: its output, errors included. */
  readonly says: RegExp;
  /** How many requests of a kind there were in all. */
  readonly sends?: { readonly call: RegExp; readonly times: number };
  /** What happens to the first call that it is about, so often. */
  readonly misfortune?: FrontEndFailure & { readonly call: RegExp; readonly times: number };
}

const of = '--cluster=llmd-cluster --region=us-central1';
const makePool = (name: string) =>
  `gcloud container node-pools create ${name} ${of} --machine-type=e2-standard-4 --num-nodes=0 --async`;
const poolCall = /^POST .*\/nodePools$/;
const networkCall = /^POST .*\/global\/networks$/;

/** GKE calls are made again after 429 and any 5xx but 503, and a refused call of Compute Engine is not (section 4 of the recording’s README). */
const retries: readonly Variant[] = [
  ...([429, 500, 502] as const).map(
    (httpStatus): Variant => ({
      title: `a GKE creation that was answered ${httpStatus} is made again`,
      wave: 1,
      commands: [makePool(`again-${httpStatus}`)],
      says: new RegExp(`again-${httpStatus}`),
      sends: { call: poolCall, times: 2 },
      misfortune: { httpStatus, call: poolCall, times: 1 },
    }),
  ),
  {
    title: 'a GKE creation that was answered 503 is not made again',
    wave: 1,
    commands: [makePool('once-503')],
    exit: 1,
    says: /code=503, message=The service is currently unavailable\./,
    sends: { call: poolCall, times: 1 },
    misfortune: { httpStatus: 503, call: poolCall, times: 1 },
  },
  {
    title: 'a GKE creation that took effect behind a 500 finds that its pool exists',
    wave: 1,
    commands: [makePool('hidden')],
    exit: 1,
    says: /code=409, message=Already exists: .*\/nodePools\/hidden/,
    sends: { call: poolCall, times: 2 },
    misfortune: { httpStatus: 500, takesEffect: true, call: poolCall, times: 1 },
  },
  ...([429, 503] as const).map(
    (httpStatus): Variant => ({
      title: `a creation in Compute Engine that was answered ${httpStatus} is not made again`,
      wave: 1,
      commands: [`gcloud compute networks create once-${httpStatus} --subnet-mode=custom`],
      exit: 1,
      says: httpStatus === 429 ? /Quota exceeded for quota metric/ : /The service is currently unavailable\./,
      sends: { call: networkCall, times: 1 },
      misfortune: { httpStatus, call: networkCall, times: 1 },
    }),
  ),
];

/** Nothing but what gcloud and the auth plugin find in the file that get-credentials writes. */
const kubeconfigs: readonly Variant[] = [
  {
    title: 'get-credentials leads kubectl into the cluster',
    wave: 1,
    commands: [
      'gcloud container clusters get-credentials llmd-cluster --region=us-central1',
      'kubectl --context=gke_demo_us-central1_llmd-cluster get nodes',
    ],
    says: /gke-llmd-cluster-llmd-gpu-\S+ +Ready/,
  },
  {
    title: 'get-credentials --dns-endpoint does so for a client that trusts the local authority',
    wave: 1,
    commands: [
      'gcloud container clusters get-credentials llmd-cluster --region=us-central1 --dns-endpoint --kubecontext-override=dns',
      'kubectl --context=dns config view --minify',
      'SSL_CERT_FILE="$(dirname "$CLOUDSDK_CONFIG")/ca.pem" kubectl --context=dns get nodes',
    ],
    says: /gke-llmd-cluster-llmd-gpu-\S+ +Ready/,
  },
  {
    title: 'get-credentials --internal-ip is for private clusters',
    wave: 1,
    commands: ['gcloud container clusters get-credentials llmd-cluster --region=us-central1 --internal-ip'],
    exit: 1,
    says: /cluster llmd-cluster is not a private cluster\./,
  },
];

/** Of group A2; the rest of it is replayed as requests. */
const recorded: readonly Variant[] = [
  {
    title: 'services, an account and its role',
    wave: 1,
    commands: [
      'gcloud services enable container.googleapis.com compute.googleapis.com',
      "gcloud iam service-accounts create llmd-nodes --display-name='GPU nodes'",
      'gcloud projects add-iam-policy-binding demo --member=serviceAccount:llmd-nodes@demo.iam.gserviceaccount.com --role=roles/logging.logWriter --condition=None',
    ],
    says: /role: roles\/logging\.logWriter/,
    sends: { call: /:setIamPolicy$/, times: 1 },
  },
  {
    title: 'networks with a profile, one of them by the beta API',
    wave: 1,
    commands: [
      'env CLOUDSDK_API_ENDPOINT_OVERRIDES_COMPUTE=http://127.0.0.1:18085/compute/beta/ gcloud beta compute networks create b-rdma --network-profile=us-central1-b-vpc-roce --subnet-mode=custom',
      'gcloud compute networks create m-rdma --network-profile=us-central1-b-vpc-roce --subnet-mode=custom --mtu=8896',
    ],
    says: /m-rdma +CUSTOM +REGIONAL/,
  },
  {
    title: 'a pool by the beta API, with a field that only beta has',
    wave: 1,
    commands: [
      `gcloud beta container node-pools create p-hm ${of} --machine-type=e2-standard-4 --num-nodes=0 --host-maintenance-interval=PERIODIC --async`,
    ],
    says: /p-hm/,
    sends: { call: /^POST \/v1beta1\/.*\/nodePools$/, times: 1 },
  },
  {
    title: 'a workload policy',
    wave: 1,
    commands: [
      'gcloud compute resource-policies create workload-policy wp --region=us-central1 --type=HIGH_THROUGHPUT',
    ],
    says: /Created \[.*\/resourcePolicies\/wp\]/,
  },
];

const changes: readonly Variant[] = [
  {
    title: 'several networks are deleted by one batch, and waited for by another',
    wave: 2,
    commands: ['gcloud compute networks delete m-rdma b-rdma'],
    says: /Deleted .*m-rdma[^]*Deleted .*b-rdma/,
    sends: { call: /^POST \/batch\/compute\/v1$/, times: 2 },
  },
  {
    title: 'each part of a batch fails alone, and every message is printed',
    wave: 2,
    commands: ['gcloud compute networks subnets delete llmd-sub-1 llmd-proxy nothing --region=us-central1'],
    exit: 1,
    says: /(?=[^]*Deleted \[.*llmd-proxy\])(?=[^]*llmd-sub-1' is already being used by)[^]*nothing' was not found/,
  },
  {
    title: 'a resize',
    wave: 2,
    commands: ['gcloud container clusters resize llmd-cluster --region=us-central1 --node-pool=llmd-gpu --num-nodes=1'],
    says: /Updated \[.*llmd-cluster\]/,
    sends: { call: /:setSize$/, times: 1 },
  },
  {
    title: 'settings of the cluster and of a pool',
    wave: 3,
    commands: [
      'gcloud container clusters update llmd-cluster --region=us-central1 --release-channel=rapid',
      'gcloud container clusters update llmd-cluster --region=us-central1 --update-labels=team=serving',
      `gcloud container node-pools update default-pool ${of} --no-enable-autoupgrade`,
      `gcloud container node-pools update default-pool ${of} --node-labels=team=serving`,
      'gcloud container clusters describe llmd-cluster --region=us-central1 --format=json(releaseChannel,resourceLabels,nodePools[0].management,nodePools[0].config.labels)',
    ].map((command) => command.replace(/--format=(.*)$/, "--format='$1'")),
    says: /(?=[^]*"labels": \{\s+"team": "serving")(?=[^]*"management": \{\s+"autoRepair": true\s+\})[^]*"channel": "RAPID"/,
  },
  {
    title: 'a cluster that is somewhere else is hinted at',
    wave: 2,
    commands: ['gcloud container clusters describe llmd-cluster --zone=us-central1-b'],
    exit: 1,
    says: /Could not find \[llmd-cluster\] in \[us-central1-b\]\.\s+Did you mean \[llmd-cluster\] in \[us-central1\]\?/,
  },
  {
    title: 'a pool that cannot have its machines: the operation ends with the reason, after the pool was waited for',
    wave: 2,
    commands: [
      `gcloud container node-pools create p-none ${of} --node-locations=us-central1-b --machine-type=a3-ultragpu-8g --num-nodes=1 --reservation-affinity=none`,
    ],
    exit: 1,
    says: /finished with error: Google Compute Engine: Not all instances running in IGM after [^]*does not have enough resources/,
  },
  {
    title: 'operations are listed with their outcome, and one that is over is waited for',
    wave: 3,
    commands: [
      "gcloud container operations wait --region=us-central1 $(gcloud container operations list --region=us-central1 --filter=operationType=CREATE_CLUSTER --format='value(name)' | head -1)",
      'gcloud container operations list --region=us-central1 --filter=targetLink~p-none',
    ],
    says: /CREATE_NODE_POOL +us-central1 +p-none +Google Compute Engine: Not all instances/,
  },
  {
    title: 'the removal of a pool, then of the cluster, and nothing is left of it',
    wave: 4,
    commands: [
      `gcloud container node-pools delete llmd-gpu ${of}`,
      'gcloud container clusters delete llmd-cluster --region=us-central1',
      'gcloud container clusters list',
    ],
    says: /^(?![^]*llmd-cluster)/,
    sends: { call: /^DELETE /, times: 2 },
  },
];

export const variants: readonly Variant[] = [...retries, ...kubeconfigs, ...recorded, ...changes];

/** As the table above writes a call. */
export function callOf({ method, path }: HttpRequest): string {
  return `${method} ${path}`;
}
