/** The commands that stop things or set them by hand: override, pause, resume. */
import { describe, expect, it } from 'vitest';
import { exitCodes } from '../../../../functions/cli/exit.ts';
import { run } from '../../../../functions/cli/run.ts';
import { makeOverride, makePause } from '../../../support/make-command.ts';
import { connectionRefused, makeIo, type Outside } from '../make-io.ts';

const model = 'model/demo/serving/llama-70b';
const message = { messageId: '17', receivedAtMs: 1, actor: 'topic:x', target: model };
const settling = (outcome: object) => ({
  status: {
    'GET /messages?id=17': [
      { body: { items: [] } },
      { body: { items: [{ ...message, phase: 'accepted' }] } },
      { body: { items: [{ ...message, ...outcome }] } },
    ],
  },
});

async function runWith(args: readonly string[], outside: Outside = settling({ phase: 'done' })) {
  const io = makeIo(outside);
  const exitCode = await run(args, io);
  return { io, exitCode, ...io.printed };
}

describe('a command that is accepted', () => {
  it.each([
    {
      args: ['override', model, 'decode=6', '--for', '2h'],
      sent: makeOverride(),
      out: `\
Context local: project demo, status at http://status.example/status
Published Override of ${model} to inference-fleet-requests as message 17
Done: ${model} holds decode at 6 for 2h00m00s, then its load decides again
Next: inferctl explain ${model}
`,
    },
    {
      args: ['override', model, 'decode=6', 'prefill=2', '--for', '90m'],
      sent: makeOverride({ sizes: { decode: 6, prefill: 2 }, forSeconds: 5_400 }),
      out: `\
Context local: project demo, status at http://status.example/status
Published Override of ${model} to inference-fleet-requests as message 17
Done: ${model} holds prefill at 2 and decode at 6 for 1h30m00s, then its load decides again
Next: inferctl explain ${model}
`,
    },
    {
      args: ['pause', model, '--reason', 'load test until noon'],
      sent: makePause({ target: model, reason: 'load test until noon' }),
      out: `\
Context local: project demo, status at http://status.example/status
Published Pause of ${model} to inference-fleet-requests as message 17
Done: ${model} is paused; looks go on and change nothing
Next: inferctl resume ${model}
`,
    },
    {
      args: ['pause', '--all'],
      sent: makePause({ all: true }),
      out: `\
Context local: project demo, status at http://status.example/status
Published Pause of all to inference-fleet-requests as message 17
Done: everything is paused; looks go on and change nothing
Next: inferctl resume --all
`,
    },
    {
      args: ['resume', 'cluster/demo'],
      sent: makePause({ target: 'cluster/demo' }, 'Resume'),
      out: `\
Context local: project demo, status at http://status.example/status
Published Resume of cluster/demo to inference-fleet-requests as message 17
Done: cluster/demo goes on unless everything is paused
Next: inferctl get cluster/demo -w
`,
    },
    {
      args: ['resume', '--all'],
      sent: makePause({ all: true }, 'Resume'),
      out: `\
Context local: project demo, status at http://status.example/status
Published Resume of all to inference-fleet-requests as message 17
Done: everything goes on but what is paused by itself
Next: inferctl get
`,
    },
  ])('says so, with its context, when it is settled: $args', async ({ args, sent, out }) => {
    const result = await runWith(args);

    expect(result).toMatchObject({ exitCode: exitCodes.ok, out, err: '' });
    expect(result.io.published.map(({ text }) => JSON.parse(text))).toEqual([sent]);
  });

  it('answers programs once, with what became of it', async () => {
    const { out, exitCode } = await runWith(['pause', '--all', '-o', 'json']);

    expect(exitCode).toBe(exitCodes.ok);
    expect(JSON.parse(out)).toEqual({
      context: 'local',
      project: 'demo',
      topic: 'inference-fleet-requests',
      target: 'all',
      messageId: '17',
      phase: 'done',
    });
  });
});

describe('a pause of what nobody looks at any more', () => {
  const overdue = {
    kind: 'ModelService',
    target: model,
    sequence: 1,
    acceptedAtMs: 1,
    actor: 'topic:x',
    automations: [
      {
        automation: 'scale-replicas',
        phase: 'ready',
        reason: 'r',
        next: 'n',
        working: false,
        nextCheckAtMs: Date.UTC(2026, 7, 10, 12),
        overdueSeconds: 126_000,
      },
    ],
  };
  const late = `${model} is overdue since 2026-08-10 12:00:00Z, by 1d11h: nobody has looked; check the timers queue, push subscriptions and function logs`;

  it.each([
    { args: ['pause', model], done: `Done: ${model} is paused\n${late}\nNext: ` },
    { args: ['pause', '--all'], done: `Done: everything is paused\n${late}\nNext: ` },
    { args: ['pause', 'cluster/demo'], done: 'Done: cluster/demo is paused; looks go on and change nothing\n' },
  ])('does not say that looks go on: $args', async ({ args, done }) => {
    const { status } = settling({ phase: 'done' });

    const { out } = await runWith(args, { status: { ...status, 'GET /targets': [{ body: { items: [overdue] } }] } });

    expect(out).toContain(done);
  });
});

describe('a command while the status API does not answer', () => {
  it('says once and at once that it is tried on', async () => {
    const done = settling({ phase: 'done' }).status['GET /messages?id=17'];
    const status = { 'GET /messages?id=17': [connectionRefused(), connectionRefused(), ...done] };

    const { exitCode, err } = await runWith(['pause', '--all'], { status });

    expect(exitCode).toBe(exitCodes.ok);
    expect(err).toMatch(/^not reached yet, trying for 60 s: GET .* no answer \(ECONNREFUSED\)[^\n]*\n$/);
  });
});

describe('a command that is not accepted', () => {
  const refused = settling({ phase: 'refused', reason: 'decode=9 is outside of 1 to 8' });

  it('ends with 1 and the reason', async () => {
    const { exitCode, err, out } = await runWith(['override', model, 'decode=9', '--for', '2h'], refused);

    expect(exitCode).toBe(exitCodes.notAsWanted);
    expect(err).toBe('inferctl: Override was refused: decode=9 is outside of 1 to 8\n');
    expect(out).not.toContain('Done');
  });

  it('ends with 1 for programs too, which get the reason as a field', async () => {
    const { exitCode, out } = await runWith(['pause', '--all', '-o', 'json'], refused);

    expect(exitCode).toBe(exitCodes.notAsWanted);
    expect(JSON.parse(out)).toMatchObject({ phase: 'refused', reason: 'decode=9 is outside of 1 to 8' });
  });

  it('within a minute may still be: it says where to look', async () => {
    const { exitCode, err } = await runWith(['pause', '--all'], {
      status: { 'GET /messages?id=17': [{ body: { items: [] } }] },
    });

    expect(exitCode).toBe(exitCodes.notAsWanted);
    expect(err).toBe('inferctl: message 17 is not accepted after 60 s; it may still be: see inferctl get messages\n');
  });

  it('because nobody answers ends with 3, after patience', async () => {
    const { exitCode } = await runWith(['pause', '--all'], {
      status: { 'GET /messages?id=17': [connectionRefused()] },
    });

    expect(exitCode).toBe(exitCodes.unreachable);
  });

  it('because Pub/Sub does not take it ends with 3', async () => {
    const { exitCode, err } = await runWith(['pause', '--all'], { publish: () => new Error('5 NOT_FOUND: topic') });

    expect(exitCode).toBe(exitCodes.unreachable);
    expect(err).toBe('inferctl: publishing to inference-fleet-requests of project demo: 5 NOT_FOUND: topic\n');
  });
});

describe('a command line that makes no command', () => {
  it.each([
    { args: ['override'], err: 'TARGET is missing, e.g. model/demo/serving/llama-70b' },
    { args: ['override', model, 'decode=6'], err: '--for is missing: --for 2h' },
    { args: ['override', model, '--for', '2h'], err: 'ROLE=REPLICAS is missing, e.g. decode=6' },
    { args: ['override', model, 'decode', '--for', '2h'], err: "'decode': must be ROLE=REPLICAS, e.g. decode=6" },
    { args: ['override', model, 'decode=-1', '--for', '2h'], err: "'decode=-1': must be ROLE=REPLICAS" },
    { args: ['override', model, 'decode=1', 'decode=2', '--for', '2h'], err: 'decode is given twice' },
    { args: ['override', model, 'decode=6', '--for', '2'], err: '--for 2: must be a duration, e.g. 2h, 1h30m or 45m' },
    { args: ['override', model, 'decode=6', '--for', '8d'], err: 'inferctl: --for 8d: must be at most 7d\n' },
    { args: ['override', model, 'decode=6', '--for', '59s'], err: 'inferctl: --for 59s: must be at least 1m\n' },
    {
      args: ['override', model, 'router=2', '--for', '2h'],
      err: "inferctl: 'router=2': ROLE must be one of aggregated, prefill, decode\n",
    },
    {
      args: ['override', 'cluster/demo', 'decode=6', '--for', '2h'],
      err: 'spec.target = "cluster/demo": must be model/',
    },
    { args: ['override', model, 'decoder=6', '--for', '2h'], err: 'prefill, decode; did you mean decode?\n' },
    { args: ['pause'], err: 'TARGET is missing, e.g. cluster/demo; or use --all' },
    { args: ['pause', model, '--all'], err: 'TARGET and --all: use one of them' },
    { args: ['resume', 'demo'], err: 'spec.target = "demo": must be model/' },
  ])('publishes nothing: $args', async ({ args, err }) => {
    const result = await runWith(args);

    expect(result.exitCode).toBe(exitCodes.invalid);
    expect(result.err).toContain(err);
    expect(result.io.published).toEqual([]);
  });
});
