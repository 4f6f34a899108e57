import type { Clock } from '#shared/ports/clock.ts';
import type { CloudNetworks } from '#shared/ports/cloud-networks.ts';

/** Lists that show a resource only some world time (ms) after its creation was accepted. */
export function withSlowLists(
  inner: CloudNetworks,
  { clock, lagMs }: { readonly clock: Pick<Clock, 'nowMs'>; readonly lagMs: number },
): CloudNetworks {
  const createdAtMs = new Map<string, number>();
  return {
    ...inner,
    list: async (kind, place) => {
      const all = await inner.list(kind, place);
      // Still unseen at the very end of the time: that is when the first repetition of a call comes.
      const isHidden = (name: unknown) =>
        clock.nowMs() - (createdAtMs.get(`${kind}/${String(name)}`) ?? Number.NEGATIVE_INFINITY) <= lagMs;
      return all.filter((item) => !isHidden(item['name']));
    },
    create: async (kind, request, call) => {
      const operation = await inner.create(kind, request, call);
      const key = `${kind}/${String(request.body['name'])}`;
      createdAtMs.set(key, createdAtMs.get(key) ?? clock.nowMs());
      return operation;
    },
  };
}
