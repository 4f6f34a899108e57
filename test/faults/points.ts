/** Every way in which a story is disturbed, each a point of its own: `17:after` is an effect's, `d5:twice` a delivery's. */
import type { DeliveryFault, DisturbedDelivery } from '../support/deliveries.ts';
import type { Cut, Effect, EffectFault } from '../support/effects.ts';
import type { StoryEnd } from './ends.ts';

export type Point =
  | ({ readonly at: 'effect'; readonly index: number } & Cut)
  | ({ readonly at: 'delivery'; readonly label: string } & DisturbedDelivery);

/** What any effect can suffer. */
export const effectFaults: readonly EffectFault[] = ['before', 'after', 'stall'];
/** What a call to a cloud or cluster can suffer. */
export const callFaults: readonly EffectFault[] = [...effectFaults, 'late', 'frozen', 'orphan', 'slow', 'lost'];
export const everyDelivery: readonly DeliveryFault[] = ['twice', 'again', 'delayed'];

/** All faults at all effects and deliveries of the uncut run, each once. */
export function allPoints(uncut: StoryEnd): readonly Point[] {
  const faultsOf = ({ kind }: Effect) => (kind === 'call' ? callFaults : effectFaults);
  return [
    ...uncut.effects.flatMap((effect) => faultsOf(effect).map((fault): Point => ({ at: 'effect', ...effect, fault }))),
    ...uncut.deliveries.flatMap((label, index) =>
      everyDelivery.map((fault): Point => ({ at: 'delivery', index, fault, label })),
    ),
  ];
}

export function nameOf({ at, index, fault }: Point): string {
  return `${at === 'delivery' ? 'd' : ''}${index}:${fault}`;
}

/** By which it is found again in another run, where an effect may have another place: `frozen networks.insert demo-rdma`. */
export function lastingNameOf(point: Point): string {
  if (point.at === 'delivery') return nameOf(point);
  const { fault, label, nth } = point;
  return `${fault} ${label}${nth === 0 ? '' : ` #${nth + 1}`}`;
}

/** `17:after`, or what happens to which effect → the point; undefined if there is none of that name. */
export function findPoint(points: readonly Point[], name: string): Point | undefined {
  return points.find((point) => nameOf(point) === name || lastingNameOf(point) === name);
}

/** Whether the process dies of it. */
export function kills({ fault }: Point): boolean {
  const deadly: readonly string[] = ['before', 'after', 'late', 'frozen', 'orphan'];
  return deadly.includes(fault);
}
