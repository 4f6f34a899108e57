/** What lists and descriptions show of models, pauses and overrides. */
import { describe, expect, it } from 'vitest';
import { exitCodes } from '../../../../functions/cli/exit.ts';
import { run } from '../../../../functions/cli/run.ts';
import { makeIo } from '../make-io.ts';
import { at, makeProgress, makeTarget, ready, START_MS } from '../make-target.ts';

const model = 'model/demo/serving/llama-70b';
const pause = { actor: 'topic:intake', atMs: at(60), scope: 'target' };
const sizes = [
  { role: 'prefill', desiredReplicas: 2, readyReplicas: 2 },
  { role: 'decode', desiredReplicas: 4, readyReplicas: 3 },
  { role: 'of another form' },
];
const row = {
  automation: 'scale-replicas',
  phase: 'ready',
  reason: 'decode stays at 4',
  next: 'a look every 15 s',
  working: false,
  startedAtMs: START_MS,
  lookedAtMs: at(600),
  stepsDone: 0,
  stepsInAll: 0,
  sizes,
};
const service = {
  kind: 'ModelService',
  target: model,
  sequence: 1,
  acceptedAtMs: START_MS,
  actor: 'topic:intake',
  automations: [row],
};

async function get(items: readonly object[], unreadable?: readonly object[]) {
  const body = { items, ...(unreadable !== undefined && { unreadable }) };
  const io = makeIo({ status: { 'GET /targets': [{ body }] } });
  const exitCode = await run(['get'], io);
  return { exitCode, ...io.printed };
}

describe('the list of targets', () => {
  it('shows a model by ready and wanted replicas of its roles, and no steps where there are none', async () => {
    expect((await get([service, makeTarget(ready)])).out).toBe(`\
TARGET                        PHASE  READY                   STEPS  AGE       WHY
model/demo/serving/llama-70b  ready  prefill 2/2 decode 3/4  -      1h22m05s  decode stays at 4
cluster/demo                  ready  -                       9/9    1h22m05s  every node, GPU and RDMA network asked for is there
`);
  });

  it.each([
    {
      name: 'before anybody has looked',
      row,
      why: 'paused by a publisher to topic intake since 2026-08-10 12:01:00Z | decode stays at 4',
    },
    {
      name: 'when whoever looked says it',
      row: { ...row, reason: 'paused by topic:intake since 2026-08-10T12:01:00.000Z; without it: r' },
      why: 'paused by a publisher to topic intake since 2026-08-10 12:01:00Z | r',
    },
  ])('says that a target is paused $name', async ({ row: automation, why }) => {
    const { out } = await get([{ ...service, automations: [automation], controls: { pause, overrides: {} } }]);

    expect(out.split('\n')[1]).toMatch(/^model\/demo\/serving\/llama-70b {2}ready, paused {2}/);
    expect(out.split('\n')[1]?.endsWith(why)).toBe(true);
  });

  it('names what could not be read beside everything that can', async () => {
    const unreadable = [{ collection: 'documents', id: 'cluster/x', reason: 'sequence: is no number' }];

    const { exitCode, out, err } = await get([service], unreadable);

    expect(exitCode).toBe(exitCodes.ok);
    expect(out).toContain(model);
    expect(err).toBe('warning: the record documents/cluster/x of the ledger is unreadable: sequence: is no number\n');
  });
});

describe('the description of a model', () => {
  const decided = (seconds: number, summary: string) => ({
    fromMs: at(seconds),
    atMs: at(seconds),
    looks: 1,
    decision: { outcome: summary, summary },
  });
  const progress = {
    ...makeProgress({ phase: 'ready', reason: 'decode stays at 4', steps: {}, looked: 600 }),
    automation: 'scale-replicas',
    target: model,
    decisions: [0, 100, 200, 300].map((seconds) => decided(seconds, `decision ${seconds}`)),
  };
  const describeModel = async (controls: object, environment: Record<string, string> = {}) => {
    const body = { ...service, controls, details: [progress] };
    const io = makeIo({ environment, status: { [`GET /targets/${model}`]: [{ body }] } });
    await run(['describe', model], io);
    return io.printed.out;
  };

  it('begins with what a person has done to it', async () => {
    const out = await describeModel({
      pause: { ...pause, actor: 'topic:intake/ada@laptop', scope: 'all', reason: 'incident 7' },
      ownPause: { actor: 'topic:intake', atMs: at(10) },
      overrides: {
        decode: { replicas: 6, untilMs: at(900), actor: 'topic:intake' },
        prefill: { replicas: 2, untilMs: at(600), actor: 'topic:intake' },
      },
    });

    expect(out).toContain(`
ModelService document 1, accepted 2026-08-10 12:00:00Z from a publisher to topic intake
everything is paused by ada@laptop (unverified) since 2026-08-10 12:01:00Z (incident 7), until somebody resumes it
${model} itself is paused by a publisher to topic intake since 2026-08-10 12:00:10Z, until somebody resumes it
decode is held at 6 by a publisher to topic intake until 2026-08-10 12:15:00Z

What is happening  ready (scale-replicas)
`);
  });

  const own = { actor: 'topic:intake', atMs: at(10) };

  it.each([
    {
      name: 'nothing is paused',
      controls: {},
      says: `npx inferctl pause ${model} stops every change to it, npx inferctl pause --all every change to anything; resume ends either.`,
    },
    {
      name: 'it is paused',
      controls: { pause },
      says: `It is stopped: npx inferctl resume ${model} lets it go on. npx inferctl pause --all stops every change to anything.`,
    },
    {
      name: 'everything is paused',
      controls: { pause: { ...pause, scope: 'all' } },
      says: `It is stopped with everything else: npx inferctl resume --all lets everything go on. npx inferctl pause ${model} keeps it stopped then.`,
    },
    {
      name: 'it is paused, and everything is',
      controls: { pause: { ...pause, scope: 'all' }, ownPause: own },
      says: `It is stopped twice, by itself and with everything else: it goes on after both npx inferctl resume --all and npx inferctl resume ${model}.`,
    },
  ])('offers what can be typed where $name', async ({ controls, says }) => {
    const out = await describeModel({ ...controls, overrides: {} }, { npm_command: 'exec' });

    expect(out).toContain(`\nHow to stop it     ${says}\n`);
  });

  it('shows the last decisions, and where their arithmetic is', async () => {
    expect(await describeModel({ overrides: {} })).toContain(`
Last decisions (newest first); inferctl explain model/demo/serving/llama-70b has every term
2026-08-10 12:05:00Z  decision 300
2026-08-10 12:03:20Z  decision 200
2026-08-10 12:01:40Z  decision 100

`);
  });
});
