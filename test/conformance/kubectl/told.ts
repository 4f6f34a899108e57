/** Stories as suites: the same commands and expectations whoever answers. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Command, Story } from './command.ts';
import { stories } from './commands.ts';
import { essentials } from './essentials.ts';
import { runKubectl, versions } from './kubectl.ts';
import type { RunningCluster } from './running-cluster.ts';

/** Who answers, known when the suite runs. */
export type ClusterOf = () => RunningCluster;

export interface Told {
  readonly cluster: ClusterOf;
  /** Which versions of kubectl run the essentials. */
  readonly essentialsWith: typeof versions;
  /** Commands that this cluster cannot answer are left out. */
  readonly isTold: (command: Command) => boolean;
}

/** No case runs before the cluster is there. */
export function started(cluster: RunningCluster | undefined): RunningCluster {
  if (cluster === undefined) throw new Error('running kubectl: the cluster has not been started');
  return cluster;
}

/** The essentials with several versions of kubectl, the other stories with the newest. */
export function tellAll(told: Told): void {
  describe.each(told.essentialsWith)('kubectl $version', ({ version, path }) => {
    tell(`essentials-${version.replace('.', '-')}`, path, { ...told, commands: essentials });
  });
  const newest = versions.at(-1)?.path ?? 'kubectl';
  const shown = stories.filter(({ commands }: Story) => commands.some(told.isTold));
  describe.each(shown)('$name', ({ name, commands }) => {
    tell(`story-${name.replaceAll(' ', '-')}`, newest, { ...told, commands });
  });
}

/** A story's commands one after another, each a case. */
function tell(namespace: string, program: string, { cluster, isTold, commands }: Told & Pick<Story, 'commands'>): void {
  beforeAll(async () => {
    await runKubectl(cluster(), { program, args: ['create', 'namespace', namespace] });
  });

  const numbered = commands.map((command, at) => ({ ...command, title: `${at + 1}. kubectl ${command.run}` }));
  it.each(numbered.filter(isTold))('$title', async ({ run, input, exitCode = 0, prints = [], warns = [], hides }) => {
    const args = ['--namespace', namespace, ...run.split(' ')];

    const printed = await runKubectl(cluster(), { program, args, ...(input !== undefined && { input }) });

    // The whole output stands in a failure, whatever line of it is missed.
    for (const line of prints) expect(printed).toMatchObject({ stdout: expect.stringMatching(line) });
    for (const line of warns) expect(printed).toMatchObject({ stderr: expect.stringMatching(line) });
    if (hides !== undefined) expect(printed.stdout).not.toMatch(hides);
    expect(printed).toMatchObject({ exitCode });
  });
}
