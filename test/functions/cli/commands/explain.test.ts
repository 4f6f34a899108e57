import { describe, expect, it } from 'vitest';
import { exitCodes } from '../../../../functions/cli/exit.ts';
import { run } from '../../../../functions/cli/run.ts';
import { type Answer, makeIo } from '../make-io.ts';
import { at } from '../make-target.ts';

const model = 'model/demo/serving/llama-70b';

const held = {
  name: 'held requests',
  inputs: [{ name: 'held requests', state: 'value', value: 12, source: 'endpointPicker', ageSeconds: 5 }],
  formula: '12 / 1 per replica',
  result: '12',
};
const cache = {
  name: 'KV cache used',
  inputs: [
    { name: 'pod a', state: 'stale', value: 0.7, source: 'monitoring', ageSeconds: 130 },
    { name: 'pod b', state: 'missing', note: 'the pod did not answer' },
  ],
  formula: 'not proven for every pod',
  result: 'no fewer than now',
};
const prefill = {
  role: 'prefill',
  fromReplicas: 2,
  desiredReplicas: 2,
  action: 'hold',
  why: 'prefill is held at 2: KV cache used: not proven for every pod',
  terms: [cache],
};
const decode = {
  role: 'decode',
  fromReplicas: 4,
  desiredReplicas: 8,
  action: 'up',
  limitedBy: 'ceiling',
  why: 'decode 4 → 8: held requests: 12 / 1 per replica',
  terms: [held, { name: 'ceiling', inputs: [], formula: 'at most 8', result: '8' }],
};
const decisions = [
  {
    automation: 'scale-replicas',
    fromMs: at(600),
    atMs: at(600),
    looks: 1,
    decision: { outcome: 'o2', summary: `${prefill.why}; ${decode.why}`, roles: [prefill, decode] },
  },
  {
    automation: 'scale-replicas',
    fromMs: at(0),
    atMs: at(585),
    looks: 40,
    decision: { outcome: 'o1', summary: 'decode stays at 4', roles: [] },
  },
];

async function explain(args: readonly string[], answer: Answer, query = 'limit=3', target = model) {
  const io = makeIo({ status: { [`GET /targets/${target}/decisions?${query}`]: [answer] } });
  const exitCode = await run(['explain', target, ...args], io);
  return { exitCode, ...io.printed };
}

describe('explain', () => {
  it('says what went otherwise than planned', async () => {
    const remarks = ['which pods of decode go could not be chosen: annotating pod: HTTP 403'];
    const items = decisions.map((one) => ({ ...one, decision: { ...one.decision, remarks } }));

    const { out } = await explain([], { body: { target: model, items } });

    expect(out).toContain(`\n  ${remarks[0]}\n`);
  });

  it('prints the last decisions with every term, and where and how old every number was', async () => {
    const { exitCode, out, err } = await explain([], { body: { target: model, items: decisions } });

    expect({ exitCode, err }).toEqual({ exitCode: exitCodes.ok, err: '' });
    expect(out).toBe(`\
model/demo/serving/llama-70b  context local

2026-08-10 12:10:00Z  prefill is held at 2: KV cache used: not proven for every pod; decode 4 → 8: held requests: 12 / 1 per replica
  scale-replicas, one look
  prefill  2 → 2  hold
    why    prefill is held at 2: KV cache used: not proven for every pod
    terms  KV cache used: pod a 0.7 stale (monitoring, 130 s old), pod b missing (the pod did not answer) → not proven for every pod → no fewer than now
  decode  4 → 8  up
    why         decode 4 → 8: held requests: 12 / 1 per replica
    limited by  maximum (ceiling)
    terms       held requests: 12 (endpointPicker, 5 s old) → 12 / 1 per replica → 12
                maximum: at most 8 → 8

2026-08-10 12:00:00Z  decode stays at 4
  scale-replicas, 40 looks, the last 2026-08-10 12:09:45Z
`);
  });

  it('prints the terms of a decision that is about no roles', async () => {
    const term = { name: 'nodes', inputs: [{ name: 'pods', state: 'value', value: 6 }], formula: '6 / 1', result: '6' };
    const decision = { outcome: 'o', summary: 'h200 4 → 6 nodes', terms: [term] };
    const item = { ...decisions[0], automation: 'scale-node-pool', decision };
    const target = 'pool/demo/h200';

    const { out } = await explain(['-n', '1'], { body: { target, items: [item] } }, 'limit=1', target);

    expect(out).toBe(`\
pool/demo/h200  context local

2026-08-10 12:10:00Z  h200 4 → 6 nodes
  scale-node-pool, one look
  nodes: pods 6 → 6 / 1 → 6
`);
  });

  it('says when there is no decision, and names what could not be read', async () => {
    const unreadable = [{ collection: 'progress', id: 'x', reason: 'fence: is no number' }];

    const { out, err } = await explain([], { body: { target: model, items: [], unreadable } });

    expect(out).toContain('\nno decision is kept of it: nothing about it is sized, or nobody has looked yet\n');
    expect(err).toBe('warning: the record progress/x of the ledger is unreadable: fence: is no number\n');
  });

  it('answers programs with what status said', async () => {
    const { out } = await explain(['-o', 'json'], { body: { target: model, items: decisions } });

    expect(JSON.parse(out)).toEqual({ target: model, items: decisions });
  });

  it.each([
    { name: 'an unknown target', args: [], answer: { status: 404, body: {} }, exitCode: exitCodes.notAsWanted },
    { name: 'another answer', args: [], answer: { body: { hello: 1 } }, exitCode: exitCodes.unreachable },
    { name: 'a refusal', args: [], answer: { status: 405, body: {} }, exitCode: exitCodes.unreachable },
    { name: 'a count that is none', args: ['-n', '0'], answer: { body: {} }, exitCode: exitCodes.invalid },
  ])('ends with its code for $name', async ({ args, answer, exitCode }) => {
    expect((await explain(args, answer)).exitCode).toBe(exitCode);
  });

  it('needs a target', async () => {
    const io = makeIo();

    expect(await run(['explain'], io)).toBe(exitCodes.invalid);
    expect(io.printed.err).toBe('inferctl: TARGET is missing, e.g. model/demo/serving/llama-70b\n');
  });
});
