import { describe, expect, it } from 'vitest';
import { parseOptions, usage } from '../../emulator/options.ts';

const parse = (...argv: string[]) => parseOptions(argv, 'sample.yaml');

describe('options of npm start', () => {
  it('have defaults', () => {
    expect(parse()).toEqual({
      ok: true,
      options: {
        help: false,
        once: false,
        verbose: false,
        speed: 150,
        port: 8085,
        scenario: 'build',
        seed: 'inference-fleet',
        hours: 24,
        document: 'sample.yaml',
        kubernetes: 'emulated',
      },
    });
  });

  it('are read', () => {
    const parsed = parse(
      '--once',
      '--speed',
      'max',
      '--document',
      'a.yaml',
      '--scenario',
      'busy',
      '--port',
      '0',
      '--seed',
      'x',
      '-v',
      '--kubernetes',
      'real',
    );

    expect(parsed).toEqual({
      ok: true,
      options: {
        help: false,
        once: true,
        verbose: true,
        speed: 'max',
        port: 0,
        scenario: 'busy',
        seed: 'x',
        hours: 24,
        document: 'a.yaml',
        kubernetes: 'real',
      },
    });
  });

  it('have the speed of the scenario, hours and a trace for traffic, and where Firestore is', () => {
    expect(parse('--scenario', 'traffic', '--hours', '2', '--trace', 'day.csv')).toMatchObject({
      options: { speed: 'max', hours: 2, trace: 'day.csv' },
    });
    expect(parse('--firestore', '127.0.0.1:8186')).toMatchObject({ options: { firestore: '127.0.0.1:8186' } });
    expect(parse('--scenario', 'traffic', '--speed', '300')).toMatchObject({ options: { speed: 300, hours: 24 } });
  });

  it.each([
    { argv: ['--speed', '0'], message: '--speed 0: must be a number of at least 1, or max' },
    { argv: ['--speed', 'fast'], message: '--speed fast: must be a number of at least 1, or max' },
    { argv: ['--hours', '0'], message: '--hours 0: must be more than 0 and at most 168' },
    { argv: ['--hours', 'two'], message: '--hours two: must be more than 0 and at most 168' },
    { argv: ['--port', '70000'], message: '--port 70000: must be 0..65533' },
    {
      argv: ['--scenario', 'flood'],
      message: '--scenario flood: must be one of build, crash, duplicates, busy, traffic',
    },
    {
      argv: ['--hours', '1'],
      message: '--hours 1: only with --scenario traffic, not with build',
    },
    { argv: ['--kubernetes', 'k3s'], message: '--kubernetes k3s: must be emulated or real' },
    {
      argv: ['--kubernetes', 'real', '--scenario', 'traffic'],
      message: '--kubernetes real: not with --scenario traffic',
    },
    {
      argv: ['--scenario', 'crash', '--trace', 'day.csv'],
      message: '--trace day.csv: only with --scenario traffic, not with crash',
    },
    {
      argv: ['--firestore', '8186'],
      message: '--firestore 8186: must be HOST:PORT, as npm run emulators prints it (FIRESTORE_EMULATOR_HOST)',
    },
    {
      argv: ['--firestore', '127.0.0.1:81860'],
      message:
        '--firestore 127.0.0.1:81860: must be HOST:PORT, as npm run emulators prints it (FIRESTORE_EMULATOR_HOST)',
    },
    { argv: ['--nonsense'], message: /Unknown option '--nonsense'/ },
  ])('are refused by name and value: $argv', ({ argv, message }) => {
    expect(parse(...argv)).toEqual({
      ok: false,
      message: typeof message === 'string' ? message : expect.stringMatching(message),
    });
  });

  it('are all in the usage', () => {
    const flags = [
      '--once',
      '--speed',
      '--document',
      '--scenario',
      '--port',
      '--seed',
      '--hours',
      '--trace',
      '--firestore',
      '--verbose',
    ];
    for (const option of flags) expect(usage()).toContain(option);
  });
});
