import { describe, expect, it } from 'vitest';
import { TasksWorld } from '../../../emulator/tasks/tasks-world.ts';
import type { JsonMap } from '../../../emulator/world/json.ts';
import { type Answer, makeDeliveryWorld, makeHeldAnswer, START_MS } from '../delivery/make-world.ts';

const QUEUE = 'projects/demo/locations/us-central1/queues/timers';
const URL = 'http://127.0.0.1:1/functions/build-cluster';

function makeTasks(answer?: Answer, queue: JsonMap = {}) {
  const world = makeDeliveryWorld(answer);
  const tasks = new TasksWorld(world.base, world.courier);
  tasks.createQueue({ name: QUEUE, ...queue });
  return { ...world, tasks };
}

const inSeconds = (seconds: number) => new Date(START_MS + seconds * 1000).toISOString();
const makeTask = (over: JsonMap = {}): JsonMap => ({ httpRequest: { url: URL }, ...over });

describe('dispatch', () => {
  it('posts the task at its time with the service headers', async () => {
    const { tasks, arrivals, pass } = makeTasks();

    tasks.createTask(QUEUE, {
      name: `${QUEUE}/tasks/check-1`,
      scheduleTime: inSeconds(90),
      httpRequest: {
        url: URL,
        httpMethod: 'POST',
        headers: { 'Content-Type': 'application/json', 'User-Agent': 'mine' },
        body: Buffer.from('{"wake":1}').toString('base64'),
        oidcToken: { serviceAccountEmail: 'timers@demo', audience: 'build-cluster' },
      },
    });
    await pass(3_600_000);

    expect(arrivals).toMatchObject([{ url: URL, afterMs: 90_000, timeoutMs: 600_000 }]);
    expect(arrivals[0]?.body.toString()).toBe('{"wake":1}');
    expect(arrivals[0]?.headers).toEqual({
      'content-type': 'application/json',
      authorization: 'Bearer timers@demo for build-cluster',
      'user-agent': 'Google-Cloud-Tasks',
      'x-cloudtasks-queuename': 'timers',
      'x-cloudtasks-taskname': 'check-1',
      'x-cloudtasks-taskretrycount': '0',
      'x-cloudtasks-taskexecutioncount': '0',
      'x-cloudtasks-tasketa': ((START_MS + 90_000) / 1000).toFixed(6),
    });
  });

  it('counts retries and executions as the service was seen to', async () => {
    const { tasks, arrivals, pass } = makeTasks((_, index) => [503, 404, 200][index] ?? 200);

    tasks.createTask(QUEUE, makeTask());
    await pass(3_600_000);

    const counters = arrivals.map(({ headers }) => [
      headers['x-cloudtasks-taskretrycount'],
      headers['x-cloudtasks-taskexecutioncount'],
      headers['x-cloudtasks-taskpreviousresponse'],
    ]);
    expect(counters).toEqual([
      ['0', '0', undefined],
      ['1', '0', '503'],
      ['2', '1', '404'],
    ]);
    expect(tasks.counts).toEqual({ dispatches: 3, succeeded: 1, failedAttempts: 2, duplicates: 0, exhausted: 0 });
  });

  it('comes a second time within 5 s when that is asked for, and the answer to the second copy changes nothing', async () => {
    const { tasks, arrivals, pass } = makeTasks((_, index) => [200, 503][index] ?? 200);
    tasks.duplicate();

    tasks.createTask(QUEUE, makeTask({ scheduleTime: inSeconds(60) }));
    await pass(3_600_000);

    expect(arrivals).toHaveLength(2);
    expect(arrivals[1]?.afterMs).toBeGreaterThan(60_000);
    expect(arrivals[1]?.afterMs).toBeLessThan(65_000);
    expect(tasks.counts).toEqual({ dispatches: 1, succeeded: 1, failedAttempts: 0, duplicates: 1, exhausted: 0 });
  });

  it('keeps tasks while the queue is paused, and dispatches those that are due when it goes on', async () => {
    const { tasks, arrivals, pass } = makeTasks((_, index) => [500, 200][index] ?? 200);
    tasks.createTask(QUEUE, makeTask({ name: `${QUEUE}/tasks/early` }));
    await pass(0);
    const paused = tasks.pauseQueue(QUEUE);
    tasks.createTask(QUEUE, makeTask({ name: `${QUEUE}/tasks/while-paused`, scheduleTime: inSeconds(60) }));
    tasks.createTask(QUEUE, makeTask({ name: `${QUEUE}/tasks/later`, scheduleTime: inSeconds(7200) }));
    await pass(3_600_000);
    const duringPause = arrivals.length;
    const kept = tasks.listTasks(QUEUE).length;

    const resumed = tasks.resumeQueue(QUEUE);
    await pass(7_200_000);

    expect([paused['state'], resumed['state']]).toEqual(['PAUSED', 'RUNNING']);
    expect({ duringPause, kept }).toEqual({ duringPause: 1, kept: 3 });
    expect(arrivals.slice(1).map(({ headers, afterMs }) => [headers['x-cloudtasks-taskname'], afterMs])).toEqual([
      ['early', 3_600_000],
      ['while-paused', 3_600_000],
      ['later', 7_200_000],
    ]);
    expect(tasks.counts).toMatchObject({ dispatches: 4, succeeded: 3, failedAttempts: 1 });
  });

  it('sends no second copies while the queue is paused', async () => {
    const { tasks, arrivals, pass } = makeTasks();
    tasks.duplicate();
    tasks.createTask(QUEUE, makeTask({ scheduleTime: inSeconds(60) }));

    tasks.pauseQueue(QUEUE);
    await pass(3_600_000);

    expect(arrivals).toEqual([]);
  });

  it('waits between attempts and gives up after the last', async () => {
    const retryConfig = { maxAttempts: 4, minBackoff: '10s', maxBackoff: '300s', maxDoublings: 1 };
    const { tasks, arrivals, pass } = makeTasks(() => 500, { retryConfig });

    tasks.createTask(QUEUE, makeTask());
    await pass(3_600_000);

    expect(arrivals.map(({ afterMs }) => afterMs / 1000)).toEqual([0, 10, 30, 70]);
    expect(tasks.counts).toMatchObject({ exhausted: 1, succeeded: 0 });
    expect(tasks.listTasks(QUEUE)).toEqual([]);
  });

  it('tries again after no answer', async () => {
    const { tasks, arrivals, pass } = makeTasks((_, index) => {
      if (index === 0) throw new Error('socket hang up');
      return 200;
    });

    tasks.createTask(QUEUE, makeTask());
    await pass(3_600_000);

    expect(arrivals[1]?.headers['x-cloudtasks-taskpreviousresponse']).toBeUndefined();
    expect(arrivals).toHaveLength(2);
  });

  it('dispatches a task whose time is past at once', async () => {
    const { tasks, arrivals, pass } = makeTasks();

    tasks.createTask(QUEUE, makeTask({ scheduleTime: inSeconds(-60) }));
    await pass(1000);

    expect(arrivals[0]?.afterMs).toBe(0);
  });

  it('does not dispatch a deleted task', async () => {
    const { tasks, arrivals, pass } = makeTasks();

    tasks.createTask(QUEUE, makeTask({ name: `${QUEUE}/tasks/late`, scheduleTime: inSeconds(90) }));
    tasks.deleteTask(`${QUEUE}/tasks/late`);
    await pass(3_600_000);

    expect(arrivals).toEqual([]);
  });

  it('does not repeat a task that is deleted in flight', async () => {
    const { answer, started, finish } = makeHeldAnswer();
    const { tasks, arrivals, pass } = makeTasks(answer);
    tasks.createTask(QUEUE, makeTask({ name: `${QUEUE}/tasks/late` }));
    const passed = pass(3_600_000);

    await started;
    tasks.deleteTask(`${QUEUE}/tasks/late`);
    finish(500);
    await passed;

    expect(arrivals).toHaveLength(1);
  });
});

describe('names', () => {
  const named = makeTask({ name: `${QUEUE}/tasks/check-1` });

  it('refuses a name while its task waits, and for an hour after it ran', async () => {
    const { tasks, arrivals, pass } = makeTasks();
    tasks.createTask(QUEUE, named);

    expect(() => tasks.createTask(QUEUE, named)).toThrow('Requested entity already exists');
    await pass(1000);
    expect(() => tasks.createTask(QUEUE, named)).toThrow(/existed too recently/);
    await pass(3_598_999);
    expect(() => tasks.createTask(QUEUE, named)).toThrow(/existed too recently/);
    await pass(1);
    tasks.createTask(QUEUE, named);
    await pass(1000);

    expect(arrivals).toHaveLength(2);
  });

  it('gives unnamed tasks names of their own', () => {
    const { tasks } = makeTasks();

    const names = [tasks.createTask(QUEUE, makeTask()), tasks.createTask(QUEUE, makeTask())].map(({ name }) => name);

    expect(new Set(names).size).toBe(2);
    expect(tasks.listTasks(QUEUE).map(({ name }) => name)).toEqual(names);
  });

  it('tells a task that ran from one that never was', async () => {
    const { tasks, pass } = makeTasks();
    tasks.createTask(QUEUE, named);
    await pass(1000);

    expect(() => tasks.getTask(`${QUEUE}/tasks/check-1`)).toThrow(/no longer exists/);
    expect(() => tasks.getTask(`${QUEUE}/tasks/never`)).toThrow('Requested entity was not found.');
  });
});

describe('refusals', () => {
  it.each<{ name: string; task: JsonMap; id: string }>([
    { name: 'no URL', task: {}, id: 'tasks.urlRequired' },
    { name: 'a URL without scheme', task: { httpRequest: { url: 'host/x' } }, id: 'tasks.urlScheme' },
    { name: 'GET', task: { httpRequest: { url: URL, httpMethod: 'GET' } }, id: 'tasks.notServed' },
    { name: 'App Engine', task: { appEngineHttpRequest: {} }, id: 'tasks.notServed' },
    {
      name: 'a time after 30 days',
      task: makeTask({ scheduleTime: inSeconds(30 * 86_400 + 1) }),
      id: 'tasks.scheduledTooFar',
    },
    { name: 'a time that is none', task: makeTask({ scheduleTime: 'soon' }), id: 'tasks.invalidScheduleTime' },
    {
      name: 'a time without offset',
      task: makeTask({ scheduleTime: inSeconds(60).replace('Z', '') }),
      id: 'tasks.invalidScheduleTime',
    },
    { name: 'a deadline of 14 s', task: makeTask({ dispatchDeadline: '14s' }), id: 'tasks.invalidDispatchDeadline' },
    {
      name: 'a deadline of 31 min',
      task: makeTask({ dispatchDeadline: '1860s' }),
      id: 'tasks.invalidDispatchDeadline',
    },
    { name: 'a bad id', task: makeTask({ name: `${QUEUE}/tasks/a b` }), id: 'tasks.invalidTaskId' },
    { name: 'another queue in the name', task: makeTask({ name: `${QUEUE}-b/tasks/a` }), id: 'tasks.queueMismatch' },
    {
      name: 'more than 100 KB',
      task: { httpRequest: { url: URL, body: Buffer.alloc(100 * 1024).toString('base64') } },
      id: 'tasks.taskTooLarge',
    },
  ])('refuses a task with $name', ({ task, id }) => {
    const { tasks } = makeTasks();

    expect(() => tasks.createTask(QUEUE, task)).toThrow(expect.objectContaining({ id }));

    expect(tasks.listTasks(QUEUE)).toEqual([]);
  });

  it.each([
    { name: QUEUE, id: 'tasks.queueExists' },
    { name: 'projects/demo/queues/a', id: 'tasks.invalidQueueName' },
    { name: 'projects/demo/locations/us-central1/queues/a_b', id: 'tasks.invalidQueueName' },
    { name: 'projects/other/locations/us-central1/queues/a', id: 'tasks.projectDenied' },
  ])('refuses the queue $name', ({ name, id }) => {
    const { tasks } = makeTasks();

    expect(() => tasks.createQueue({ name })).toThrow(expect.objectContaining({ id }));
  });

  it('refuses a task for a queue that is not there', () => {
    const { tasks } = makeTasks();

    expect(() => tasks.createTask(`${QUEUE}-b`, makeTask())).toThrow(/^Queue does not exist\./);
  });
});
