/** What the builders know of a document before they write anything: which flags and variables they would write themselves. */
import type { Problem } from '../../shared/domain/problem.ts';
import { compareReleases } from '../../shared/domain/serving/release.ts';
import type { Stack, StackRole } from '../../shared/domain/serving/resolved-stack.ts';
import { type VllmFlagName, vllmFlags } from '../catalogue/vllm-flags.ts';
import type { Position, ServerContribution } from './pod/contribution.ts';
import { contributors } from './pod/contributors.ts';
import { engineSettings } from './pod/engine-settings.ts';
import { flagsMissingIn, type MissingFlag } from './pod/flags-for.ts';

/** Judged here and not by the schema: only the builders know what they will write of this document. */
export function engineProblems(stack: Stack): readonly Problem[] {
  const servers = serversOf(stack);
  return [...versionProblems(stack, servers), ...flagProblems(stack, servers), ...variableProblems(stack, servers)];
}

/** What the builders contribute to the servers of all pods, without what the owner adds. */
function serversOf(stack: Stack): readonly ServerContribution[] {
  const builders = contributors.filter((contribute) => contribute !== engineSettings);
  return stack.roles.flatMap((role) =>
    positionsOf(role).flatMap((position) =>
      builders.flatMap((contribute) => {
        const { server } = contribute(stack, role, position);
        return server === undefined ? [] : [server];
      }),
    ),
  );
}

/** Every position that a pod of the role can have. */
function positionsOf({ nodes }: StackRole): readonly Position[] {
  return nodes === 1 ? ['single'] : ['leader', 'worker'];
}

/** One problem with the newest version of all: whoever mends one flag at a time would meet the next. */
function versionProblems(
  { engine: { version }, spec }: Stack,
  servers: readonly ServerContribution[],
): readonly Problem[] {
  const missing = servers.flatMap(({ flags = [] }) => flagsMissingIn(version, flags));
  const newest = missing.toSorted((a, b) => compareReleases(b.since, a.since))[0];
  if (newest === undefined) return [];
  return [
    {
      field: 'spec.engine.version',
      value: version,
      ...(spec.engine?.version === undefined && { isDefault: true }),
      rule: `must be at least ${newest.since}, since when vLLM has what this stack needs: ${namesOf(missing)}`,
      fix: `use ${newest.since} or newer, or leave it out for the version that is known best`,
    },
  ];
}

function namesOf(missing: readonly MissingFlag[]): string {
  return [...new Set(missing.map(({ name, since }) => `${name} (${since})`))].join(', ');
}

/** Two values of one flag, however it is spelt: the last would win, and everything that was built around the first would be wrong. */
function flagProblems({ engine, spec }: Stack, servers: readonly ServerContribution[]): readonly Problem[] {
  const written = new Set<string>(servers.flatMap(({ flags = [] }) => flags.map(({ name }) => name)));
  const owners = Object.keys(spec.engine?.flags ?? {});
  return owners.flatMap((flag) => {
    const name = plainName(flag);
    const full = [...written].find((one) => one === name || one === flag) ?? abbreviated(name, written);
    const isOurs = full !== undefined || name === MODEL_FLAG || (isKnown(name) && !isTunable(name));
    const problem = { field: `spec.engine.flags[${JSON.stringify(flag)}]`, value: engine.flags[flag] };
    if (isOurs) {
      return [{ ...problem, rule: 'must not be a flag that the builders set', fix: fixOf(full ?? name) }];
    }
    const isTwice = !flag.includes('.') && owners.some((other) => other !== flag && plainName(other) === flag);
    if (!isTwice) return [];
    return [{ ...problem, rule: 'must not be set beside its --no- form', fix: 'remove one of the two' }];
  });
}

/** vLLM's name of the model is the word before all flags. */
const MODEL_FLAG = '--model';

/** `--no-` turns a switch off; a dot leads into JSON (vLLM docs/configuration/engine_args.md). */
function plainName(flag: string): string {
  return flag.replace(/\..*$/, '').replace(/^--no-/, '--');
}

/** argparse takes a beginning for the only flag that has it (Python documentation, "argparse", allow_abbrev). */
function abbreviated(name: string, written: ReadonlySet<string>): string | undefined {
  return isKnown(name) ? undefined : [...written].find((flag) => flag.startsWith(name));
}

/** Where the document says the same; a flag without such a field is computed. */
function fixOf(name: string): string {
  const part = partOfFlag.get(name);
  return part === undefined ? 'remove it: it follows from the rest of the document' : `remove it, and use ${part}`;
}

/** Where a document says what these flags say. */
const partOfFlag: ReadonlyMap<string, string> = new Map([
  [MODEL_FLAG, 'spec.model.id'],
  ['--served-model-name', 'spec.model.servedName'],
  ['--revision', 'spec.model.revision'],
  ['--max-model-len', 'spec.model.maxContextTokens'],
  ['--tensor-parallel-size', 'gpus of the role'],
  ['--pipeline-parallel-size', 'nodes of the role'],
  ['--data-parallel-size', 'nodes of the role, with parallelism: expert'],
  ['--enable-expert-parallel', 'parallelism: expert of the role'],
  ['--all2all-backend', 'allToAll of the role'],
  ['--distributed-executor-backend', 'executor of the role'],
  ['--shutdown-timeout', 'spec.safety.drainSeconds'],
  ['--block-size', 'spec.kvCache.blockTokens'],
  ['--gpu-memory-utilization', 'spec.kvCache.gpuMemoryRatio'],
  ['--enable-prefix-caching', 'spec.kvCache.prefixCaching'],
  ['--kv-transfer-config', 'spec.kvCache.offload'],
  ['--kv-events-config', 'spec.kvCache.events'],
  ['--load-format', 'spec.storage.weights'],
  ['--enable-sleep-mode', 'spec.startup'],
]);

/** Lets whoever reaches the server run code in it; what it is for, `spec.startup.sleep`, asks who that is. */
const DEVELOPMENT_MODE = 'VLLM_SERVER_DEV_MODE';

function variableProblems({ spec }: Stack, servers: readonly ServerContribution[]): readonly Problem[] {
  const written = new Set(servers.flatMap(({ env = [] }) => env.map(({ name }) => name))).add(DEVELOPMENT_MODE);
  return Object.entries(spec.engine?.env ?? {})
    .filter(([name]) => written.has(name) || name.startsWith('LWS_'))
    .map(([name, value]) => ({
      field: `spec.engine.env.${name}`,
      value,
      rule: 'must not be a variable that the builders, or the controller of LeaderWorkerSets, set',
      fix: 'remove it: it follows from the rest of the document',
    }));
}

function isKnown(name: string): name is VllmFlagName {
  return Object.hasOwn(vllmFlags, name);
}

/** Flags that the owner may set where the builders leave them out. */
function isTunable(name: VllmFlagName): boolean {
  return 'isTunable' in vllmFlags[name];
}
