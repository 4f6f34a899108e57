import { describe, expect, it } from 'vitest';
import { plain, renderLine, span, widthOf } from '../../../../functions/cli/text/line.ts';
import { alignCells, toTable } from '../../../../functions/cli/text/table.ts';

describe('a line', () => {
  const line = [span('cluster/demo', 'bold'), span('  '), span('failed', 'red')];

  it.each([
    {
      name: 'is coloured for a terminal',
      rendering: { isColoured: true },
      text: '\u001b[1mcluster/demo\u001b[0m  \u001b[31mfailed\u001b[0m',
    },
    { name: 'is plain elsewhere', rendering: { isColoured: false }, text: 'cluster/demo  failed' },
    { name: 'that fits is not cut', rendering: { isColoured: false, columns: 20 }, text: 'cluster/demo  failed' },
    {
      name: 'that does not fit ends with an ellipsis',
      rendering: { isColoured: false, columns: 19 },
      text: 'cluster/demo  fail…',
    },
    {
      name: 'is cut by its letters, not by its colours',
      rendering: { isColoured: true, columns: 8 },
      text: '\u001b[1mcluster\u001b[0m…',
    },
  ])('$name', ({ rendering, text }) => {
    expect(renderLine(line, rendering)).toBe(text);
  });

  it('shows no control characters of other systems', () => {
    const hostile = plain('no stock\u001b[2Jin\r\nzone\u0007 a');

    expect(renderLine(hostile, { isColoured: true })).toBe('no stock [2Jin zone  a');
  });

  it('counts what a reader calls characters', () => {
    expect(widthOf(plain('e\u0301…✓'))).toBe(3);
  });
});

describe('a table', () => {
  const render = (lines: ReturnType<typeof toTable>) => lines.map((line) => renderLine(line, { isColoured: false }));

  it('has columns as wide as their widest cell and no trailing spaces', () => {
    const table = toTable(
      ['NAME', 'WHY'],
      [
        [span('cluster/demo'), span('')],
        [span('a'), span('busy')],
      ],
    );

    expect(render(table)).toEqual(['NAME          WHY', 'cluster/demo', 'a             busy']);
  });

  it('may have rows of different lengths', () => {
    expect(render(alignCells([[span('one')], [span('a'), span('b')]]))).toEqual(['one', 'a    b']);
  });
});
