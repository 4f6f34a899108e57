import type { Condition, Observation } from './condition.ts';

/** An alert that is, or was, open. */
export interface Incident {
  readonly id: string;
  readonly startedAtMs: number;
  /** The condition as observed last. */
  readonly observation: Observation;
}

/** What an evaluation led to. */
export interface Change {
  readonly kind: 'opened' | 'closed' | 'renotified';
  readonly incident: Incident;
}

/** One time series of a condition between two evaluations. */
interface Track {
  readonly observation: Observation;
  /** Since when the condition has been met without a break; undefined: it is not. */
  readonly metSinceMs?: number;
  readonly lastDataAtMs: number;
  readonly incident?: { readonly id: string; readonly startedAtMs: number; readonly notifiedAtMs: number };
}

export interface IncidentRules {
  readonly autoCloseMs: number;
  /** Undefined: open incidents are told of once. */
  readonly renotifyMs: number | undefined;
  readonly makeId: (observation: Observation, nowMs: number) => string;
}

/**
 * The incidents of one condition, series by series.
 *   | observed | for `duration` | incident | becomes                                            |
 *   | met      | no             | no       | pending                                            |
 *   | met      | yes            | no       | opened                                             |
 *   | met      | –              | yes      | stays open; told of again every `renotifyMs`       |
 *   | not met  | –              | yes      | closed                                             |
 *   | not met  | –              | no       | forgotten                                          |
 *   | no data  | –              | yes      | stays open until `autoCloseMs` without data: closed |
 */
export class Incidents {
  readonly #condition: Pick<Condition, 'durationMs' | 'whenMissing'>;
  readonly #rules: IncidentRules;
  readonly #tracks = new Map<string, Track>();

  constructor(condition: Pick<Condition, 'durationMs' | 'whenMissing'>, rules: IncidentRules) {
    this.#condition = condition;
    this.#rules = rules;
  }

  /** Those that are open now, oldest first. */
  get open(): readonly Incident[] {
    return [...this.#tracks.values()].flatMap(({ incident, observation }) =>
      incident === undefined ? [] : [{ id: incident.id, startedAtMs: incident.startedAtMs, observation }],
    );
  }

  /** One evaluation: what it changed. */
  evaluate(observations: readonly Observation[], nowMs: number): readonly Change[] {
    const observed = new Set(observations.map(({ key }) => key));
    const missing = [...this.#tracks.values()].filter(({ observation }) => !observed.has(observation.key));
    return [
      ...observations.flatMap((one) => (one.isMet ? this.#meet(one, nowMs, nowMs) : this.#unmeet(one))),
      ...missing.flatMap((track) => this.#miss(track, nowMs)),
    ];
  }

  #meet(observation: Observation, nowMs: number, lastDataAtMs: number): readonly Change[] {
    const before = this.#tracks.get(observation.key);
    const metSinceMs = before?.metSinceMs ?? nowMs;
    const track: Track = {
      observation,
      metSinceMs,
      lastDataAtMs,
      ...(before?.incident && { incident: before.incident }),
    };
    if (track.incident === undefined && nowMs - metSinceMs >= this.#condition.durationMs) {
      const id = this.#rules.makeId(observation, nowMs);
      return this.#tell('opened', { ...track, incident: { id, startedAtMs: nowMs, notifiedAtMs: nowMs } });
    }
    const { renotifyMs } = this.#rules;
    if (track.incident && renotifyMs !== undefined && nowMs - track.incident.notifiedAtMs >= renotifyMs) {
      return this.#tell('renotified', { ...track, incident: { ...track.incident, notifiedAtMs: nowMs } });
    }
    this.#tracks.set(observation.key, track);
    return [];
  }

  #unmeet(observation: Observation): readonly Change[] {
    const incident = this.#tracks.get(observation.key)?.incident;
    this.#tracks.delete(observation.key);
    if (incident === undefined) return [];
    return [{ kind: 'closed', incident: { id: incident.id, startedAtMs: incident.startedAtMs, observation } }];
  }

  #miss(track: Track, nowMs: number): readonly Change[] {
    const { observation, lastDataAtMs, incident } = track;
    const isOver = incident !== undefined && nowMs - lastDataAtMs >= this.#rules.autoCloseMs;
    if (this.#condition.whenMissing === 'notMet' || isOver) return this.#unmeet(observation);
    if (this.#condition.whenMissing === 'met') return this.#meet(observation, nowMs, lastDataAtMs);
    return [];
  }

  #tell(kind: 'opened' | 'renotified', track: Track & Required<Pick<Track, 'incident'>>): readonly Change[] {
    const { observation, incident } = track;
    this.#tracks.set(observation.key, track);
    return [{ kind, incident: { id: incident.id, startedAtMs: incident.startedAtMs, observation } }];
  }
}
