import { describe, expect, it } from 'vitest';
import { evaluateCel } from '../../../emulator/kubernetes/cel.ts';
import { CelSyntaxError } from '../../../emulator/kubernetes/cel-parser.ts';
import { CelError, CelUnsupported } from '../../../emulator/kubernetes/cel-values.ts';
import { brokenRules } from '../../../emulator/kubernetes/validation-rules.ts';

describe('an expression', () => {
  const self = { name: 'a/b', port: 80, list: [1, 2, 2], map: { k: 'v' }, namespace: 'n', on: true };

  it.each([
    ['self.port == 80 && self.name.startsWith("a")', true],
    ['self.port > 100 || self.list.size() == 3', true],
    ['1 + 2 * 3 == 7 && (1 + 2) * 3 == 9 && 7 / 2 == 3 && -self.port < 0', true],
    ['self.port in [80, 443] && !("x" in self.map) && "k" in self.map', true],
    ['has(self.missing) ? self.missing > 1 : self.map["k"] == "v"', true],
    ['has(self.__namespace__) && self.__namespace__ == "n"', true],
    ['self.list.all(x, x > 0) && self.list.exists_one(x, x == 1) && !self.list.exists(x, x > 2)', true],
    ['self.list.filter(x, x == 2).map(x, x + 1) == [3, 3]', true],
    ['self.map.all(key, key.matches(r"^[a-z]$"))', true],
    ["self.name.split('/')[1] == 'b'", true],
    ["duration('1m30s') > duration('89s')", true],
    ['self.missing > 1 || self.on', true],
    ['!(self.on && self.missing > 1 && false)', true],
    ['self.name == """a/b""" && self.name != r\'a\\/b\'', true],
  ])('%s', (source, expected) => {
    expect(evaluateCel(source, { self })).toBe(expected);
  });

  it.each([
    { source: 'self.missing == 1', error: CelError },
    { source: 'self.list[9] == 1', error: CelError },
    { source: 'self.name > 1', error: CelError },
    { source: '1 / 0 == 1', error: CelError },
    { source: 'self.frobnicate()', error: CelUnsupported },
    { source: 'self.', error: CelSyntaxError },
    { source: 'self.a ~ 1', error: CelSyntaxError },
  ])('$source cannot be worked out', ({ source, error }) => {
    expect(() => evaluateCel(source, { self })).toThrow(error);
  });
});

describe('rules of a definition', () => {
  const port = { type: 'integer', 'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: 'is fixed' }] };
  const openApi = {
    type: 'object',
    properties: { port, name: { type: 'string' } },
    'x-kubernetes-validations': [{ rule: "self.name != 'no'", message: 'not no', reason: 'FieldValueForbidden' }],
  };

  it.each([
    { name: 'hold', value: { port: 1, name: 'yes' }, previous: undefined, errors: [] },
    { name: 'of a change need a change', value: { port: 1, name: 'x' }, previous: { name: 'y' }, errors: [] },
    {
      name: 'name the field and quote its value',
      value: { port: 2, name: 'x' },
      previous: { port: 1, name: 'x' },
      errors: [{ reason: 'FieldValueInvalid', field: 'port', message: 'Invalid value: 2: is fixed' }],
    },
    {
      name: 'give their own reason',
      value: { name: 'no' },
      previous: undefined,
      errors: [{ reason: 'FieldValueForbidden', field: '<nil>', message: 'Forbidden: not no' }],
    },
    { name: 'are not held against what did not change', value: { name: 'no' }, previous: { name: 'no' }, errors: [] },
  ])('$name', ({ value, previous, errors }) => {
    expect(brokenRules({ value, path: '', previous }, openApi)).toEqual(errors);
  });
});
