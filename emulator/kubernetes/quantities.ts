/** Quantities as the server writes them: `1000m` is `1`, `1024Mi` is `1Gi` (kubernetes/apimachinery pkg/api/resource/quantity.go). */

const form = /^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$/;
/** What the server says to everything else. */
export const quantityMistake =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

const decimalSuffixes = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];
/** Place of no suffix among them; each step is a factor of a thousand. */
const UNIT = 3;
const binarySuffixes = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];

/** Nothing finer than a billionth is kept. */
const NANO = 10n ** 9n;

type Notation = 'binary' | 'decimal' | 'exponent';

/** Undefined: no quantity. */
export function canonicalQuantity(text: string): string | undefined {
  const [, number = '', suffix = ''] = form.exec(text.trim()) ?? [];
  if (!/^[+-]?(\d+\.?\d*|\.\d+)$/.test(number)) return undefined;
  const binary = binarySuffixes.indexOf(suffix);
  if (suffix !== '' && binary > 0) return written(scaled(number, 1024n ** BigInt(binary), 0), 'binary');
  const decimal = decimalSuffixes.indexOf(suffix);
  if (decimal >= 0) return written(scaled(number, 1n, (decimal - UNIT) * 3), 'decimal');
  const [, exponent] = /^[eE]([+-]?\d+)$/.exec(suffix) ?? [];
  return exponent === undefined ? undefined : written(scaled(number, 1n, Number(exponent)), 'exponent');
}

/** The value in billionths, rounded away from zero. */
function scaled(number: string, factor: bigint, exponent: number): bigint {
  const [whole = '', fraction = ''] = number.replace(/^[+-]/, '').split('.');
  const digits = BigInt(`${whole}${fraction}` || '0') * factor * NANO;
  const shift = exponent - fraction.length;
  const value = shift >= 0 ? digits * 10n ** BigInt(shift) : ceilingOf(digits, 10n ** BigInt(-shift));
  return number.startsWith('-') ? -value : value;
}

const ceilingOf = (value: bigint, divisor: bigint): bigint => (value + divisor - 1n) / divisor;

function written(nanos: bigint, notation: Notation): string {
  if (nanos === 0n) return '0';
  const isWhole = nanos % NANO === 0n;
  const size = nanos < 0n ? -nanos : nanos;
  if (notation === 'binary' && isWhole && size >= 1024n * NANO) {
    const [rest, steps] = reduced(nanos / NANO, 1024n, binarySuffixes.length - 1);
    return `${rest}${binarySuffixes[steps]}`;
  }
  const [rest, steps] = reduced(nanos, 1000n, decimalSuffixes.length - 1);
  if (notation !== 'exponent') return `${rest}${decimalSuffixes[steps]}`;
  return steps === UNIT ? String(rest) : `${rest}e${(steps - UNIT) * 3}`;
}

/** The value without a factor as often as it holds it, and how often that was. */
function reduced(value: bigint, factor: bigint, limit: number): readonly [bigint, number] {
  let rest = value;
  let steps = 0;
  while (steps < limit && rest % factor === 0n) {
    rest /= factor;
    steps++;
  }
  return [rest, steps];
}
