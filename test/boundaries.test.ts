/** The rules of the tree that no compiler holds: who imports whom, and words that must not occur. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withGenerated } from '../emulator/served.ts';
import { allRejections } from '../emulator/world/rejection.ts';
import { names } from '../emulator/provision.ts';
import { Environment, parseConfig } from '#shared/config.ts';
import { functionsEnvironment } from '../emulator/functions-environment.ts';

const root = new URL('..', import.meta.url).pathname;
const files = ['functions', 'shared', 'manifests', 'emulator', 'infra'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(ts|md|yaml)$/.test(file))
    .map((file) => `${folder}/${file}`),
);
const textOf = (file: string) => readFileSync(join(root, file), 'utf8');

/** Paths from the root for our own modules, bare names for packages. */
function importsOf(file: string, text = textOf(file)): readonly string[] {
  const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, specifier = '']) => specifier);
  return specifiers.map((specifier) => {
    if (specifier.startsWith('#')) return specifier.slice(1);
    return specifier.startsWith('.') ? relative(root, resolve(root, dirname(file), specifier)) : specifier;
  });
}

/** The module and all that is loaded with it: what is imported as a type alone is not. */
function loadedWith(module: string): readonly string[] {
  const found = new Set([module]);
  for (const path of found) {
    if (!isOwn(path)) continue;
    const text = textOf(path).replaceAll(/^import type [^;]*;$/gm, '');
    for (const imported of importsOf(path, text)) found.add(imported);
  }
  return [...found];
}

const isOwn = (specifier: string) => /^(functions|shared|manifests|emulator|infra|test)\//.test(specifier);

describe('imports', () => {
  it.each([
    {
      from: /^shared\/domain\//,
      may: /^shared\/(domain\/|errors\.ts$)/,
      name: 'shared/domain imports itself and errors only',
    },
    { from: /^shared\/ports\//, may: /^shared\/(ports|domain)\//, name: 'ports import ports and domain only' },
    { from: /^shared\/documents\//, may: /^shared\/(documents|domain|errors)/, name: 'documents import domain only' },
    { from: /^shared\//, may: /^shared\//, name: 'shared imports shared only' },
    {
      from: /^manifests\//,
      may: /^(manifests|shared\/domain|shared\/errors)/,
      name: 'manifests import shared/domain only',
    },
    { from: /^functions\//, may: /^(functions|shared|manifests)\//, name: 'functions import no local cloud' },
    {
      from: /^emulator\//,
      may: /^(emulator\/|shared\/simulation\/|infra\/(functions\.ts|messaging\.json)$)/,
      name: 'the local cloud imports nothing of the product but the serving simulation, and what is to be provisioned',
    },
    {
      from: /^shared\/simulation\//,
      may: /^shared\/(simulation|domain)\//,
      name: 'the simulation imports domain only',
    },
  ])('$name', ({ from, may }) => {
    const wrong = files
      .filter((file) => from.test(file))
      .flatMap((file) =>
        importsOf(file)
          .filter((imported) => isOwn(imported) && !may.test(imported))
          .map((imported) => `${file} → ${imported}`),
      );

    expect(wrong).toEqual([]);
  });

  it('of vendor clients occur in the adapters only', () => {
    const vendor = /^(@google-cloud|google-gax|google-auth-library|@kubernetes|undici)/;
    const allowed = /^(shared\/(gcp|kubernetes)\/|functions\/(index|server|door)\.ts$|functions\/cli\/)/;
    // Objects are typed as the official client types them, and load nothing of it (D9).
    const loadedText = (file: string) =>
      file.startsWith('manifests/') ? textOf(file).replaceAll(/^import type [^;]*;$/gm, '') : textOf(file);
    const wrong = files
      .filter((file) => !file.startsWith('emulator/') && !file.startsWith('infra/') && !allowed.test(file))
      .flatMap((file) =>
        importsOf(file, loadedText(file))
          .filter((imported) => vendor.test(imported))
          .map((imported) => `${file} → ${imported}`),
      );

    expect(wrong).toEqual([]);
  });

  it('of one function’s folder by another do not occur', () => {
    const folderOf = (path: string) => /^functions\/([\w-]+)\//.exec(path)?.[1];
    const wrong = files
      .filter((file) => folderOf(file) !== undefined)
      .flatMap((file) =>
        importsOf(file)
          .filter((imported) => folderOf(imported) !== undefined && folderOf(imported) !== folderOf(file))
          .map((imported) => `${file} → ${imported}`),
      );

    expect(wrong).toEqual([]);
  });

  it('and files that are read by path lie in the repository', () => {
    const tests = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => `test/${file}`);
    const paths = [...files, ...tests].flatMap((file) =>
      [...textOf(file).matchAll(/new URL\(\s*['`](\.[^'`$]*)/g)].map(([, path = '']) => ({ file, path })),
    );
    const wrong = paths.filter(({ file, path }) => !resolve(root, dirname(file), path).startsWith(resolve(root)));

    expect(paths.length).toBeGreaterThan(10);
    expect(wrong).toEqual([]);
  });

  it.each(files.filter((file) => /^functions\/[\w-]+\/plan\.ts$/.test(file)))(
    'of %s, and of all that is loaded with it, are domain and its own folder',
    (planner) => {
      const isPure = (path: string) =>
        /^shared\/(domain\/|errors\.ts$)/.test(path) || dirname(path) === dirname(planner);

      const wrong = loadedWith(planner).filter((path) => !isPure(path));

      expect(wrong).toEqual([]);
    },
  );
});

describe('words', () => {
  it('the product does not know the local cloud', () => {
    const wrong = files
      .filter((file) => /^(functions|shared|manifests)\//.test(file))
      .filter((file) => /\b(emulator|fake|mock|stub)\b/i.test(textOf(file)));

    expect(wrong).toEqual([]);
  });

  it('clocks, timers and chance occur only where they are made', () => {
    const allowed = /^(functions\/runtime\.ts|functions\/cli\/main\.ts|emulator\/world\/real-time\.ts)$/;
    const wrong = files
      .filter((file) => !allowed.test(file))
      .filter((file) => /\b(Date\.now\(|setTimeout\(|setInterval\(|Math\.random\()/.test(textOf(file)));

    expect(wrong).toEqual([]);
  });

  it('the environment is read where things are put together', () => {
    const allowed =
      /^(functions\/runtime\.ts|functions\/cli\/main\.ts|emulator\/(main|inferctl|functions-environment|control-plane\/programs|google-emulators\/main)\.ts)$/;
    const wrong = files.filter((file) => !allowed.test(file)).filter((file) => textOf(file).includes('process.env'));

    expect(wrong).toEqual([]);
  });

  it('the lock file names no registry', () => {
    expect(readFileSync(join(root, 'package-lock.json'), 'utf8')).not.toContain('"resolved"');
  });
});

describe('the same thing told in two places', () => {
  const environment = functionsEnvironment(
    { project: 'demo', home: '/x' },
    { http: 'http://127.0.0.1:1', grpc: 'http://127.0.0.1:2', kubernetes: 'https://127.0.0.1:3' },
  );

  it('the local cloud’s names are the configuration’s defaults', () => {
    const { FLEET_WAKES_TOPIC, FLEET_DEAD_LETTER_TOPIC, FLEET_QUEUE, ...without } = environment;
    const defaults = parseConfig(without);

    expect([defaults.FLEET_WAKES_TOPIC, defaults.FLEET_DEAD_LETTER_TOPIC, defaults.FLEET_QUEUE]).toEqual([
      FLEET_WAKES_TOPIC,
      FLEET_DEAD_LETTER_TOPIC,
      FLEET_QUEUE,
    ]);
    expect(FLEET_WAKES_TOPIC).toBe(names.wakes);
  });

  it('the local cloud sets no variable that the configuration does not know', () => {
    const known = Object.keys(Environment.shape);

    expect(Object.keys(environment).filter((key) => key !== 'PATH' && !known.includes(key))).toEqual([]);
  });
});

describe('what the local cloud refuses', () => {
  it('cites a fact or is marked as assumed', () => {
    expect(allRejections().filter(({ source }) => source.length < 12)).toEqual([]);
  });

  it('is listed in its README as npm run served writes it', () => {
    const readme = textOf('emulator/README.md');

    expect(withGenerated(readme)).toBe(readme);
  });
});
