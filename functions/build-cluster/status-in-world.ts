/** What the world says of one step, before prerequisites and retries are considered. Pure. */
import type { Subject } from '#shared/automation.ts';
import { differences, pick, textAt } from '#shared/domain/compare.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import type { OperationReading } from '#shared/domain/operation.ts';
import { isOurs } from '#shared/domain/ownership.ts';
import type { StepMemory, StepStatus } from '#shared/domain/step.ts';
import { assertNever, type AutomationError } from '#shared/errors.ts';
import { clusterStatus, poolStatus } from './gke-status.ts';
import { isReady, readinessStatus } from './readiness.ts';
import { differs, failed, flatten, foreign } from './world-failures.ts';
import { type BuildStep, type Observed, objectKey, type WorldStatus } from './steps.ts';
import type { NetworkKind } from '#shared/ports/cloud-networks.ts';

export function statusInWorld(step: BuildStep, observed: Observed, subject: Subject): WorldStatus {
  const memory = subject.memory[step.id];
  const evidence: Evidence = { step, observed, memory, nowMs: subject.nowMs };
  switch (step.kind) {
    case 'preflight':
      return preflightStatus(observed, memory);
    case 'network':
      return whileCreated(evidence) ?? orOperation(networkStatus(step, observed), evidence);
    case 'existing':
      return existingStatus(step, observed);
    case 'cluster':
      return orOperation(clusterStatus(step, observed), evidence);
    case 'pool':
      return orOperation(poolStatus(step, observed), evidence);
    case 'objects':
      return objectsStatus(step, observed);
    case 'readiness':
      return readinessStatus(step, observed);
    default:
      return assertNever(step, 'statusInWorld');
  }
}

/** The checks are made while something is left to create; afterwards the world itself is the proof that they passed. */
function preflightStatus(observed: Observed, memory: StepMemory | undefined): WorldStatus {
  if (observed.preflight === undefined) {
    const passed = observed.cluster !== undefined || memory?.state === 'done';
    return passed
      ? { state: 'done' }
      : { state: 'waiting', cause: 'others', reason: 'the checks have not been made yet' };
  }
  if (observed.preflight.problems.length === 0) return { state: 'done' };
  return failed({ kind: 'permanent', message: observed.preflight.problems.join('\n') });
}

/** The creation-time fields that must be as wanted for a resource to be adopted; the rest is the server's or the owner's. */
const comparedPaths: Readonly<Record<NetworkKind, readonly string[]>> = {
  networks: ['autoCreateSubnetworks', 'networkProfile', 'mtu'],
  subnetworks: ['network', 'ipCidrRange', 'purpose', 'role', 'secondaryIpRanges', 'privateIpGoogleAccess'],
  firewalls: ['network', 'direction', 'sourceRanges', 'allowed'],
  routers: ['network', 'nats'],
};

function networkStatus(step: Extract<BuildStep, { kind: 'network' }>, observed: Observed): WorldStatus {
  const found = observed.network[step.resource].find((body) => body['name'] === step.name);
  if (found === undefined) return { state: 'absent' };
  if (!isOurs(found, observed.target)) return failed(foreign(step.title));
  const different = differences(
    pick(step.body, comparedPaths[step.resource]),
    flatten(found, comparedPaths[step.resource]),
  );
  return different.length === 0 ? { state: 'done' } : failed(differs(step.title, different));
}

function existingStatus(step: Extract<BuildStep, { kind: 'existing' }>, observed: Observed): WorldStatus {
  if (observed.network[step.resource].some((body) => body['name'] === step.name)) return { state: 'done' };
  const message = `${step.title} does not exist: create it, or let spec.networking.primary be {create: true}`;
  return failed({ kind: 'permanent', message });
}

interface Evidence {
  readonly step: BuildStep;
  readonly observed: Observed;
  readonly memory: StepMemory | undefined;
  readonly nowMs: number;
}

/**
 * A network resource is listed as soon as its creation has begun and cannot be used before it has ended, so our own operation
 * is asked first. Where it is not known (we stopped between call and record), users of the resource are told that it is not ready.
 */
function whileCreated({ step, observed, memory }: Evidence): StepStatus | undefined {
  const operation = memory?.operation;
  if (operation === undefined || observed.operations.get(step.id)?.state !== 'running') return undefined;
  return { state: 'running', reason: `operation ${operation} runs`, operation };
}

/** A resource that is not there (yet): what our own operation says of it. */
function orOperation(world: WorldStatus, evidence: Evidence): WorldStatus {
  const { step, observed, memory } = evidence;
  if (world.state !== 'absent' || memory === undefined) return world;
  if (memory.state === 'done') return vanished(`${step.title} was there and has vanished`);
  const reading = observed.operations.get(step.id);
  if (memory.operation === undefined || reading === undefined) return world;
  return whileAbsent(reading, memory.operation, evidence);
}

function whileAbsent(reading: OperationReading, operation: string, evidence: Evidence): StepStatus {
  const { title } = evidence.step;
  switch (reading.state) {
    case 'running':
      return { state: 'running', reason: `operation ${operation} runs`, operation };
    case 'failed': {
      const { kind, message, facts } = reading.error;
      const failure = { kind, message, ...(facts.code !== undefined && { code: facts.code }) };
      return { state: 'failed', failure, fresh: true };
    }
    case 'succeeded':
      return vanished(`operation ${operation} succeeded, but ${title} is not there`);
    case 'gone':
      return vanished(`${title} is not there, and nobody knows its operation any more: ${reading.reason}`);
    case 'unreadable':
      return whileUnreadable(reading.error, operation, evidence);
    default:
      return assertNever(reading, 'whileAbsent');
  }
}

/**
 * How long an operation that cannot be read is waited for, ms, from the first call of its step on. Our own choice: longer than most
 * outages of one method, and nothing is lost by ending it too early, since creating again has no second effect.
 */
const UNREADABLE_FOR_MS = 5 * 60_000;

/** Neither done nor failed (D4). A missing permission waits for whoever can grant it; anything else passes, or is given up. */
function whileUnreadable(error: AutomationError, operation: string, { step, memory, nowMs }: Evidence): StepStatus {
  const reason = `its operation cannot be read: ${error.message}`;
  if (error.kind === 'auth') return failed({ kind: 'auth', message: reason });
  const startedAtMs = memory?.startedAtMs ?? nowMs;
  if (nowMs - startedAtMs < UNREADABLE_FOR_MS) return { state: 'running', reason, operation };
  const forHowLong = `for ${UNREADABLE_FOR_MS / 60_000} minutes`;
  return vanished(`${step.title} is not there, and its operation could not be read ${forHowLong}: ${error.message}`);
}

/** Learnt in this look, so the attempt is over and the retry rule brings the next one. */
function vanished(message: string): StepStatus {
  return { state: 'failed', failure: { kind: 'gone', message }, fresh: true };
}

function objectsStatus(step: Extract<BuildStep, { kind: 'objects' }>, observed: Observed): WorldStatus {
  const { objects } = observed;
  if (objects === undefined) return { state: 'absent' };
  const found = step.objects.map((wanted) => ({ wanted, found: objects.get(objectKey(wanted)) }));
  const notOurs = found.find((pair) => pair.found !== undefined && !isOurs(pair.found, observed.target));
  if (notOurs !== undefined) return failed(foreign(`object ${describeObject(notOurs.wanted)}`));
  const open = found.filter((pair) => pair.found === undefined || differences(pair.wanted, pair.found).length > 0);
  if (open.length > 0) return { state: 'absent' };
  const notReady = found.filter(
    (pair) => awaitsReady(pair.wanted) && !(pair.found !== undefined && isReady(pair.found)),
  );
  const [first] = notReady;
  if (first === undefined) return { state: 'done' };
  return { state: 'running', reason: `${notReady.length} not Ready yet, ${describeObject(first.wanted)} first` };
}

/** GKE's controllers accept node networks by a Ready condition; a pool created before has none of them (NVIDIA/aicr #2338). */
function awaitsReady(object: JsonObject): boolean {
  return (textAt(object, 'apiVersion') ?? '').startsWith('networking.gke.io/');
}

function describeObject(object: JsonObject): string {
  return `${textAt(object, 'kind') ?? 'object'} ${textAt(object, 'metadata.name') ?? '(unnamed)'}`;
}
