/** The part of the GKE API that changes settings and no machine; answers are operations, as everywhere. */
import type { JsonMap } from '../world/json.ts';
import { findCluster, findNodePool, parseKnown } from './lookup.ts';
import {
  startClusterSetting,
  startClusterUpdate,
  startManagementChange,
  startPoolUpdate,
  startRollback,
} from './settings.ts';
import type { GkeContext } from './state.ts';

export class GkeSettings {
  readonly #context: GkeContext;

  constructor(context: GkeContext) {
    this.#context = context;
  }

  /** `update` names one setting (`desiredReleaseChannel`). */
  updateCluster(name: string, update: JsonMap): JsonMap {
    const cluster = findCluster(this.#context, name);
    return this.#recorded('updateCluster', cluster.path, startClusterUpdate(this.#context, cluster, update));
  }

  setLabels(name: string, resourceLabels: JsonMap): JsonMap {
    return this.#setOnCluster('setLabels', name, {
      type: 'SET_LABELS',
      field: 'resourceLabels',
      value: resourceLabels,
    });
  }

  setMaintenancePolicy(name: string, policy: JsonMap): JsonMap {
    const change = { type: 'SET_MAINTENANCE_POLICY', field: 'maintenancePolicy', value: policy };
    return this.#setOnCluster('setMaintenancePolicy', name, change);
  }

  /** `update` is the whole request: its fields are those of UpdateNodePoolRequest. */
  updateNodePool(name: string, update: JsonMap): JsonMap {
    const found = findNodePool(this.#context, name);
    return this.#recorded('updateNodePool', found.pool.path, startPoolUpdate(this.#context, found, update));
  }

  setNodePoolManagement(name: string, management: JsonMap): JsonMap {
    const found = findNodePool(this.#context, name);
    const operation = startManagementChange(this.#context, found, management);
    return this.#recorded('setNodePoolManagement', found.pool.path, operation);
  }

  rollbackNodePoolUpgrade(name: string): JsonMap {
    const found = findNodePool(this.#context, name);
    return this.#recorded('rollbackNodePoolUpgrade', found.pool.path, startRollback(this.#context, found));
  }

  /** Answers nothing, as the API does; the operation ends a moment later. */
  cancelOperation(name: string): JsonMap {
    const { location, operation } = parseKnown(this.#context, name, 'operation');
    this.#context.operations.cancel(location, operation);
    return this.#recorded('cancelOperation', name, {});
  }

  #setOnCluster(method: string, name: string, change: Parameters<typeof startClusterSetting>[2]): JsonMap {
    const cluster = findCluster(this.#context, name);
    return this.#recorded(method, cluster.path, startClusterSetting(this.#context, cluster, change));
  }

  #recorded(method: string, resource: string, answer: JsonMap): JsonMap {
    this.#context.base.journal.record({ service: 'container', method, resource, effect: true });
    return answer;
  }
}
