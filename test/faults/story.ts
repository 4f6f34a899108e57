/** One build with one fault, and how it ended. */
import { Effects } from '../support/effects.ts';
import { makeFleet } from '../support/fleet.ts';
import { makeClusterDocument } from '../support/make-cluster.ts';
import { compareEnds, endOf, type StoryEnd } from './ends.ts';
import { SETTLING_SECONDS } from './loose-ends.ts';
import { kills, type Point } from './points.ts';

const target = 'cluster/demo';
const ended = ['ready', 'failed', 'holding'];

/** World time (ms) until a new network resource is listed: longer than the first pause before a call is repeated (5 s). */
const LIST_LAG_MS = 5_000;

export async function playStory(point?: Point): Promise<StoryEnd> {
  const effects = new Effects(point?.at === 'effect' ? point : undefined);
  const fleet = makeFleet({
    effects,
    quick: true,
    listLagMs: LIST_LAG_MS,
    ...(point?.at === 'delivery' && { disturbed: point }),
  });
  fleet.publish(makeClusterDocument());
  await fleet.runUntil(target, ended);
  const seen = { effects: [...effects.seen], deliveries: [...fleet.deliveries.seen] };
  await fleet.runFor(SETTLING_SECONDS);
  const progress = await fleet.runUntil(target, ended);
  const struck = effects.struck ?? fleet.deliveries.struck;
  return {
    ...(await endOf(progress, fleet.ledger, fleet.world)),
    ...seen,
    breaches: effects.writers.breaches,
    ...(struck !== undefined && { struck }),
    deaths: fleet.deaths(),
  };
}

/** What is wrong with a disturbed build, in words; empty: nothing. */
export function judge(uncut: StoryEnd, point: Point, cut: StoryEnd): readonly string[] {
  const deaths = kills(point) ? 1 : 0;
  return [
    ...compareEnds(uncut, cut),
    ...cut.breaches,
    ...(cut.struck === point.label ? [] : [`the fault fell on ${cut.struck ?? 'nothing'}, not on ${point.label}`]),
    ...(cut.deaths === deaths ? [] : [`the process died ${cut.deaths} times, not ${deaths}`]),
  ];
}
