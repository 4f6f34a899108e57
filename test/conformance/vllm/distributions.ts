/** vLLM's source distributions on PyPI: unpacked and read, never built or run. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cached } from '../cache.ts';
import { readFlags, readVariables } from './read-flags.ts';

/**
 * By version, with their exact contents: three of 2024 and 2025, whose flags are still written; the oldest that a document may ask for,
 * those in which a flag of ours appeared and their predecessors, and the one that is rendered by default.
 */
export const distributions = {
  '0.5.5': '14abe33243939e18cdc437abfc78543aac62e11a43f66d36ec855a3e40c797dd',
  '0.6.3': '03e69029ad9caceaab68d5c3833ae6fe57c04be678ec37f29e9df6eaf178a9c5',
  '0.9.2': '6b0d855ea8ba18d76364c9b82ea94bfcaa9c9e724055438b5733e4716ed104e1',
  '0.11.0': 'f435a64c24e9c4178d657a76f8edd8548ddc444012f7d06a9f79ac3a6392bfae',
  '0.12.0': 'dc2863be80260f378f1e72f9b82b4009610e434d05fdd7067383b231b89c4f4a',
  '0.14.0': 'ed86c6a9d22fbfd059648794493cad88444c71688f3ff6efcb26c5ca353f0e5d',
  '0.16.0': '1f684bb31fbef59d862e2fe666e23a41f1d39d93f86215ce1ce1db89a8f5665b',
  '0.17.0': 'b0b62e58ef4eb633ef371f2726976372cf6dfcb7ff2ea9ddf7194c1930d5629a',
  '0.18.0': '9a1bee091db8dbb4664a2a09cd9c61912e9912a44af1ce12b8593a231d05971c',
  '0.21.0': '05ff89c3e926b88b77d7878e317a659ffba678afc21c1d48952037aa5457f058',
  '0.22.0': '6d41581a9e5288cd69278518a550c6d7ce510ae27a506556a3427d01284be7fe',
  '0.30.0': '5f8f4e890c042ffa1c3e103f81c35e2d96f60a0a175ac43a4adbae7006bef62b',
} as const;

export type CheckedVersion = keyof typeof distributions;

/** Older than a document may ask for: what they have shows what is gone. Oldest first. */
export const formerVersions: readonly CheckedVersion[] = ['0.5.5', '0.6.3', '0.9.2'];

/** Oldest first. */
export const checkedVersions: readonly CheckedVersion[] = [
  '0.11.0',
  '0.12.0',
  '0.14.0',
  '0.16.0',
  '0.17.0',
  '0.18.0',
  '0.21.0',
  '0.22.0',
  '0.30.0',
];

/** Releases of which PyPI has wheels only (pypi.org/simple/vllm): nothing is known of their flags but by their neighbours'. */
export const uncheckedVersions = ['0.15.0', '0.15.1'] as const;

/** Finds the archive by its hash in the index (PEP 503), and keeps the few files that define arguments and environment. */
const unpack = `
import hashlib, io, os, re, sys, tarfile, urllib.parse, urllib.request
version, sha256, target = sys.argv[1:]
index = os.environ.get("PIP_INDEX_URL", "https://pypi.org/simple").rstrip("/") + "/vllm/"
with urllib.request.urlopen(index, timeout=60) as answer:
    page = answer.read().decode()
found = re.search(r'href="([^"#]+)#sha256=' + sha256 + '"', page)
if found is None:
    raise SystemExit(f"{index} has no source distribution of {version} with that hash")
with urllib.request.urlopen(urllib.parse.urljoin(index, found.group(1)), timeout=120) as answer:
    archive = answer.read()
if hashlib.sha256(archive).hexdigest() != sha256:
    raise SystemExit(f"the source distribution of {version} is not the one that was pinned")
wanted = re.compile(r"^vllm-[^/]+/vllm/(engine/arg_utils|entrypoints/(.*/)?cli_args|entrypoints/cli/serve|envs)\\.py$")
with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as members:
    for member in members:
        if wanted.match(member.name):
            with open(os.path.join(target, member.name.replace("/", "_")), "wb") as file:
                file.write(members.extractfile(member).read())
`;

/** Throws where nothing can be downloaded. */
export function fetchDistributions(): void {
  for (const version of [...formerVersions, ...checkedVersions]) folderOf(version);
}

/** What `vllm serve` of that version takes. */
export function flagsOf(version: CheckedVersion): ReadonlySet<string> {
  return readFlags(filesOf(version));
}

/** What that version reads of its environment, as far as it lists it. */
export function variablesOf(version: CheckedVersion): ReadonlySet<string> {
  return readVariables(filesOf(version));
}

function filesOf(version: CheckedVersion): readonly string[] {
  const folder = folderOf(version);
  return readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'));
}

function folderOf(version: CheckedVersion): string {
  return cached(`vllm-${version}-arguments-and-environment`, (target) => {
    execFileSync('python3', ['-c', unpack, version, distributions[version], target], { stdio: 'pipe' });
  });
}
