import { textOf } from '../delivery/json-fields.ts';
import type { WorldBase } from '../world/base.ts';
import type { Cancel } from '../world/clock.ts';
import type { JsonMap } from '../world/json.ts';
import { reject } from '../world/rejection.ts';
import type { Channels } from './channels.ts';
import type { Condition, ConditionContext } from './condition.ts';
import { conditionsOf, readCondition } from './conditions.ts';
import { applyMask } from './field-masks.ts';
import { makeIncidentId, makeResourceId } from './identifiers.ts';
import { type Change, type Incident, Incidents } from './incidents.ts';
import { channelNames, checkPolicy, readStrategy } from './policy-checks.ts';
import { checkProject } from './projects.ts';
import { missingField, resourceNotFound } from './rejections.ts';
import { timeOf } from './time-series-json.ts';

/** Told of every change that is to be notified, once per channel. */
export type Notify = (notice: {
  readonly change: Change;
  readonly policy: JsonMap;
  readonly condition: JsonMap;
  readonly channel: string;
}) => void;

interface Watch {
  readonly condition: Condition;
  readonly incidents: Incidents;
  readonly cancel: Cancel;
}

export interface PolicyParts extends ConditionContext {
  readonly base: WorldBase;
  readonly channels: Channels;
  readonly notify: Notify;
}

/**
 * Alert policies and their evaluation. Evaluations are periodic events: they do not make the world hurry. A changed, disabled or
 * deleted policy forgets its incidents without a word (assumed), so what reads alerts must look at the world itself.
 */
export class AlertPolicies {
  readonly #parts: PolicyParts;
  readonly #policies = new Map<string, { readonly json: JsonMap; readonly watches: readonly Watch[] }>();
  #created = 0;

  constructor(parts: PolicyParts) {
    this.#parts = parts;
  }

  create(parent: string, request: JsonMap): JsonMap {
    const { base } = this.#parts;
    checkProject(parent, base, 'monitoring.alertPolicies.create');
    const name = `projects/${base.project}/alertPolicies/${makeResourceId(base, 'policy', this.#created++)}`;
    const creationRecord = this.#stamp();
    return this.#store('createAlertPolicy', {
      ...structuredClone(request),
      name,
      creationRecord,
      mutationRecord: creationRecord,
    });
  }

  get(name: string): JsonMap {
    return structuredClone((this.#policies.get(name) ?? reject(resourceNotFound, name)).json);
  }

  list(parent: string): readonly JsonMap[] {
    checkProject(parent, this.#parts.base, 'monitoring.alertPolicies.list');
    return [...this.#policies.values()].map(({ json }) => structuredClone(json));
  }

  update(request: JsonMap, mask: string): JsonMap {
    const name = textOf(request, 'name') ?? reject(missingField, 'alert_policy.name');
    const current = this.get(name);
    const { creationRecord } = current;
    const updated = applyMask(current, request, mask);
    return this.#store('updateAlertPolicy', { ...updated, name, creationRecord, mutationRecord: this.#stamp() });
  }

  delete(name: string): void {
    const { watches } = this.#policies.get(name) ?? reject(resourceNotFound, name);
    for (const { cancel } of watches) cancel();
    this.#policies.delete(name);
    this.#record('deleteAlertPolicy', name);
  }

  /** Names of the policies that notify a channel. */
  using(channel: string): readonly string[] {
    return [...this.#policies].filter(([, { json }]) => channelNames(json).includes(channel)).map(([name]) => name);
  }

  /** Open incidents of all policies. */
  get openIncidents(): readonly Incident[] {
    return [...this.#policies.values()].flatMap(({ watches }) => watches.flatMap(({ incidents }) => incidents.open));
  }

  /** Checks everything before it changes anything. */
  #store(method: string, policy: JsonMap): JsonMap {
    const name = textOf(policy, 'name') ?? '';
    checkPolicy(policy, this.#parts.channels);
    const conditions = conditionsOf(policy).map((json, index) =>
      readCondition(this.#named(json, name, index), index, this.#parts),
    );
    const json = { enabled: true, ...policy, conditions: conditions.map((condition) => condition.json) };
    for (const { cancel } of this.#policies.get(name)?.watches ?? []) cancel();
    const watches = json.enabled ? conditions.map((condition) => this.#watch(condition, json)) : [];
    this.#policies.set(name, { json, watches });
    this.#record(method, name);
    return this.get(name);
  }

  /** A condition that came with a name keeps it; a new one gets one (comment of AlertPolicy.Condition.name). */
  #named(condition: JsonMap, policy: string, index: number): JsonMap {
    if (textOf(condition, 'name')?.startsWith(`${policy}/conditions/`) === true) return condition;
    const id = makeResourceId(this.#parts.base, 'condition', policy, index, JSON.stringify(condition));
    return { ...condition, name: `${policy}/conditions/${id}` };
  }

  #watch(condition: Condition, policy: JsonMap): Watch {
    const { base } = this.#parts;
    const { autoCloseMs, renotifyMs } = readStrategy(policy);
    const incidents = new Incidents(condition, {
      autoCloseMs,
      renotifyMs: renotifyMs.size > 0 ? Math.min(...renotifyMs.values()) : undefined,
      makeId: ({ key }, nowMs) => makeIncidentId(base, condition.name, key, nowMs),
    });
    let cancel: Cancel = () => {};
    const scheduleNext = (): void => {
      cancel = base.clock.after(condition.everyMs, look, { periodic: true });
    };
    const look = (): void => {
      scheduleNext();
      const nowMs = base.clock.nowMs();
      for (const change of incidents.evaluate(condition.observe(nowMs), nowMs)) this.#tell(change, condition, policy);
    };
    scheduleNext();
    return { condition, incidents, cancel: () => cancel() };
  }

  #tell(change: Change, condition: Condition, policy: JsonMap): void {
    const { notifyClosed, renotifyMs } = readStrategy(policy);
    if (change.kind === 'closed' && !notifyClosed) return;
    const channels = channelNames(policy).filter((name) => change.kind !== 'renotified' || renotifyMs.has(name));
    for (const channel of channels) this.#parts.notify({ change, policy, condition: condition.json, channel });
  }

  #stamp(): JsonMap {
    return { mutateTime: timeOf(this.#parts.base.clock.nowMs()) };
  }

  #record(method: string, resource: string): void {
    this.#parts.base.journal.record({ service: 'monitoring', method, resource, effect: true });
  }
}
