/** What the world says of one step, before prerequisites and retries are considered. Pure. */
import { differences, pick, textAt } from '#shared/domain/compare.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import { isOurs } from '#shared/domain/ownership.ts';
import type { StepMemory, StepStatus } from '#shared/domain/step.ts';
import { assertNever } from '#shared/errors.ts';
import { clusterStatus, poolStatus } from './gke-status.ts';
import { isReady, readinessStatus } from './readiness.ts';
import { differs, failed, flatten, foreign } from './world-failures.ts';
import { type BuildStep, type Observed, objectKey, type WorldStatus } from './steps.ts';
import type { NetworkKind } from '#shared/ports/cloud-networks.ts';

export function statusInWorld(step: BuildStep, observed: Observed, memory: StepMemory | undefined): WorldStatus {
  switch (step.kind) {
    case 'preflight':
      return preflightStatus(observed, memory);
    case 'network':
      return (
        whileCreated({ step, observed, memory }) ??
        orOperation(networkStatus(step, observed), { step, observed, memory })
      );
    case 'existing':
      return existingStatus(step, observed);
    case 'cluster':
      return orOperation(clusterStatus(step, observed), { step, observed, memory });
    case 'pool':
      return orOperation(poolStatus(step, observed), { step, observed, memory });
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
function orOperation(world: WorldStatus, { step, observed, memory }: Evidence): WorldStatus {
  if (world.state !== 'absent' || memory === undefined) return world;
  const { operation } = memory;
  if (memory.state === 'done') {
    return {
      state: 'failed',
      failure: { kind: 'gone', message: `${step.title} was there and has vanished` },
      fresh: true,
    };
  }
  if (operation === undefined) return world;
  const reading = observed.operations.get(step.id);
  if (reading === undefined || reading.state === 'unreadable') {
    // Neither done nor failed (D4): the resource decides, and it is not there; creating it again is idempotent.
    return reading === undefined
      ? world
      : { state: 'running', reason: `operation ${operation} cannot be read: ${reading.reason}`, operation };
  }
  if (reading.state === 'running') return { state: 'running', reason: `operation ${operation} runs`, operation };
  if (reading.state === 'failed') {
    const { kind, message, facts } = reading.error;
    return {
      state: 'failed',
      failure: { kind, message, ...(facts.code !== undefined && { code: facts.code }) },
      fresh: true,
    };
  }
  const message = `operation ${operation} succeeded, but ${step.title} is not there`;
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
