/** Whole-number arithmetic of the shell: `(2 + 1) * 8`. Undefined for anything else, unknown variables among it. */
export function arithmetic(text: string): number | undefined {
  const tokens = text.match(/\d+|[^\s\d]/g) ?? [];
  let index = 0;

  const primary = (): number | undefined => {
    const token = tokens[index];
    index += 1;
    if (token === undefined) return undefined;
    if (/^\d+$/.test(token)) return Number(token);
    if (token !== '(') return undefined;
    const inner = sum();
    index += 1;
    return inner;
  };
  const chain = (next: () => number | undefined, signs: readonly string[]): number | undefined => {
    let left = next();
    for (let sign = tokens[index]; sign !== undefined && signs.includes(sign); sign = tokens[index]) {
      index += 1;
      left = applied(left, sign, next());
    }
    return left;
  };
  const product = () => chain(primary, ['*', '/', '%']);
  const sum = (): number | undefined => chain(product, ['+', '-']);

  const total = sum();
  return index === tokens.length ? total : undefined;
}

function applied(left: number | undefined, sign: string, right: number | undefined): number | undefined {
  if (left === undefined || right === undefined) return undefined;
  if (sign === '+') return left + right;
  if (sign === '-') return left - right;
  if (sign === '*') return left * right;
  // Nobody can divide by nothing.
  if (right === 0) return undefined;
  return sign === '/' ? Math.trunc(left / right) : left % right;
}
