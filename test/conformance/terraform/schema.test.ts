/** infra/ against the schemas of the providers that it asks for. */
import { describe, expect, it } from 'vitest';
import { isInstalled, skipped, skipReason } from '../components.ts';
import { wireSuite } from '../report/wire-suite.ts';
import { whyMissing } from '../cache.ts';
import { readConfiguration, readSources } from './hcl.ts';
import { findReferenceFaults } from './references.ts';
import { readSchemas } from './schema.ts';
import { findStructureFaults } from './structure.ts';
import { fetchWheels, readProviders } from './wheels.ts';

const configuration = await readConfiguration(readSources());
const schemas = readSchemas();
const { google, archive } = schemas;
const component = `schemas of hashicorp/google ${google.version} and hashicorp/archive ${archive.version}`;

/** `~> 7.45` takes 7.45 and what comes after it below 8 (Terraform documentation, "Version Constraints"). */
function satisfies(version: string, constraint: string): boolean {
  const [, major, minor] = /^~> (\d+)\.(\d+)$/.exec(constraint) ?? [];
  const [is = '', since = ''] = version.split('.');
  return is === major && Number(since) >= Number(minor);
}

describe(wireSuite({ wire: 'Terraform', side: 'real', component }), () => {
  it.each(configuration.declared)(
    '$address: every argument and block is one of its type, and none is missing',
    (one) => {
      expect(findStructureFaults({ ...configuration, declared: [one] }, schemas)).toEqual([]);
    },
  );

  it('every reference is to something that is declared, and to an attribute that it has', () => {
    expect(findReferenceFaults(configuration, schemas)).toEqual([]);
  });

  it.each(
    [google, archive].map(({ version, source }, at) => ({ name: at === 0 ? 'google' : 'archive', version, source })),
  )('the version asked for of $name includes $version', ({ name, version }) => {
    expect(configuration.providerVersions[name]).toSatisfy((wanted: string) => satisfies(version, wanted));
  });
});

const missing = isInstalled('python') ? whyMissing(fetchWheels) : undefined;

describe.runIf(isInstalled('python') && missing === undefined)('provider-schemas.json', () => {
  it('is what the published typings say of the types in use, and of no others', () => {
    const types = [...new Set(configuration.declared.map(({ type }) => type))];

    expect(schemas).toEqual(readProviders(types));
  });
});

it('the published typings are there', () => {
  expect(missing === undefined ? skipReason('python') : skipped(`the providers’ typings: ${missing}`)).toBeUndefined();
});
