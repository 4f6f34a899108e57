/** Resource quantities (`500m`, `64Gi`, `8`) and what pods ask for. */
import { mapAt, mapsAt, stringsAt } from '../kubernetes/objects.ts';
import type { JsonMap, JsonValue } from '../world/json.ts';

/** Suffixes of apimachinery pkg/api/resource. */
const factors: Readonly<Record<string, number>> = {
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** Cores, bytes or pieces; what is no quantity counts as nothing. */
export function quantityOf(value: JsonValue | undefined): number {
  if (typeof value === 'number') return value;
  const text = typeof value === 'string' ? value : '';
  const [, digits = '', suffix = ''] = /^([0-9.]+(?:e[0-9]+)?)([A-Za-z]*)$/.exec(text) ?? [];
  return digits === '' ? 0 : Number(digits) * (factors[suffix] ?? 0);
}

/** By resource name. */
export type Resources = ReadonlyMap<string, number>;

export function resourcesOf(quantities: JsonMap): Resources {
  return new Map(Object.entries(quantities).map(([name, value]) => [name, quantityOf(value)]));
}

/**
 * What a pod needs of its node: all containers together, or one init container if that needs more; sidecars (init containers that
 * restart) run beside everything after them (component-helpers resource.PodRequests).
 */
export function requestsOf(podSpec: JsonMap): Resources {
  const requests = (container: JsonMap): Resources => resourcesOf(stringsAt(container, 'resources', 'requests'));
  const running = new Map<string, number>();
  let peak: Resources = new Map();
  for (const container of mapsAt(podSpec, 'initContainers')) {
    const own = requests(container);
    peak = larger(peak, sum(running, own));
    if (container['restartPolicy'] === 'Always') add(running, own);
  }
  for (const container of mapsAt(podSpec, 'containers')) add(running, requests(container));
  const overhead = resourcesOf(mapAt(podSpec, 'overhead'));
  return new Map([...sum(larger(peak, running), overhead)].filter(([, amount]) => amount > 0));
}

/** Adds amounts; a factor of -1 takes them away. */
export function add(target: Map<string, number>, amounts: Resources, factor = 1): void {
  for (const [name, amount] of amounts) target.set(name, (target.get(name) ?? 0) + factor * amount);
}

function sum(left: Resources, right: Resources): Resources {
  const total = new Map(left);
  add(total, right);
  return total;
}

function larger(left: Resources, right: Resources): Resources {
  const names = new Set([...left.keys(), ...right.keys()]);
  return new Map([...names].map((name) => [name, Math.max(left.get(name) ?? 0, right.get(name) ?? 0)]));
}
