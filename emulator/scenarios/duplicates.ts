import type { Scenario } from './scenario.ts';

export const duplicates: Scenario = {
  name: 'duplicates',
  summary: 'every message and timer is delivered twice and out of order',
  begin(cloud) {
    const { pubsub, tasks, journal } = cloud.world;
    pubsub.disturb(() => true, { duplicate: true, reorder: true });
    tasks.duplicate();
    return () => {
      const { deliveries, duplicates: repeated } = pubsub.counts;
      const { dispatches, duplicates: copies } = tasks.counts;
      return [
        `${deliveries} messages (${repeated} of them second copies) and ${dispatches + copies} timers (${copies} second copies) ` +
          'came, each up to 5 s late and out of order: ' +
          'one holder of the lease worked at a time, and a message that had been handled changed nothing.',
        twice(journal.entries.filter(({ effect }) => effect).map(({ method, resource }) => `${method} ${resource}`)),
      ];
    };
  },
};

/** What was created more than once: the one thing that must not happen. */
export function twice(creations: readonly string[]): string {
  const created = creations.filter((line) => /^(insert|createCluster|createNodePool) /.test(line));
  const repeated = created.filter((line, index) => created.indexOf(line) !== index);
  return repeated.length === 0
    ? `${created.length} resources created, none of them twice.`
    : `CREATED TWICE: ${[...new Set(repeated)].join(', ')}`;
}
