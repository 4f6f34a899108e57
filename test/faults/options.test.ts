import { describe, expect, it } from 'vitest';
import { examplePoints, parseFaultOptions, pointsOf, usage } from './options.ts';
import { stories } from './stories.ts';

describe('the options of npm run faults', () => {
  it.each([
    { argv: [], expected: { help: false, wires: false } },
    { argv: ['--help'], expected: { help: true } },
    { argv: ['--story', 'scale-down', '--only', '3:late'], expected: { story: 'scale-down', only: '3:late' } },
    { argv: ['--share', '2/4'], expected: { share: { index: 2, of: 4 } } },
    { argv: ['--share', '1/2', '--wires'], expected: { wires: true, share: { index: 1, of: 2 } } },
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
    { argv: ['--share', '5/4'], message: '--share 5/4: must be I/N with 1 <= I <= N, e.g. 2/4' },
    { argv: ['--share', 'half'], message: '--share half: must be I/N with 1 <= I <= N, e.g. 2/4' },
  ])('$argv are refused in one line', ({ argv, message }) => {
    expect(parseFaultOptions(argv)).toEqual({ ok: false, message });
  });

  it('are told with all stories and the examples', () => {
    for (const { name } of stories) expect(usage()).toContain(name);
    for (const name of examplePoints) expect(usage()).toContain(name);
  });
});

it('all shares together are all points, each once', () => {
  const points = Array.from({ length: 11 }, (_, at) => at);

  const shares = [1, 2, 3, 4].map((index) => pointsOf(points, { index, of: 4 }));

  expect(shares.map(({ length }) => length)).toEqual([3, 3, 3, 2]);
  expect(shares.flat().sort((a, b) => a - b)).toEqual(points);
});
