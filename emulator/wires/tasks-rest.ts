/**
 * Cloud Tasks as HTTP/JSON: `/v2/projects/P/locations/L/queues[/Q[:pause|:resume|/tasks[/T]]]`. Other calls below that path are
 * UNIMPLEMENTED.
 */
import { mapOf, textOf } from '../delivery/json-fields.ts';
import { notServed, unknownField, unreadableBody } from '../tasks/rejections.ts';
import type { TasksWorld } from '../tasks/tasks-world.ts';
import type { JsonMap } from '../world/json.ts';
import { reject } from '../world/rejection.ts';
import type { HttpReply, HttpRequest, HttpService } from './http.ts';
import { toPage } from './paging.ts';

const PATH = /^\/v2\/(projects\/[^/]+\/locations\/[^/]+\/queues)(?:\/([^/:]+))?(\/tasks)?(?:\/([^/:]+))?(?::(\w+))?$/;

/** Everything that the service would have and the local cloud does not, by method id of the discovery document. */
export const unservedTasksMethods: readonly string[] = [
  'projects.locations.get',
  'projects.locations.list',
  'projects.locations.getCmekConfig',
  'projects.locations.updateCmekConfig',
  'projects.locations.queues.delete',
  'projects.locations.queues.getIamPolicy',
  'projects.locations.queues.patch',
  'projects.locations.queues.purge',
  'projects.locations.queues.setIamPolicy',
  'projects.locations.queues.testIamPermissions',
  'projects.locations.queues.tasks.buffer',
  'projects.locations.queues.tasks.run',
];

/** Fields of the messages that a body may hold, by path (API reference, v2). */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  queue: [
    'name',
    'appEngineRoutingOverride',
    'rateLimits',
    'retryConfig',
    'state',
    'purgeTime',
    'stackdriverLoggingConfig',
    'httpTarget',
  ],
  'queue.retryConfig': ['maxAttempts', 'maxRetryDuration', 'minBackoff', 'maxBackoff', 'maxDoublings'],
  'queue.rateLimits': ['maxDispatchesPerSecond', 'maxBurstSize', 'maxConcurrentDispatches'],
  createTask: ['task', 'responseView'],
  'createTask.task': [
    'name',
    'appEngineHttpRequest',
    'httpRequest',
    'scheduleTime',
    'createTime',
    'dispatchDeadline',
    'dispatchCount',
    'responseCount',
    'firstAttempt',
    'lastAttempt',
    'view',
  ],
  'createTask.task.httpRequest': ['url', 'httpMethod', 'headers', 'body', 'oauthToken', 'oidcToken'],
  'createTask.task.httpRequest.oidcToken': ['serviceAccountEmail', 'audience'],
};

interface Call {
  readonly request: HttpRequest;
  readonly world: TasksWorld;
  /** `projects/P/locations/L`. */
  readonly location: string;
  /** `projects/P/locations/L/queues/Q`. */
  readonly queue: string;
  /** Full name of the task. */
  readonly task: string;
}

/** By method and shape of the path. */
const ROUTES: Readonly<Record<string, (call: Call) => JsonMap>> = {
  'POST queues': ({ request, world }) => world.createQueue(readBody(request, 'queue')),
  'GET queues': ({ request, world, location }) => toPage('queues', world.listQueues(location), pagingOf(request)),
  'GET queue': ({ world, queue }) => world.getQueue(queue),
  'POST queue:pause': ({ world, queue }) => world.pauseQueue(queue),
  'POST queue:resume': ({ world, queue }) => world.resumeQueue(queue),
  'POST tasks': ({ request, world, queue }) => {
    const body = readBody(request, 'createTask');
    return inView(world.createTask(queue, mapOf(body, 'task') ?? {}), textOf(body, 'responseView'));
  },
  'GET tasks': ({ request, world, queue }) => listTasks(request, world, queue),
  'GET task': ({ request, world, task }) => inView(world.getTask(task), request.query.get('responseView')),
  'DELETE task': ({ world, task }) => {
    world.deleteTask(task);
    return {};
  },
};

/** Answers what lies below `…/queues`; other paths are somebody else's. */
export function tasksService(world: TasksWorld): HttpService {
  return (request): HttpReply | undefined => {
    if (!/^\/v2\/projects\/[^/]+\/locations\/[^/]+\/queues(\/|:|$)/.test(request.path)) return undefined;
    const [, collection = '', queueId, tasks, taskId, verb] = PATH.exec(request.path) ?? [];
    const shape = `${shapeOf(queueId, tasks, taskId)}${verb === undefined ? '' : `:${verb}`}`;
    const route = collection === '' ? undefined : ROUTES[`${request.method} ${shape}`];
    if (route === undefined) reject(notServed, `${request.method} ${request.path}`);
    const location = collection.slice(0, -'/queues'.length);
    const queue = `${collection}/${queueId ?? ''}`;
    return { status: 200, body: route({ request, world, location, queue, task: `${queue}/tasks/${taskId ?? ''}` }) };
  };
}

/** Which kind of resource the path names. */
function shapeOf(queueId?: string, tasks?: string, taskId?: string): string {
  if (queueId === undefined) return 'queues';
  if (tasks === undefined) return taskId === undefined ? 'queue' : 'unknown';
  return taskId === undefined ? 'tasks' : 'task';
}

function listTasks(request: HttpRequest, world: TasksWorld, queue: string): JsonMap {
  const view = request.query.get('responseView');
  const tasks = world.listTasks(queue).map((task) => inView(task, view));
  return toPage('tasks', tasks, pagingOf(request));
}

function pagingOf({ query }: HttpRequest): JsonMap {
  return Object.fromEntries([...query].filter(([name]) => name === 'pageSize' || name === 'pageToken'));
}

/** The basic view, which is the default, leaves the request's body out (API reference, Task.View). */
function inView(task: JsonMap, view: string | null | undefined): JsonMap {
  if (view === 'FULL') return { ...task, view };
  const { body: _, ...httpRequest } = mapOf(task, 'httpRequest') ?? {};
  return { ...task, httpRequest, view: 'BASIC' };
}

function readBody(request: HttpRequest, schema: string): JsonMap {
  const body = parseObject(request.body.toString());
  checkFields(body, schema, '');
  return body;
}

function parseObject(text: string): JsonMap {
  const parsed = parseJson(text);
  // JSON.parse gives nothing but JSON; that it is an object is checked here.
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as JsonMap;
  return reject(unreadableBody, true);
}

/** Where the syntax breaks is lost; the caller learns that it does. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return reject(unreadableBody, false);
  }
}

/** Refuses names that the message does not have; maps with free keys (headers) have no entry in FIELDS. */
function checkFields(map: JsonMap, schema: string, at: string): void {
  const known = FIELDS[schema];
  if (known === undefined) return;
  for (const field of Object.keys(map)) {
    if (!known.includes(field)) reject(unknownField, field, at);
    const inner = mapOf(map, field);
    if (inner) checkFields(inner, `${schema}.${field}`, `${at}${at === '' ? '' : '.'}${toSnakeCase(field)}`);
  }
}

function toSnakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
