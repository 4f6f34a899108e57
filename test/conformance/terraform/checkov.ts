/** Runs checkov, which knows rules for the security of Terraform configurations, and reads what it found. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cached } from '../cache.ts';
import type { Sources } from './hcl.ts';
import type { Planned } from './planning.ts';

export const checkovVersion = '3.3.30';

/** uv installs checkov's 96 packages in 8 s, where pip needs 40 s. */
const uvVersion = '0.13.9';

/** With the versions that its packages had that day: what is on PyPI under a version never changes. */
const asOf = '2026-11-20';

/** One rule that does not hold for one resource. */
export interface Finding {
  readonly rule: string;
  /** As in the configuration, or with its key as in the plan. */
  readonly address: string;
  readonly title: string;
}

export interface Findings {
  /** In the files, with the exceptions written there. */
  readonly inFiles: readonly Finding[];
  /** Exceptions that are written in the files. */
  readonly excepted: readonly (Finding & { readonly reason: string })[];
  /** In the plan, where values are known and comments are not. */
  readonly inPlan: readonly Finding[];
}

/** The folder of the installed packages; throws where nothing can be downloaded. */
export function installCheckov(): string {
  const python = execFileSync('python3', ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])'], {
    encoding: 'utf8',
  });
  // Some packages are compiled for one version of Python.
  return cached(`checkov-${checkovVersion}-python-${python.trim()}`, (target) => {
    const args = [
      'pip',
      'install',
      '--quiet',
      '--no-cache',
      '--python',
      'python3',
      '--exclude-newer',
      asOf,
      '--target',
      target,
    ];
    execFileSync(join(installUv(), 'bin', 'uv'), [...args, `checkov==${checkovVersion}`], { stdio: 'pipe' });
  });
}

function installUv(): string {
  return cached(`uv-${uvVersion}`, (target) => {
    execFileSync('python3', ['-m', 'pip', 'install', '--quiet', '--target', target, `uv==${uvVersion}`], {
      stdio: 'pipe',
    });
  });
}

export function runCheckov(sources: Sources, planned: readonly Planned[]): Findings {
  const folder = mkdtempSync(join(tmpdir(), 'checkov-'));
  try {
    for (const [file, text] of sources) writeFileSync(join(folder, file), text);
    writeFileSync(join(folder, 'plan.json'), JSON.stringify(toPlanJson(planned)));
    // Without an account of its maker's there are no severities: whatever is found counts.
    const args = [
      '--directory',
      folder,
      '--framework',
      'terraform',
      'terraform_plan',
      '--skip-download',
      '--soft-fail',
    ];
    const output = execFileSync('python3', ['-m', 'checkov.main', ...args, '--compact', '--output', 'json'], {
      encoding: 'utf8',
      env: { ...process.env, PYTHONPATH: installCheckov() },
      stdio: 'pipe',
    });
    return readFindings(JSON.parse(output));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** As `terraform show -json` writes a plan, as far as checkov reads it (Terraform documentation, "JSON Output Format"). */
function toPlanJson(planned: readonly Planned[]): object {
  const managed = planned.filter(({ type }) => !type.startsWith('data.'));
  const described = managed.map(({ address, type, body }) => ({
    resource: { address, mode: 'managed', type, name: address.slice(type.length + 1).replace(/\[.*/, '') },
    body,
  }));
  return {
    format_version: '1.2',
    terraform_version: '1.11.4',
    planned_values: {
      root_module: { resources: described.map(({ resource, body }) => ({ ...resource, values: body })) },
    },
    resource_changes: described.map(({ resource, body }) => ({
      ...resource,
      change: { actions: ['create'], before: null, after: body },
    })),
  };
}

interface Report {
  readonly check_type: string;
  readonly results: {
    readonly failed_checks: readonly Check[];
    readonly skipped_checks: readonly Check[];
    readonly parsing_errors: readonly string[];
  };
}

interface Check {
  readonly check_id: string;
  readonly check_name: string;
  readonly resource: string;
  readonly check_result: { readonly suppress_comment?: string };
}

function readFindings(reports: readonly Report[]): Findings {
  const of = (framework: string) => {
    const results = reports.find(({ check_type: type }) => type === framework)?.results;
    if (results === undefined || results.parsing_errors.length > 0) {
      throw new Error(`running checkov: its ${framework} says ${JSON.stringify(results?.parsing_errors)}`);
    }
    return results;
  };
  return {
    inFiles: of('terraform').failed_checks.map(toFinding),
    excepted: of('terraform').skipped_checks.map((check) => ({
      ...toFinding(check),
      reason: check.check_result.suppress_comment ?? '',
    })),
    inPlan: of('terraform_plan').failed_checks.map(toFinding),
  };
}

function toFinding({ check_id: rule, check_name: title, resource: address }: Check): Finding {
  return { rule, address, title };
}
