/**
 * The leaves of document schemas. Each says its unit, range and default in its description, so that `documentSchema` is a manual, and
 * carries what a problem needs: `patternErrorMessage` (the rule; editors show it too) and `examples` (the fix).
 */
import * as z from 'zod';

type Scalar = string | number | boolean;

interface Field<T> {
  readonly describe: string;
  /** What it means when left out; shown only, applied by the kind's own resolution. */
  readonly default?: T;
}

export interface TextField extends Field<string> {
  readonly pattern: RegExp;
  /** The pattern in words: `must be …`. */
  readonly rule: string;
  readonly example: string;
}

/** Text of a certain form. */
export function text(field: TextField) {
  return z
    .string()
    .regex(field.pattern)
    .meta({ ...meta(field), patternErrorMessage: field.rule, examples: [field.example] });
}

/** A whole number. */
export function whole(
  field: Field<number> & { readonly min: number; readonly max: number; readonly example?: number },
) {
  const { min, max, example } = field;
  return z
    .int()
    .min(min)
    .max(max)
    .meta({ ...meta(field, `${min}..${max}`), ...(example !== undefined && { examples: [example] }) });
}

/** A number that need not be whole; a setpoint of zero would divide by zero, so `above` leaves its end out. */
export function decimal(
  field: Field<number> & ({ readonly min: number } | { readonly above: number }) & { readonly max: number },
) {
  const number = 'min' in field ? z.number().min(field.min) : z.number().gt(field.above);
  const range = 'min' in field ? `${field.min}..${field.max}` : `above ${field.above}, at most ${field.max}`;
  return number.max(field.max).meta(meta(field, range));
}

/** A number of US dollars above zero: a price of zero would hide from every spend cap. */
export function dollars(field: Field<number>) {
  return z.number().positive().max(100_000).meta(meta(field));
}

/** One of a few words. */
export function choice<const T extends string>(values: readonly [T, ...T[]], field: Field<T>) {
  return z.enum(values).meta(meta(field, values.join(', ')));
}

/** Yes or no. */
export function flag(field: Field<boolean>) {
  return z.boolean().meta(meta(field));
}

/** Range and default go into the description too: not every editor shows the keywords. */
function meta(field: Field<Scalar>, range?: string): { readonly description: string; readonly default?: Scalar } {
  const remarks = [
    ...(range === undefined ? [] : [range]),
    ...(field.default === undefined ? [] : [`default ${field.default}`]),
  ];
  return {
    description: remarks.length === 0 ? field.describe : `${field.describe} (${remarks.join('; ')})`,
    ...(field.default !== undefined && { default: field.default }),
  };
}
