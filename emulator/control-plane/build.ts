/**
 * `npm run control-plane`: builds a real Kubernetes control plane from its Go modules into a cache folder. Minutes
 * the first time, nothing when it is there. Two at once do not disturb each other: each builds into a folder of its own.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { systemTime } from '../world/real-time.ts';
import { copyKwok, copyWritable, kwokModule } from './kwok-source.ts';
import {
  linkerFlags,
  missingPrograms,
  modulesFolder,
  programNames,
  type ProgramName,
  programs,
  programsFolder,
  stageFiles,
} from './programs.ts';

const run = promisify(execFile);

const usage = `npm run control-plane -- [options]

  --only NAMES   some of ${programNames.join(',')} (default: all of them)

Builds a real Kubernetes control plane from its Go modules into a cache folder (XDG_CACHE_HOME, else ~/.cache): once some 6 min,
nothing when it is there. Go 1.26 or newer and the Go module proxy are needed.
`;

/** Of a program that could not be built; one line, and what Go said. */
class CannotBuild extends Error {
  override readonly name: string = 'CannotBuild';
}

/** What was typed is wrong; nothing was built. */
class WrongOption extends CannotBuild {
  override readonly name = 'WrongOption';
}

/** Ctrl-C: what has been begun is ended and cleared away. */
const interruption = new AbortController();

/** What each build is made in, beside the programs. */
const SCRATCH = 'building-';

/** Older than any build that may still go on. */
const LEFTOVER_AGE_MS = 24 * 3_600_000;

/** Rejects with a `CannotBuild`. */
async function buildControlPlane(wanted: readonly ProgramName[], say: (line: string) => void): Promise<void> {
  const folder = programsFolder();
  const missing = missingPrograms(wanted);
  const there = wanted.filter((name) => !missing.includes(name));
  if (there.length > 0) say(`Built already: ${there.join(', ')}`);
  if (missing.length > 0) await buildInto(folder, missing, say);
  say(`In ${folder}`);
}

async function buildInto(folder: string, missing: readonly ProgramName[], say: (line: string) => void): Promise<void> {
  await checkGo();
  mkdirSync(folder, { recursive: true });
  const scratch = mkdtempSync(join(folder, SCRATCH));
  removeLeftovers(folder, statSync(scratch).mtimeMs - LEFTOVER_AGE_MS);
  try {
    for (const name of missing) await buildOne(name, { folder, scratch, say });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Of builds that were killed: hundreds of MB. */
function removeLeftovers(folder: string, beforeMs: number): void {
  for (const name of readdirSync(folder).filter((entry) => entry.startsWith(SCRATCH))) {
    const path = join(folder, name);
    const madeAtMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity;
    if (madeAtMs < beforeMs) rmSync(path, { recursive: true, force: true });
  }
}

interface Place {
  readonly folder: string;
  readonly scratch: string;
  readonly say: (line: string) => void;
}

/** One after the other: together they take as long, and the first can be used before the last is there. */
async function buildOne(name: ProgramName, { folder, scratch, say }: Place): Promise<void> {
  const startedMs = systemTime.nowMs();
  say(`Building ${name} (${programs[name].package})`);
  const module = join(modulesFolder, programs[name].module);
  const kwokSource = name === 'kwok' ? await sourceOfKwok(module) : undefined;
  const goMod = kwokSource === undefined ? undefined : copyKwok(kwokSource, module, scratch);
  await goBuild(name, { module, into: join(scratch, name), goMod });
  if (kwokSource !== undefined) {
    for (const file of stageFiles) publish(join(kwokSource, file), { folder, scratch });
  }
  renameSync(join(scratch, name), join(folder, name));
  say(`Built ${name} in ${Math.round((systemTime.nowMs() - startedMs) / 1000)} s`);
}

function publish(file: string, { folder, scratch }: Pick<Place, 'folder' | 'scratch'>): void {
  const copy = join(scratch, basename(file));
  copyWritable(file, copy);
  renameSync(copy, join(folder, basename(file)));
}

async function goBuild(
  name: ProgramName,
  { module, into, goMod }: { readonly module: string; readonly into: string; readonly goMod: string | undefined },
): Promise<void> {
  const args = ['build', '-mod=readonly', '-buildvcs=false', '-ldflags', linkerFlags, '-o', into];
  if (goMod !== undefined) args.push('-modfile', goMod);
  await go([...args, programs[name].package], module, `building ${name}`);
}

async function sourceOfKwok(module: string): Promise<string> {
  // The folder is named only once the module is there.
  await go(['mod', 'download', kwokModule], module, 'getting the source of KWOK');
  return await go(['list', '-m', '-f', '{{.Dir}}', kwokModule], module, 'looking for the source of KWOK');
}

async function checkGo(): Promise<void> {
  try {
    await run('go', ['version']);
  } catch {
    throw new CannotBuild(
      'building the control plane: Go is not installed; it needs 1.26 or newer (https://go.dev/dl)',
    );
  }
}

/** What Go answers. Its collector works less: there is memory enough, and a third of the time goes into it. */
async function go(args: readonly string[], cwd: string, what: string): Promise<string> {
  try {
    const { stdout } = await run('env', ['CGO_ENABLED=0', 'GOGC=400', 'go', ...args], {
      cwd,
      maxBuffer: 64 * 1024 * 1024,
      signal: interruption.signal,
    });
    return stdout.trim();
  } catch (thrown) {
    if (interruption.signal.aborted) throw new CannotBuild(`${what}: interrupted`, { cause: thrown });
    const said = thrown instanceof Error && 'stderr' in thrown ? String(thrown.stderr) : String(thrown);
    throw new CannotBuild(`${what}: ${tail(said)}`, { cause: thrown });
  }
}

/** The last lines: before them Go lists what it downloads. */
const tail = (text: string): string => text.trim().split('\n').slice(-8).join('\n');

async function main(argv: readonly string[]): Promise<number> {
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interruption.abort());
  try {
    const { help, wanted } = readOptions(argv);
    if (help) process.stdout.write(usage);
    else await buildControlPlane(wanted, say);
    return 0;
  } catch (thrown) {
    const message = thrown instanceof CannotBuild ? thrown.message : whyNoFolder(thrown);
    if (message === undefined) throw thrown;
    process.stderr.write(`${message}\n`);
    return thrown instanceof WrongOption ? 2 : 1;
  }
}

/** A full disk, a folder that is not ours: what the operating system says, and where else it could be; undefined: something else. */
function whyNoFolder(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error && 'syscall' in thrown)) return undefined;
  return `building the control plane: ${thrown.message}: make room or choose another folder with XDG_CACHE_HOME`;
}

function readOptions(argv: readonly string[]): { readonly help: boolean; readonly wanted: readonly ProgramName[] } {
  const { help, only } = parse(argv);
  const names = only.split(',');
  const unknown = names.find((name) => !programNames.some((program) => program === name));
  if (unknown !== undefined) throw wrongOption(`--only ${only || '""'}: must be of ${programNames.join(',')}`);
  return { help, wanted: programNames.filter((name) => names.includes(name)) };
}

function parse(argv: readonly string[]): { readonly help: boolean; readonly only: string } {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        only: { type: 'string', default: programNames.join(',') },
      },
    }).values;
  } catch (thrown) {
    // parseArgs says which option it does not know.
    throw wrongOption(thrown instanceof Error ? thrown.message : String(thrown));
  }
}

const wrongOption = (what: string) => new WrongOption(`${what} (npm run control-plane -- --help lists the options)`);

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));
