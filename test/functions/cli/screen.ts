/** What a terminal shows after it has received `text`: cursor up, carriage return, clear to end of line and of screen, no colours. */
export function screenOf(text: string): readonly string[] {
  const rows: string[] = [''];
  let [row, column] = [0, 0];
  for (const [token, up] of text.matchAll(/\u001b\[(\d*)[A-Za-z]|[\s\S]/g)) {
    if (token === '\n') [row, column] = [row + 1, 0];
    else if (token === '\r') column = 0;
    else if (token.endsWith('A') && token.length > 1) row = Math.max(0, row - Number(up));
    else if (token === '\u001b[K') rows[row] = (rows[row] ?? '').slice(0, column);
    else if (token === '\u001b[J') {
      rows[row] = (rows[row] ?? '').slice(0, column);
      rows.length = row + 1;
    } else if (token.length === 1) {
      const line = (rows[row] ?? '').padEnd(column);
      rows[row] = line.slice(0, column) + token + line.slice(column + 1);
      column++;
    }
    rows[row] ??= '';
  }
  return rows.at(-1) === '' ? rows.slice(0, -1) : rows;
}
