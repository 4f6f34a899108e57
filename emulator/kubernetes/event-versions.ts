/**
 * Events in their two API groups: one object, which is stored as `v1` and is `events.k8s.io/v1`, too, under other field names
 * (kubernetes/kubernetes pkg/apis/events/v1/conversion.go).
 */
import type { JsonMap } from '../world/json.ts';

/** How a kind is kept that another group keeps, too. Both ways leave what has that form already as it is. */
export interface StoredForm {
  /** Whose collection it is. */
  readonly group: string;
  readonly toStored: (object: JsonMap) => JsonMap;
  readonly fromStored: (object: JsonMap) => JsonMap;
}

const eventsVersion = 'events.k8s.io/v1';

/** What is called otherwise, by its name in `events.k8s.io/v1`. */
const coreNames: Readonly<Record<string, string>> = {
  regarding: 'involvedObject',
  note: 'message',
  deprecatedSource: 'source',
  deprecatedFirstTimestamp: 'firstTimestamp',
  deprecatedLastTimestamp: 'lastTimestamp',
  deprecatedCount: 'count',
  reportingController: 'reportingComponent',
};
const eventsNames = Object.fromEntries(Object.entries(coreNames).map(([events, core]) => [core, events]));

export const storedEvents: StoredForm = {
  group: '',
  toStored: (object) => (object['apiVersion'] === eventsVersion ? renamed(object, 'v1', coreNames) : object),
  fromStored: (object) =>
    object['apiVersion'] === eventsVersion ? object : renamed(object, eventsVersion, eventsNames),
};

function renamed(object: JsonMap, apiVersion: string, names: Readonly<Record<string, string>>): JsonMap {
  const fields = Object.entries(object).map(([name, value]) => [names[name] ?? name, value] as const);
  return { ...Object.fromEntries(fields), apiVersion };
}
