/** Terraform itself reads, plans and tests infra/, with the providers' schemas in the place of the providers. */
import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isInstalled, skipReason } from '../components.ts';
import { wireSuite } from '../report/wire-suite.ts';
import { infra, readConfiguration, readSources } from './hcl.ts';
import { makeWorkplace, planAll, readPlanTest, type Planned, type Workplace } from './planning.ts';
import { readSchemas, schemaOf } from './schema.ts';
import { findBlockFaults } from './structure.ts';

const schemas = readSchemas();
const configuration = await readConfiguration(readSources());

describe.runIf(isInstalled('terraform'))(wireSuite({ wire: 'Terraform', side: 'real', component: 'Terraform' }), () => {
  let workplace: Workplace;
  let planned: readonly Planned[];

  beforeAll(async () => {
    workplace = makeWorkplace(configuration, schemas, await readPlanTest());
    planned = planAll(workplace);
  });

  afterAll(() => workplace.remove());

  it('fmt would change nothing', () => {
    const format = () =>
      execFileSync('terraform', ['fmt', '-check', '-diff', '-recursive'], {
        cwd: infra,
        encoding: 'utf8',
        stdio: 'pipe',
      });

    expect(format()).toBe('');
  });

  it('plans every resource that is declared', () => {
    const instances = planned.map(({ address }) => address.replace(/\[.*/, ''));
    const declared = configuration.declared.filter(({ type }) => !type.startsWith('provider.'));

    expect([...new Set(instances)].toSorted()).toEqual(declared.map(({ address }) => address).toSorted());
  });

  it('plans values that the providers take, in every instance', () => {
    const faults = planned.flatMap(({ address, type, body }) => {
      const schema = schemaOf(schemas, type);
      return schema === undefined ? [`there is no ${type}`] : findBlockFaults(body, schema, address);
    });

    expect(planned.length).toBeGreaterThan(100);
    expect(faults).toEqual([]);
  });

  it('plans one function that is open to the internet: the one that people call', () => {
    const functions = planned.filter(({ type }) => type === 'google_cloudfunctions2_function');
    const open = functions.filter(
      ({ body }) => !JSON.stringify(body).includes('"ingress_settings":"ALLOW_INTERNAL_ONLY"'),
    );

    expect(open.map(({ address }) => address)).toEqual(['google_cloudfunctions2_function.this["status"]']);
  });

  it('test passes', () => {
    expect(workplace.run('test', '-no-color')).toMatch(/Success! \d+ passed, 0 failed/);
  });
});

it('terraform is there', () => {
  expect(skipReason('terraform')).toBeUndefined();
});
