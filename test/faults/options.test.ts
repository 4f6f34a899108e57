import { describe, expect, it } from 'vitest';
import { examplePoints, parseFaultOptions, usage } from './options.ts';
import { stories } from './stories.ts';

describe('the options of npm run faults', () => {
  it.each([
    { argv: [], expected: { help: false, wires: false } },
    { argv: ['--help'], expected: { help: true } },
    { argv: ['--story', 'scale-down', '--only', '3:late'], expected: { story: 'scale-down', only: '3:late' } },
    { argv: ['--wires', '--story', 'scale-up'], expected: { wires: true, story: 'scale-up' } },
  ])('$argv', ({ argv, expected }) => {
    expect(parseFaultOptions(argv)).toMatchObject({ ok: true, options: expected });
  });

  it.each([
    { argv: ['--nope'], message: "Unknown option '--nope'; --help lists the options" },
    { argv: ['build'], message: "Unexpected argument 'build'; --help lists the options" },
    { argv: ['--story'], message: "Option '--story <value>' argument missing; --help lists the options" },
    { argv: ['--story', 'x'], message: '--story x: must be one of build, scale-up, scale-down' },
    {
      argv: ['--wires', '--story', 'scale-down'],
      message: '--story scale-down: must be one of build, scale-up over the wires',
    },
    {
      argv: ['--wires', '--only', '3:late'],
      message: '--only 3:late: the samples over the wires have no names; leave out --wires',
    },
  ])('$argv are refused in one line', ({ argv, message }) => {
    expect(parseFaultOptions(argv)).toEqual({ ok: false, message });
  });

  it('are told with all stories and the examples', () => {
    for (const { name } of stories) expect(usage()).toContain(name);
    for (const name of examplePoints) expect(usage()).toContain(name);
  });
});
