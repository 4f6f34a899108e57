/** A thousand alerts at once for one model that needs to grow, in one process on the jumping clock: what they cost. Counts, not times. */
import { Effects } from '../support/effects.ts';
import { alertOf, rush } from '../support/scaling-story.ts';
import { makeServedFleet, MODEL } from '../support/served-fleet.ts';
import type { Row } from './row.ts';

const ALERTS = 1_000;
/** World time over which is counted, seconds. */
const STORM_SECONDS = 60;
/** World time between two looks that hints lead to, seconds; one more look may have begun before. */
const PACE_SECONDS = 15;

export async function alertStormRows(): Promise<readonly Row[]> {
  const effects = new Effects();
  // The next look, five seconds after the alerts, has one size to change.
  const fleet = await makeServedFleet({ requests: rush(60), effects });
  await fleet.runFor(10);
  const looks = () => fleet.logged.filter(({ message, fields }) => message === 'looked' && fields['target'] === MODEL);
  const patches = () =>
    effects.seen.filter(({ kind, label }) => kind === 'call' && label.startsWith('workloads.scale'));
  const writes = () => effects.seen.filter(({ kind }) => kind === 'write');
  const before = { looks: looks().length, patches: patches().length, writes: writes().length };
  for (let alert = 0; alert < ALERTS; alert++) fleet.alert(alertOf(`storm-${alert}`));
  await fleet.runFor(STORM_SECONDS);
  const what = `${ALERTS} alerts at once for one model, ${STORM_SECONDS} s of world time`;
  return [
    {
      name: `${what}: decisions`,
      value: looks().length - before.looks,
      unit: 'looks',
      target: STORM_SECONDS / PACE_SECONDS + 1,
      holdsRun: true,
    },
    { name: `${what}: patches`, value: patches().length - before.patches, unit: 'calls', target: 1, holdsRun: true },
    { name: `${what}: writing transactions of the ledger`, value: writes().length - before.writes, unit: 'writes' },
  ];
}
