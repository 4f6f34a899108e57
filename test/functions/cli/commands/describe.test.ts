import { describe, expect, it } from 'vitest';
import { exitCodes } from '../../../../functions/cli/exit.ts';
import { run } from '../../../../functions/cli/run.ts';
import { localContext, makeIo } from '../make-io.ts';
import { at, building, failed, makeTarget, ready, START_MS } from '../make-target.ts';

async function describeTarget(body: object, ...options: readonly string[]) {
  const io = makeIo({ status: { 'GET /targets/cluster/demo': [{ body }] } });
  const exitCode = await run(['describe', 'cluster/demo', ...options], io);
  return { exitCode, ...io.printed };
}

const paused = { pause: { actor: 'topic:requests/ada@laptop', atMs: at(61), scope: 'target' }, overrides: {} };

/** The answer to one of the five questions. */
const answerTo = (question: string, out: string) =>
  out
    .split('\n')
    .find((line) => line.startsWith(question))
    ?.slice(question.length)
    .trim();

describe('the description of a target', () => {
  it('answers the five questions, then shows what they rest on', async () => {
    const { exitCode, out } = await describeTarget(makeTarget(building, { nextCheck: 65 }));

    expect(exitCode).toBe(exitCodes.ok);
    expect(out).toBe(`\
cluster/demo  context local
Cluster document 1, accepted 2026-08-10 12:00:00Z from a publisher to topic inference-fleet-requests

What is happening  building, 6 of 12 steps done (build-cluster)
Why                waiting for subnet demo-rdma-sub-0, subnet demo-rdma-sub-1
What comes next    then cluster demo
By when            2026-08-10 12:01:05Z, 5s after the last look (2026-08-10 12:01:00Z)
How to stop it     inferctl pause cluster/demo stops every change to it, inferctl pause --all every change to anything; resume ends either.
                   Nothing deletes anything by itself. To keep the automation from looking at anything at all, with REGION where it is deployed, after eval "$(inferctl env)":
                     gcloud tasks queues pause inference-fleet-timers --location=REGION --project=demo
                     gcloud pubsub subscriptions describe inference-fleet-build-cluster --format='yaml(pushConfig)' --project=demo  # note what it says: the next line forgets it
                     gcloud pubsub subscriptions modify-push-config inference-fleet-build-cluster --push-endpoint= --project=demo
                   The way back:
                     gcloud tasks queues resume inference-fleet-timers --location=REGION --project=demo
                     gcloud pubsub subscriptions modify-push-config inference-fleet-build-cluster --push-endpoint=ENDPOINT --push-auth-service-account=ACCOUNT --push-auth-token-audience=ENDPOINT --project=demo
                   Timers and messages are kept meanwhile. An operation that already runs at GKE ends by itself.

Steps of build-cluster
STATE     STEP                               TOOK  FAILED ATTEMPTS  CALLS  OPERATION  REASON
done      checks before anything is created  -     0                0      -
done      network demo-net-0                 20s   0                1      -
done      network demo-net-1                 25s   0                1      -
done      network demo-rdma                  30s   0                1      -
done      subnet demo-sub-0                  20s   0                1      -
done      subnet demo-sub-1                  25s   0                1      -
running   subnet demo-rdma-sub-0             25s   0                1      op-7       operation op-7 runs
starting  subnet demo-rdma-sub-1             2s    0                1      -
waiting   cluster demo                       -     0                0      -          needs subnet demo-rdma-sub-0, subnet demo-rdma-sub-1
waiting   node networks                      -     0                0      -          needs cluster demo
waiting   namespace                          -     0                0      -          needs cluster demo
waiting   GPU pool h200                      -     0                0      -          needs cluster demo, node networks

Operations running
op-7  subnet demo-rdma-sub-0  25s

History (oldest first)
2026-08-10 12:00:00Z                                     document 1 accepted
2026-08-10 12:00:02Z  checks before anything is created  found as wanted
2026-08-10 12:00:02Z                                     building: starting network demo-net-0, network demo-net-1, network demo-rdma
2026-08-10 12:00:22Z  network demo-net-0                 done
2026-08-10 12:00:36Z  subnet demo-rdma-sub-0             under way: op-7
`);
  });

  it.each([
    {
      name: 'a project, whose region the context does not say',
      context: { environment: {} },
      how: 'at all, with REGION where it is deployed:\n',
      location: 'REGION',
    },
    {
      name: 'a project, whose region the context says',
      context: { environment: { KUBECONFIG: '/k' }, region: 'europe-west1' },
      how: 'at all:\n',
      location: 'europe-west1',
    },
    {
      name: 'what gcloud does not find by itself',
      context: { environment: { CLOUDSDK_CONFIG: '/c' }, region: 'us-central1' },
      how: 'at all, after eval "$(inferctl --context local env)":\n',
      location: 'us-central1',
    },
  ])('says how to stop it in $name', async ({ context, how, location }) => {
    const contexts = { local: { ...localContext, ...context } };
    const io = makeIo({
      files: { '/config/contexts.json': JSON.stringify({ contexts }) },
      status: { 'GET /targets/cluster/demo': [{ body: makeTarget(building) }] },
    });

    await run(['--context', 'local', 'describe', 'cluster/demo'], io);

    expect(io.printed.out).toContain(`To keep the automation from looking at anything ${how}`);
    expect(io.printed.out).toContain(`queues pause inference-fleet-timers --location=${location} --project=demo\n`);
  });

  it('says the way back of each command that stops it as it is deployed, once for all automations', async () => {
    const { automations, ...rest } = makeTarget(building);
    const rows = ['build-cluster', 'scale-replicas'].flatMap((automation) =>
      automations.map((row) => ({ ...row, automation })),
    );
    const push = { endpoint: 'https://build.example', serviceAccount: 'fleet@demo.example' };
    const pushes = { 'build-cluster': push, 'scale-replicas': { ...push, endpoint: 'https://scale.example' } };

    const { out } = await describeTarget({ ...rest, automations: rows, pushes });

    expect(out.match(/How to stop it/g)).toHaveLength(1);
    const commands = out.split('\n').filter((line) => line.includes('  gcloud '));
    const modify = 'gcloud pubsub subscriptions modify-push-config inference-fleet-';
    const identity = '--push-auth-service-account=fleet@demo.example --push-auth-token-audience=';
    expect(commands.map((line) => line.trim())).toEqual([
      'gcloud tasks queues pause inference-fleet-timers --location=REGION --project=demo',
      `${modify}build-cluster --push-endpoint= --project=demo`,
      `${modify}scale-replicas --push-endpoint= --project=demo`,
      'gcloud tasks queues resume inference-fleet-timers --location=REGION --project=demo',
      `${modify}build-cluster --push-endpoint=https://build.example ${identity}https://build.example --project=demo`,
      `${modify}scale-replicas --push-endpoint=https://scale.example ${identity}https://scale.example --project=demo`,
    ]);
  });

  it('says that it is overdue, since when and what to check, instead of a time that is past', async () => {
    const { automations, ...rest } = makeTarget(ready, { nextCheck: 5_525 });
    const late = automations.map((row) => ({ ...row, overdueSeconds: 126_000 }));

    const { exitCode, out } = await describeTarget({ ...rest, automations: late });

    expect(answerTo('By when', out)).toBe(
      'overdue since 2026-08-10 13:32:05Z, by 1d11h: nobody has looked; check the timers queue, push subscriptions and function logs',
    );
    expect(exitCode).toBe(exitCodes.notAsWanted);
  });

  it.each([
    { name: 'has failed', target: makeTarget(failed), expected: exitCodes.notAsWanted },
    { name: 'holds', target: makeTarget({ ...building, phase: 'holding' }), expected: exitCodes.notAsWanted },
    { name: 'is paused', target: { ...makeTarget(building), controls: paused }, expected: exitCodes.notAsWanted },
    { name: 'builds', target: makeTarget(building), expected: exitCodes.ok },
    { name: 'is ready', target: makeTarget(ready), expected: exitCodes.ok },
  ])('ends a target that $name with code $expected, for programs as well', async ({ target, expected }) => {
    expect((await describeTarget(target)).exitCode).toBe(expected);
    expect((await describeTarget(target, '-o', 'json')).exitCode).toBe(expected);
  });

  it('promises nothing of a paused target before it is resumed', async () => {
    const { out } = await describeTarget({ ...makeTarget(building, { nextCheck: 65 }), controls: paused });

    expect(answerTo('What comes next', out)).toBe(
      'nothing until it is resumed; before the pause it was: then cluster demo',
    );
    expect(answerTo('By when', out)).toBe(
      'when it is resumed; until then looks change nothing, the next: 2026-08-10 12:01:05Z, 5s after the last look (2026-08-10 12:01:00Z)',
    );
  });

  it('shows the sizes of a model, and where the steps of earlier looks are', async () => {
    const sized = makeTarget({
      ...ready,
      steps: {},
      history: [{ atMs: at(5), step: 'scale/decode', text: 'done' }],
    });
    const sizes = [{ role: 'decode', desiredReplicas: 4, readyReplicas: 3 }];

    const { out } = await describeTarget({
      ...sized,
      automations: sized.automations.map((row) => ({ ...row, sizes })),
    });

    expect(answerTo('Replicas', out)).toBe('decode 3/4 (ready/wanted)');
    expect(out).toContain('\nnone now: those of earlier looks are in the history\n');
  });

  it('tells once what a decision and the new phase say in the same second', async () => {
    const history = [
      { atMs: at(1), text: 'decode 2 → 3: queue' },
      { atMs: at(1), text: 'updating: decode 2 → 3: queue' },
      { atMs: at(2), text: 'decode 2 → 3: queue' },
    ];

    const { out } = await describeTarget(makeTarget({ ...building, history }));

    expect(out).toMatch(
      /\(oldest first\)\n2026-08-10 12:00:01Z +updating: decode 2 → 3: queue\n2026-08-10 12:00:02Z +decode.*\n$/,
    );
  });

  it.each(['demo', 'dmo', 'cluster/dmo'])('suggests the target that %s may mean', async (word) => {
    const io = makeIo({ status: { 'GET /targets': [{ body: { items: [makeTarget(building)] } }] } });

    await run(['describe', word], io);

    expect(io.printed.err).toBe(`inferctl: nothing is known of ${word}: did you mean cluster/demo?\n`);
  });

  it('shows every problem of a failure, and when a refused step is tried again', async () => {
    const { out } = await describeTarget(makeTarget(failed));

    expect(out).toContain(`
Why                checks before anything is created: pool h200: wrong zone
                   price unknown (and 1 more)
`);
    expect(out).toContain(`
STATE    STEP                               TOOK   FAILED ATTEMPTS  CALLS  OPERATION  REASON
failed   checks before anything is created  1m29s  1                1      -          pool h200: wrong zone
                                                                                      price unknown
failed   network demo-net-0                 1m29s  2                3      -          network demo-net-0 exists and is not ours
waiting  network demo-net-1                 -      1                1      -          no quota; next try 2026-08-10 12:11:30Z
done     network demo-rdma                  30s    0                1      -

Operations running
none
`);
  });

  it.each([
    {
      name: 'a time and its distance',
      target: makeTarget(building, { nextCheck: 80 }),
      expected: '2026-08-10 12:01:20Z, 20s after the last look (2026-08-10 12:01:00Z)',
    },
    {
      name: 'that it is due',
      target: makeTarget(building, { nextCheck: 60 }),
      expected: 'now: it was due 2026-08-10 12:01:00Z (last look 2026-08-10 12:01:00Z)',
    },
    {
      name: 'that somebody is at work',
      target: makeTarget(building, { nextCheck: 120, working: true }),
      expected: 'at work now; looked at again by 2026-08-10 12:02:00Z at the latest (last look 2026-08-10 12:01:00Z)',
    },
    {
      name: 'that only a message brings the next look',
      target: makeTarget(building),
      expected: 'no time is set: it is looked at when a message comes (last look 2026-08-10 12:01:00Z)',
    },
    {
      name: 'when the first look is',
      target: makeTarget(undefined, { nextCheck: 0 }),
      expected: '2026-08-10 12:00:00Z (first look)',
    },
  ])('says by when: $name', async ({ target, expected }) => {
    expect(answerTo('By when', (await describeTarget(target)).out)).toBe(expected);
  });

  it('shows the last 30 entries of the history, or all', async () => {
    const history = Array.from({ length: 40 }, (_, index) => ({ atMs: at(index), text: `event ${index}` }));
    const target = makeTarget({ ...building, history });

    const end = (await describeTarget(target)).out;
    const all = (await describeTarget(target, '--all')).out;

    expect(end).toContain(
      '\nHistory (last 30 of 40, oldest first; --all shows the rest)\n2026-08-10 12:00:10Z    event 10\n',
    );
    expect(all).toContain('\nHistory (oldest first)\n2026-08-10 12:00:00Z    event 0\n');
  });

  it('has answers before anybody has looked', async () => {
    const { out } = await describeTarget(makeTarget());

    expect(answerTo('What is happening', out)).toBe('pending (build-cluster)');
    expect(out).not.toContain('Steps of');
  });

  it('answers programs with what status said', async () => {
    const { out } = await describeTarget(makeTarget(building), '-o', 'json');

    expect(JSON.parse(out)).toMatchObject({
      target: 'cluster/demo',
      acceptedAtMs: START_MS,
      details: [{ phase: 'building' }],
    });
  });

  it('ends with code 1 for a target that is not known', async () => {
    const io = makeIo({ status: { 'GET /targets/cluster/demo': [{ status: 404, body: { error: 'x' } }] } });

    expect(await run(['describe', 'cluster/demo'], io)).toBe(exitCodes.notAsWanted);
  });
});
