/**
 * A ModelService document taken apart: each part by itself, so that the rules can judge what is well formed while something else is not.
 * A part that was left out has its default here or is absent; a part of wrong form is undefined, and rules that need it stay silent.
 */
import type { Json } from '../../domain/json.ts';
import type { RoleName, RoleSize, ServingPoolSize, SignalOrigin, Workload } from '../../domain/model-service.ts';
import { modelServiceDefaults as defaults } from '../../domain/model-service-defaults.ts';
import { asJson } from '../as-json.ts';
import { member, read } from '../read-part.ts';
import { MAX_ROLES, role } from './role-schema.ts';
import { MAX_NODE_POOLS, nodePool, signals } from './schema.ts';

export interface ModelServiceParts {
  /** Written at all, in whatever form. */
  readonly hasEndpointPicker: boolean;
  readonly roles: readonly RoleParts[];
  readonly nodePools: readonly NodePoolParts[];
  readonly sources: readonly SignalOrigin[] | undefined;
}

export interface RoleParts {
  /** `spec.roles[0]`. */
  readonly field: string;
  readonly role: RoleName | undefined;
  readonly workload: Workload | undefined;
  readonly gpusPerReplica: number | undefined;
  readonly podsPerReplica: number | undefined;
  readonly nodePool: string | undefined;
  readonly size: RoleSize | undefined;
  /** As it was written, in whatever form: rules ask whether it is there. */
  readonly writtenPeak: Json | undefined;
}

export interface NodePoolParts {
  /** `spec.nodePools[0]`. */
  readonly field: string;
  readonly name: string | undefined;
  readonly size: ServingPoolSize | undefined;
}

export function readModelServiceParts(document: unknown): ModelServiceParts {
  const spec = member(document, 'spec');
  return {
    hasEndpointPicker: member(spec, 'endpointPicker') !== undefined,
    roles: listed(member(spec, 'roles'), MAX_ROLES).map(readRole),
    nodePools: listed(member(spec, 'nodePools'), MAX_NODE_POOLS).map(readNodePool),
    sources: read(signals.shape.sources.unwrap(), member(member(spec, 'signals'), 'sources'), [
      ...defaults.signals.sources,
    ]),
  };
}

/** The form refuses what is beyond `most`; no rule has to look at it as well. */
function listed(value: unknown, most: number): readonly unknown[] {
  return Array.isArray(value) ? value.slice(0, most) : [];
}

function readRole(value: unknown, index: number): RoleParts {
  const { shape } = role;
  return {
    field: `spec.roles[${index}]`,
    role: read(shape.role, member(value, 'role')),
    workload: read(shape.workload, member(value, 'workload')),
    gpusPerReplica: read(shape.gpusPerReplica, member(value, 'gpusPerReplica')),
    podsPerReplica: read(shape.podsPerReplica.unwrap(), member(value, 'podsPerReplica'), defaults.role.podsPerReplica),
    nodePool: read(shape.nodePool, member(value, 'nodePool')),
    size: read(shape.size, member(value, 'size')),
    writtenPeak: asJson(member(value, 'peakPrefillTokensPerSecond')),
  };
}

function readNodePool(value: unknown, index: number): NodePoolParts {
  const { shape } = nodePool;
  return {
    field: `spec.nodePools[${index}]`,
    name: read(shape.name, member(value, 'name')),
    size: read(shape.size, member(value, 'size')),
  };
}
