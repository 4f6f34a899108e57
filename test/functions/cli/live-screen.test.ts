import { describe, expect, it } from 'vitest';
import { makeLiveScreen, redraw } from '../../../functions/cli/live-screen.ts';
import { plain, span } from '../../../functions/cli/text/line.ts';
import { makeIo } from './make-io.ts';
import { screenOf } from './screen.ts';

const terminal = { columns: 40, rows: 10 };

describe('a redraw', () => {
  it('writes the first frame without moving', () => {
    expect(redraw([], ['one', 'two'], 40)).toBe('one\u001b[K\ntwo\u001b[K\n\u001b[J');
  });

  it('goes up over the frame that is shown, writes over it and clears the rest', () => {
    expect(redraw([3, 0, 5], ['one'], 40)).toBe('\u001b[3A\rone\u001b[K\n\u001b[J');
  });

  it('goes up over the rows into which a narrower terminal has broken the lines', () => {
    expect(redraw([40, 41, 0], ['one'], 20)).toBe('\u001b[6A\rone\u001b[K\n\u001b[J');
  });
});

describe('the live screen', () => {
  it('shows the latest frame and nothing of those before it', async () => {
    const io = makeIo({ terminal });
    const screen = makeLiveScreen(io);

    screen.draw([plain('a long first line'), plain('second'), plain('third')]);
    await io.sleep(200);
    screen.draw([plain('short'), plain('second')]);
    io.out('below\n');

    expect(screenOf(io.printed.out)).toEqual(['short', 'second', 'below']);
  });

  it('redraws at most once in 200 ms, and shows what it kept at the end', async () => {
    const io = makeIo({ terminal });
    const screen = makeLiveScreen(io);

    screen.draw([plain('one')]);
    await io.sleep(199);
    screen.draw([plain('two')]);
    const meanwhile = screenOf(io.printed.out);
    screen.flush();

    expect(meanwhile).toEqual(['one']);
    expect(screenOf(io.printed.out)).toEqual(['two']);
  });

  it('writes nothing when nothing has changed', async () => {
    const io = makeIo({ terminal });
    const screen = makeLiveScreen(io);
    screen.draw([plain('one')]);
    const written = io.printed.out;

    await io.sleep(1_000);
    screen.draw([plain('one')]);
    screen.flush();

    expect(io.printed.out).toBe(written);
  });

  it('cuts lines one column before the edge, where some terminals would wrap', () => {
    const io = makeIo({ terminal });

    makeLiveScreen(io).draw([plain('x'.repeat(41))]);

    expect(screenOf(io.printed.out)).toEqual([`${'x'.repeat(38)}…`]);
  });

  it.each([
    { environment: {}, expected: '\u001b[32mready\u001b[0m\u001b[K\n\u001b[J' },
    { environment: { NO_COLOR: '' }, expected: '\u001b[32mready\u001b[0m\u001b[K\n\u001b[J' },
    { environment: { NO_COLOR: '1' }, expected: 'ready\u001b[K\n\u001b[J' },
  ])('honours $environment', ({ environment, expected }) => {
    const io = makeIo({ terminal, environment });

    makeLiveScreen(io).draw([[span('ready', 'green')]]);

    expect(io.printed.out).toBe(expected);
  });
});
