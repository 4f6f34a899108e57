/** What the owner may give the engine, and what its version has. */
import { describe, expect, it } from 'vitest';
import { engineProblems } from '#manifests/serving/engine-problems.ts';
import { explainObjects } from '#manifests/serving/explain.ts';
import { flagsFor } from '#manifests/serving/pod/flags-for.ts';
import { renderStack } from '#manifests/serving/render.ts';
import type { Engine } from '#shared/domain/serving/engine.ts';
import type { StackRoles } from '#shared/domain/serving/roles.ts';
import { envOf, flagOf, makeStack, serverOf } from '../../../support/make-serving-stack.ts';

describe('settings of the owner', () => {
  it('reach every pod, workers too, as vLLM writes them', () => {
    const stack = makeStack({
      engine: {
        flags: { '--max-num-seqs': 64, '--enforce-eager': true, '--async-scheduling': false },
        env: { VLLM_LOGGING_LEVEL: 'WARNING' },
      },
      roles: { aggregated: { nodes: 2 } },
    });

    for (const position of ['leader', 'worker'] as const) {
      const server = serverOf(stack, 'aggregated', position);
      expect(flagOf(server, '--max-num-seqs')).toBe('64');
      expect(flagOf(server, '--enforce-eager')).toBe('');
      expect(flagOf(server, '--no-async-scheduling')).toBe('');
      expect(envOf(server)['VLLM_LOGGING_LEVEL']).toBe('WARNING');
    }
  });
});

describe('a flag of the owner', () => {
  it('is there because the document asks for it, whatever the builders use it for elsewhere', () => {
    const stack = makeStack({ engine: { flags: { '--max-num-seqs': 64 } } });
    const { explanations } = explainObjects(stack, renderStack(stack));

    expect(explanations.find(({ path }) => path.endsWith('--max-num-seqs'))).toMatchObject({
      value: '64',
      why: 'the document asks for it',
      source: 'spec.engine.flags',
    });
  });
});

describe('flagsFor', () => {
  const flags = [{ name: '--shutdown-timeout', value: 45 }] as const;

  it('lets through what the version has', () => {
    expect(flagsFor('0.18.0', flags)).toBe(flags);
    expect(flagsFor('0.100.0', flags)).toBe(flags);
  });

  it('writes nothing that it has not', () => {
    expect(() => flagsFor('0.17.9', flags)).toThrow(
      'writing --shutdown-timeout for vLLM 0.17.9: it is usable since 0.18.0',
    );
  });

  it('leaves the owner’s to the owner', () => {
    const own = [{ name: '--new-thing', isOwners: true }] as const;

    expect(flagsFor('0.1.0', own)).toBe(own);
  });
});

describe('engineProblems', () => {
  const problemsOf = (engine: Engine, roles?: StackRoles) =>
    engineProblems(makeStack({ engine, ...(roles !== undefined && { roles }) })).map(
      ({ field, fix }) => `${field}: ${fix}`,
    );

  it('are none where nothing is said', () => {
    expect(problemsOf({})).toEqual([]);
  });

  it.each<{ readonly what: string; readonly version: string; readonly roles: StackRoles; readonly fix: string }>([
    { what: 'graceful ends', version: '0.17.0', roles: { aggregated: {} }, fix: 'use 0.18.0 or newer' },
    {
      what: 'ranks that a supervisor keeps, sound since later than there',
      version: '0.24.0',
      roles: { aggregated: { nodes: 2, parallelism: 'expert' } },
      fix: 'use 0.25.0 or newer',
    },
  ])('name the version that has $what', ({ version, roles, fix }) => {
    expect(problemsOf({ version }, roles)).toEqual([expect.stringContaining(`spec.engine.version: ${fix}`)]);
  });

  it.each([
    { flag: '--tensor-parallel-size', fix: 'remove it, and use gpus of the role' },
    { flag: '--max-model-len', fix: 'remove it, and use spec.model.maxContextTokens' },
    { flag: '--no-enable-expert-parallel', fix: 'remove it, and use parallelism: expert of the role' },
    { flag: '--model', fix: 'remove it, and use spec.model.id' },
    { flag: '--tensor-parallel', fix: 'remove it, and use gpus of the role' },
    { flag: '--tensor-parallel-size.x', fix: 'remove it, and use gpus of the role' },
    { flag: '--nnodes', fix: 'remove it: it follows from the rest of the document' },
  ])('refuse $flag, which is the builders’ whether they write it here or not', ({ flag, fix }) => {
    expect(problemsOf({ flags: { [flag]: 1 } })).toEqual([`spec.engine.flags["${flag}"]: ${fix}`]);
  });

  it('let the owner tune what the builders leave alone in this shape', () => {
    const engine = { flags: { '--max-num-seqs': 64 } };

    expect(problemsOf(engine)).toEqual([]);
    expect(problemsOf(engine, { aggregated: { nodes: 2, parallelism: 'expert' } })).toEqual([
      'spec.engine.flags["--max-num-seqs"]: remove it: it follows from the rest of the document',
    ]);
  });

  it('refuse a switch that is on and off', () => {
    expect(problemsOf({ flags: { '--enforce-eager': false, '--no-enforce-eager': 1 } })).toEqual([
      'spec.engine.flags["--enforce-eager"]: remove one of the two',
    ]);
  });

  it.each(['HF_TOKEN', 'LWS_GROUP_SIZE', 'VLLM_SERVER_DEV_MODE'])(
    'refuse the variable %s, which somebody else sets',
    (name) => {
      expect(problemsOf({ env: { [name]: 'x' } })).toEqual([
        expect.stringContaining(`spec.engine.env.${name}: remove it`),
      ]);
    },
  );
});
