/** Fetches the typings of the providers and reads the schemas of the types that are asked for. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cached } from '../cache.ts';
import type { ProviderSchema, ProviderSchemas } from './schema.ts';
import { readTypings } from './typings.ts';

/**
 * Wheels of PyPI that carry the typings (`Home-page: github.com/cdktn-io/cdktn-provider-google`), by exact contents. The npm package
 * `@cdktf/provider-google` ended in December 2025 at provider 6.50; its successor is published on PyPI for every version since.
 */
const wheels = {
  google: {
    requirement: 'cdktn-provider-google==20.2.0',
    sha256: '849faa13f6bc662cfc1ae6194abaeca0eeed2dbac3b44034f2f2eb10e38523b0',
  },
  archive: {
    requirement: 'cdktn-provider-archive==12.0.0',
    sha256: '0d39ba2e88596898f1db8a0e5a1f605abe7df875d923828be9c7c430e1875157',
  },
} as const;

/** Unpacks the typings of the folders named, out of the npm package that lies in a wheel. */
const unpack = `
import sys, tarfile, zipfile
wheel, target, *names = sys.argv[1:]
wanted = {f"package/lib/{name}/index.d.ts" for name in names}
with zipfile.ZipFile(wheel) as files:
    inner = next(name for name in files.namelist() if name.endswith(".jsii.tgz"))
    with files.open(inner) as packed, tarfile.open(fileobj=packed, mode="r|gz") as members:
        for member in members:
            if member.name in wanted:
                with open(f"{target}/{member.name.split('/')[2]}.d.ts", "wb") as file:
                    file.write(members.extractfile(member).read())
`;

/** The schemas of those types and of the providers' own blocks. */
export function readProviders(types: readonly string[]): ProviderSchemas {
  return { google: readProvider('google', types), archive: readProvider('archive', types) };
}

function readProvider(name: keyof ProviderSchemas, types: readonly string[]): ProviderSchema {
  const folders = types.map((type) => folderOf(type, name)).filter((folder) => folder !== undefined);
  const target = mkdtempSync(join(tmpdir(), 'typings-'));
  try {
    execFileSync('python3', ['-c', unpack, wheelOf(name), target, 'provider', ...folders]);
    const texts = readdirSync(target)
      .sort()
      .map((file) => readFileSync(join(target, file), 'utf8'));
    const found = new RegExp(`registry\\.terraform\\.io/providers/hashicorp/${name}/([\\d.]+)/docs`).exec(
      texts.join(''),
    );
    return {
      version: found?.[1] ?? 'unknown',
      source: `PyPI ${wheels[name].requirement}`,
      types: Object.fromEntries(texts.map(readTypings).map(({ type, schema }) => [type, schema])),
    };
  } finally {
    rmSync(target, { recursive: true });
  }
}

/** `google_pubsub_topic` → `pubsub-topic`, `data.google_project` → `data-google-project`; undefined: it is of another provider. */
function folderOf(type: string, provider: string): string | undefined {
  const words = type.split(/[._]/);
  if (words[0] === 'data') return words[1] === provider ? words.join('-') : undefined;
  return words[0] === provider ? words.slice(1).join('-') : undefined;
}

/** Throws where nothing can be downloaded. */
export function fetchWheels(): void {
  wheelOf('google');
  wheelOf('archive');
}

function wheelOf(name: keyof typeof wheels): string {
  const { requirement, sha256 } = wheels[name];
  const folder = cached(requirement.replace('==', '-'), (target) => {
    const list = join(target, 'requirements.txt');
    writeFileSync(list, `${requirement} --hash=sha256:${sha256}\n`);
    const args = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--require-hashes', '--dest', target, '-r', list];
    execFileSync('python3', args, { stdio: 'pipe' });
  });
  const file = readdirSync(folder).find((one) => one.endsWith('.whl'));
  if (file === undefined) throw new Error(`reading the typings of ${name}: ${folder} holds no wheel`);
  return join(folder, file);
}
