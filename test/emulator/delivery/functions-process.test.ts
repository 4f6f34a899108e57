import { spawn } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FunctionRequest, FunctionsProcess } from '../../../emulator/delivery/functions-process.ts';
import { NoAnswerInTimeError } from '../../../emulator/delivery/http-client.ts';
import type { OutputLine } from '../../../emulator/delivery/instance.ts';
import { WorldClock } from '../../../emulator/world/clock.ts';
import { HandTime } from './hand-time.ts';
import { listenForNotifications, type Notifications } from './notifications.ts';

const entry = new URL('child.ts', import.meta.url).pathname;

let clock: WorldClock;
let lines: OutputLine[];
let notifications: Notifications;
let functions: FunctionsProcess;
let time: HandTime;

beforeEach(async () => {
  clock = new WorldClock({ startMs: 0, speed: 'max' });
  lines = [];
  time = new HandTime();
  notifications = await listenForNotifications();
  functions = makeFunctions();
});
afterEach(async () => {
  await functions.stop();
  notifications.close();
});

function makeFunctions(env: Record<string, string> = {}): FunctionsProcess {
  return new FunctionsProcess({
    entry,
    env: { NOTIFY_PORT: String(notifications.port), ...env },
    clock,
    onLine: (line) => lines.push(line),
    real: time,
  });
}

const get = (path: string): FunctionRequest => ({ method: 'GET', path, headers: {}, body: Buffer.alloc(0) });

describe('the functions process', () => {
  it('queues requests while it starts, with the clock held, and answers them', async () => {
    const started = functions.start();
    const reply = functions.send({
      method: 'POST',
      path: '/intake/x?a=1',
      headers: { 'x-one': '1' },
      body: Buffer.from('hi'),
    });
    const whileStarting = { holds: clock.holds, inFlight: functions.inFlight };
    await started;
    const { status, headers, body } = await reply;

    // One hold for the start, one for the waiting request; nothing has reached the process yet.
    expect(whileStarting).toEqual({ holds: 2, inFlight: 0 });
    expect(status).toBe(200);
    expect(headers['x-pid']).toBe(String(functions.pid));
    expect(JSON.parse(body.toString())).toMatchObject({
      method: 'POST',
      url: '/intake/x?a=1',
      headers: { 'x-one': '1' },
      body: 'hi',
    });
    expect({ holds: clock.holds, inFlight: functions.inFlight }).toEqual({ holds: 0, inFlight: 0 });
  });

  it('gives the process exactly the environment it was told, and a port', async () => {
    functions = makeFunctions({ COLOUR: 'green' });
    await functions.start();

    const { env } = JSON.parse((await functions.send(get('/env'))).body.toString());

    expect(Object.keys(env).sort()).toEqual(['COLOUR', 'NOTIFY_PORT', 'PORT']);
  });

  it('passes on what the process writes', async () => {
    await functions.start();
    await functions.send(get('/x'));
    await functions.stop();

    expect(lines).toEqual(
      expect.arrayContaining([
        { stream: 'stdout', text: 'listening' },
        { stream: 'stderr', text: 'a warning' },
      ]),
    );
  });

  it('breaks a request in flight when it is killed, and serves the next one from a new process', async () => {
    await functions.start();
    const firstPid = functions.pid;
    const hanging = functions.send(get('/hang'));
    await notifications.heard('GET /hang');
    const inFlight = functions.inFlight;

    const killed = functions.kill();
    const holdsAfterKill = clock.holds;
    await expect(hanging).rejects.toThrow(/ECONNRESET|socket hang up/);
    const next = await functions.send(get('/x'));

    expect({ inFlight, killed, holdsAfterKill }).toEqual({ inFlight: 1, killed: true, holdsAfterKill: 2 });
    expect(next.status).toBe(200);
    expect(functions.pid).not.toBe(firstPid);
    expect(functions.restarts).toBe(1);
    expect(clock.holds).toBe(0);
  });

  it('starts again after a crash, and holds the clock from the crash on', async () => {
    await functions.start();

    const holdsWhenBroken = await functions.send(get('/crash')).then(
      () => -1,
      () => clock.holds,
    );
    const next = await functions.send(get('/x'));

    expect(holdsWhenBroken).toBe(1);
    expect(next.status).toBe(200);
    expect(functions.restarts).toBe(1);
  });

  it('starts again when it is killed while it starts', async () => {
    const started = functions.start();
    functions.kill();
    await started;

    expect((await functions.send(get('/x'))).status).toBe(200);
    expect(functions.restarts).toBe(1);
  });

  it('reports a process that cannot start, and tries again with the next request only', async () => {
    functions = makeFunctions({ START: 'fail' });

    await expect(functions.start()).rejects.toThrow('it ended with code 7 before it listened');
    const idleHolds = clock.holds;
    await expect(functions.send(get('/x'))).rejects.toThrow('it ended with code 7');

    expect(idleHolds).toBe(0);
    expect(clock.holds).toBe(0);
    expect(functions.restarts).toBe(0);
  });

  it('gives a request up when its time is over, lets the clock go, and says so', async () => {
    await functions.start();
    const pid = functions.pid;
    const hanging = functions.send(get('/hang?once'));
    await notifications.heard('GET /hang?once');

    const deadlines = time.pending;
    time.pass();

    await expect(hanging).rejects.toThrow(NoAnswerInTimeError);
    expect(deadlines).toEqual([600_000]);
    expect({ holds: clock.holds, inFlight: functions.inFlight }).toEqual({ holds: 0, inFlight: 0 });
    expect(lines).toContainEqual({
      stream: 'stderr',
      text: 'GET /hang?once: no answer within 600 s; given up, while the functions may go on with it',
    });
    // As on Cloud Run the instance lives on, and serves others.
    expect((await functions.send(get('/x'))).headers['x-pid']).toBe(String(pid));
    expect(time.pending).toEqual([]);
  });

  it('ends a process that does not come to listen, lets the clock go, and says so', async () => {
    functions = makeFunctions({ START: 'hang' });
    const started = functions.start();
    const waiting = functions.send(get('/x'));
    await notifications.heard('starting');

    const before = { holds: clock.holds, deadlines: time.pending };
    time.pass();

    const message = /child.ts: it did not listen on its port within 240 s, and was ended/;
    await expect(started).rejects.toThrow(message);
    await expect(waiting).rejects.toThrow(message);
    await notifications.gone(1);
    expect(before).toEqual({ holds: 2, deadlines: [240_000] });
    expect({ holds: clock.holds, restarts: functions.restarts }).toEqual({ holds: 0, restarts: 0 });
    expect(lines).toContainEqual({ stream: 'stderr', text: expect.stringMatching(message) });
  });

  it('refuses requests when it is stopped', async () => {
    await functions.start();
    await functions.stop();
    await notifications.gone(1);

    await expect(functions.send(get('/x'))).rejects.toThrow('they are stopped');
    expect(functions.kill()).toBe(false);
    expect(clock.holds).toBe(0);
  });
});

describe('when the local cloud ends', () => {
  const parent = new URL('parent.ts', import.meta.url).pathname;

  it.each([
    { way: 'SIGKILL', end: 'SIGKILL' as const },
    { way: 'Ctrl-C', end: 'SIGINT' as const },
    { way: 'an uncaught error', end: undefined },
  ])('by $way, the functions process ends too', async ({ end }) => {
    const env = { NOTIFY_PORT: String(notifications.port), ...(end === undefined && { END: 'throw' }) };
    const localCloud = spawn(process.execPath, [parent], { env, stdio: ['ignore', 'pipe', 'ignore'] });
    if (end !== undefined) {
      await new Promise((resolve) => localCloud.stdout.once('data', resolve));
      localCloud.kill(end);
    }

    await expect(notifications.gone(1)).resolves.toBeUndefined();
  });
});
