/** Terraform itself reads the files. Without the providers, which a machine may have no way to, it can format but not validate. */
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { isInstalled, skipReason } from './components.ts';

const infra = new URL('../../infra', import.meta.url).pathname;

describe.runIf(isInstalled('terraform'))('terraform', () => {
  it('fmt would change nothing', () => {
    const args = ['fmt', '-check', '-diff', '-recursive'];
    const { status, stdout } = spawnSync('terraform', args, { cwd: infra, encoding: 'utf8' });

    expect(stdout).toBe('');
    expect(status).toBe(0);
  });
});

it('terraform is there', () => {
  expect(skipReason('terraform')).toBeUndefined();
});
