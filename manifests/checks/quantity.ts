/** Amounts as Kubernetes writes them. */

const factors: { readonly [suffix: string]: number } = {
  '': 1,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** `64Gi`, `500m`, 8 as a number; undefined for what is none (Kubernetes documentation, "Quantity"). */
export function quantityOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return undefined;
  const [, digits = '', suffix = ''] = /^(\d+(?:\.\d+)?(?:[eE]\d+)?)([a-zA-Z]{0,2})$/.exec(value.trim()) ?? [];
  const factor = factors[suffix];
  return digits === '' || factor === undefined ? undefined : Number(digits) * factor;
}

export const GIB = 2 ** 30;

/** `20`, `1.5`: for messages. */
export function gibOf(bytes: number): string {
  return `${Math.round((bytes / GIB) * 10) / 10} GiB`;
}

/** A number of pods, or percent of them: up for surge, down for what may be missing (Kubernetes documentation, "Deployments"). */
export function podsOf(value: unknown, replicas: number, round: 'up' | 'down'): number | undefined {
  if (typeof value === 'number') return value;
  const [, percent] = typeof value === 'string' ? (/^(\d+)%$/.exec(value) ?? []) : [];
  if (percent === undefined) return undefined;
  const exact = (Number(percent) / 100) * replicas;
  return round === 'up' ? Math.ceil(exact) : Math.floor(exact);
}
