/** checkov finds nothing in infra/, or the exception and its reason stand beside the resource. */
import { beforeAll, describe, expect, it } from 'vitest';
import { isInstalled, skipped, skipReason } from '../components.ts';
import { wireSuite } from '../report/wire-suite.ts';
import { whyMissing } from '../cache.ts';
import { checkovVersion, installCheckov, runCheckov, type Findings } from './checkov.ts';
import { readConfiguration, readSources } from './hcl.ts';
import { makeWorkplace, planAll, readPlanTest } from './planning.ts';
import { readSchemas } from './schema.ts';

const isComplete = isInstalled('python') && isInstalled('terraform');
const missing = isComplete ? whyMissing(installCheckov) : undefined;
const isReady = isComplete && missing === undefined;

describe.runIf(isReady)(wireSuite({ wire: 'Terraform', side: 'real', component: `checkov ${checkovVersion}` }), () => {
  let findings: Findings;

  beforeAll(async () => {
    const sources = readSources();
    const workplace = makeWorkplace(await readConfiguration(sources), readSchemas(), await readPlanTest());
    findings = runCheckov(sources, planAll(workplace));
    workplace.remove();
  });

  it('finds nothing in the files that is not excepted there', () => {
    expect(findings.inFiles).toEqual([]);
  });

  it('finds in the plan what is excepted in the files, and nothing else', () => {
    const keyOf = ({ rule, address }: { readonly rule: string; readonly address: string }) =>
      `${rule} ${address.replace(/\[.*/, '')}`;

    expect([...new Set(findings.inPlan.map(keyOf))].toSorted()).toEqual(findings.excepted.map(keyOf).toSorted());
  });

  it('is told the reason of each exception', () => {
    expect(findings.excepted).not.toEqual([]);
    expect(findings.excepted.filter(({ reason }) => reason.length < 40)).toEqual([]);
  });
});

it('checkov is there', () => {
  if (missing !== undefined) expect(skipped(`checkov: ${missing}`)).toBeUndefined();
  expect(skipReason('python')).toBeUndefined();
});
