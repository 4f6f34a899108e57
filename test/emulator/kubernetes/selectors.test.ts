import { parseLabelSelector } from '../../../emulator/kubernetes/selector-parser.ts';
import { describe, expect, it } from 'vitest';
import { builtInKinds } from '../../../emulator/kubernetes/kinds.ts';
import { matchesAll, parseFieldSelector, requirementsOf } from '../../../emulator/kubernetes/selectors.ts';

describe('label selectors', () => {
  const labels = { p: 'odd', i: '1', 'cloud.google.com/gke-nodepool': 'gpu' };

  it.each([
    { selector: '', matches: true },
    { selector: 'p=odd', matches: true },
    { selector: 'p==odd', matches: true },
    { selector: 'p!=odd', matches: false },
    { selector: 'missing!=odd', matches: true },
    { selector: 'p in (odd, even)', matches: true },
    { selector: 'p notin (odd)', matches: false },
    { selector: 'missing notin (odd)', matches: true },
    { selector: 'p', matches: true },
    { selector: '!p', matches: false },
    { selector: 'p=odd,i=2', matches: false },
    { selector: 'p=', matches: false },
    { selector: 'p in ()', matches: false },
    { selector: 'p in (,odd)', matches: true },
    { selector: 'i > 0', matches: true },
    { selector: 'cloud.google.com/gke-nodepool=gpu,p in (odd)', matches: true },
  ])('"$selector" matches: $matches', ({ selector, matches }) => {
    expect(matchesAll(parseLabelSelector(selector), labels)).toBe(matches);
  });

  it.each([
    { selector: '=x', message: "found '=', expected: !, identifier, or 'end of string'" },
    { selector: 'p in (a', message: "unable to parse requirement: found '', expected: ',' or ')'" },
    { selector: 'p in (', message: "unable to parse requirement: found '', expected: ',', ')' or identifier" },
    { selector: 'p in (a b)', message: "unable to parse requirement: found 'b', expected: ',' or ')'" },
    { selector: 'p in', message: "unable to parse requirement: found '' expected: '('" },
    { selector: 'p,', message: "found '', expected: identifier after ','" },
    { selector: 'p,,i', message: "found ',', expected: identifier after ','" },
    { selector: '!', message: "unable to parse requirement: found '', expected: identifier" },
    { selector: '-p', message: 'unable to parse requirement: <nil>: Invalid value: "-p": name part must consist of' },
    {
      selector: 'a/b/c',
      message: 'unable to parse requirement: <nil>: Invalid value: "a/b/c": a valid label key must',
    },
    {
      selector: 'p=-x',
      message: 'unable to parse requirement: values[0][p]: Invalid value: "-x": a valid label must be',
    },
    {
      selector: 'i>x',
      message: "values[0]: Invalid value: \"x\": for 'Gt', 'Lt' operators, the value must be an integer",
    },
    { selector: 'a b', message: "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt" },
  ])('refuses "$selector" in the words of the real parser', ({ selector, message }) => {
    expect(() => parseLabelSelector(selector)).toThrow(message);
  });

  it('reads a selector object as all of its requirements', () => {
    const requirements = requirementsOf({
      matchLabels: { p: 'odd' },
      matchExpressions: [{ key: 'i', operator: 'In', values: ['1', '2'] }],
    });

    expect(matchesAll(requirements, labels)).toBe(true);
    expect(matchesAll(requirements, { p: 'odd', i: '3' })).toBe(false);
  });
});

describe('field selectors', () => {
  const kind = (name: string) => builtInKinds.find((one) => one.kind === name)!;
  const pod = { metadata: { name: 'a', namespace: 'team' }, spec: { nodeName: 'n1' }, status: { phase: 'Running' } };

  it.each([
    { selector: 'metadata.name=a', matches: true },
    { selector: 'spec.nodeName=n1,status.phase!=Failed', matches: true },
    { selector: 'spec.nodeName=', matches: false },
    { selector: 'metadata.namespace!=team', matches: false },
  ])('"$selector" matches: $matches', ({ selector, matches }) => {
    expect(parseFieldSelector(kind('Pod'), selector)(pod)).toBe(matches);
  });

  it('refuses a field that cannot be selected by', () => {
    expect(() => parseFieldSelector(kind('ConfigMap'), 'data.k=v')).toThrow(
      '"data.k" is not a known field selector: only "metadata.name", "metadata.namespace"',
    );
  });
});
