/** What a terminal shows after it has received `text`: cursor up, carriage return, clear to end of line and of screen, no colours. */
export function screenOf(text: string): readonly string[] {
  const [first = '', ...parts] = text.split('\u001b[');
  const screen: Screen = { rows: [''], row: 0, column: 0 };
  type(screen, first);
  for (const part of parts) {
    const [, count = '', letter = '', rest = ''] = /^(\d*)([A-Za-z])([\s\S]*)$/.exec(part) ?? [];
    control(screen, letter, Number(count));
    type(screen, rest);
  }
  return screen.rows.at(-1) === '' ? screen.rows.slice(0, -1) : screen.rows;
}

interface Screen {
  readonly rows: string[];
  row: number;
  column: number;
}

function type(screen: Screen, text: string): void {
  for (const letter of text) {
    if (letter === '\r') screen.column = 0;
    else if (letter === '\n') Object.assign(screen, { row: screen.row + 1, column: 0 });
    else
      screen.rows[screen.row] = lineOf(screen).slice(0, screen.column) + letter + lineOf(screen).slice(++screen.column);
    screen.rows[screen.row] = lineOf(screen);
  }
}

function control(screen: Screen, letter: string, count: number): void {
  if (letter === 'A') screen.row = Math.max(0, screen.row - count);
  if (letter === 'K' || letter === 'J') screen.rows[screen.row] = lineOf(screen).slice(0, screen.column);
  if (letter === 'J') screen.rows.length = screen.row + 1;
}

function lineOf({ rows, row }: Screen): string {
  return rows[row] ?? '';
}
