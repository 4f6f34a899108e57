import { describe, expect, it } from 'vitest';
import { catalogue } from '#manifests/catalogue/index.ts';
import { formatProblem } from '#shared/documents/index.ts';
import { parseRequestText } from '#shared/documents/text.ts';
import { makeClusterDocument } from '../../support/make-cluster.ts';

function linesOf(text: string): readonly string[] {
  const parsed = parseRequestText(text, catalogue);
  return parsed.ok ? [] : parsed.problems.map(formatProblem);
}

describe('parseRequestText', () => {
  it('reads JSON', () => {
    const document = makeClusterDocument();

    expect(parseRequestText(JSON.stringify(document), catalogue)).toMatchObject({ ok: true, document });
  });

  it('reads YAML with separators around it and comments', () => {
    const text = `---\n# a cluster\n${JSON.stringify(makeClusterDocument(), undefined, 2)}\n---\n# nothing more\n`;

    expect(parseRequestText(text, catalogue)).toMatchObject({ ok: true });
  });

  it.each([
    {
      text: '',
      expected: '(text) = "": must hold a document; write one that begins with apiVersion: inference-fleet/v1',
    },
    {
      text: '# nothing\n---\n',
      expected:
        '(text) = "# nothing\\n---\\n": must hold a document; write one that begins with apiVersion: inference-fleet/v1',
    },
    {
      text: 'a: 1\n---\nb: 2\n---\nc: 3',
      expected:
        '(text) = "3 documents": must hold exactly one document; split it at the --- lines and send each part by itself',
    },
    {
      text: 'a: 1\na: 2',
      expected:
        '(text) = "line 2, column 1: a: 2": must be YAML or JSON, but the place names a field that is there already; remove one of the two',
    },
    {
      text: 'kind: Cluster\n  spec: 1',
      expected:
        '(text) = "line 1, column 7: kind: Cluster": must be YAML or JSON, but the place is a value that another "name: value" follows; begin that one on a line of its own, in the column of its neighbours; quote a value that has ": " in it',
    },
    {
      text: 'spec:\n  a: 1\n b: 2',
      expected:
        '(text) = "line 3, column 1: b: 2": must be YAML or JSON, but the place is indented otherwise than the lines that it belongs to; begin it in their column, with spaces',
    },
    {
      text: 'spec:\n\ta: 1',
      expected:
        '(text) = "line 2, column 1: a: 1": must be YAML or JSON, but the place is indented with a tab; use spaces',
    },
    {
      text: 'a: [1, 2\nb: 1',
      expected:
        '(text) = "line 2, column 1: b: 1": must be YAML or JSON, but the place ends before a quote or bracket that was opened is closed; close it',
    },
    {
      text: '{"a": 1',
      expected:
        '(text) = "line 1, column 8: {\\"a\\": 1": must be YAML or JSON, but the place ends before a quote or bracket that was opened is closed; close it',
    },
    {
      text: 'a: 1\nb:c\n',
      expected:
        '(text) = "line 2, column 1: b:c": must be YAML or JSON, but the place has a name without ": " and a value; write name: value, with a space after the colon',
    },
    {
      text: 'a: @x',
      expected:
        '(text) = "line 1, column 4: a: @x": must be YAML or JSON, but the place begins with a sign that means something else in YAML; put quotes around the value',
    },
    {
      text: 'a: &b &c d',
      expected:
        '(text) = "line 1, column 7: a: &b &c d": must be YAML or JSON, but the place cannot be read (A node can have at most one anchor); correct it there',
    },
    {
      text: 'a: *nobody',
      expected:
        '(text) = "*": must be YAML or JSON: Unresolved alias (the anchor must be set before the alias): nobody; write the value out instead of an alias',
    },
  ])('answers $expected', ({ text, expected }) => {
    expect(linesOf(text)).toEqual([expected]);
  });

  it('unfolds no alias bomb', () => {
    const levels = Array.from(
      { length: 9 },
      (_, level) => `l${level + 1}: &l${level + 1} [${Array(9).fill(`*l${level}`).join(',')}]`,
    );

    expect(linesOf(['l0: &l0 x', ...levels].join('\n'))[0]).toContain('write the value out instead of an alias');
  });

  it('reports a value that YAML reads as a number', () => {
    const text = JSON.stringify(makeClusterDocument({ spec: { version: 'PLACE' } })).replace('"PLACE"', '1.33');

    expect(linesOf(text)).toEqual([
      'spec.version = 1.33: must be a full GKE version; write text in quotes, e.g. 1.33.4-gke.1134000',
    ]);
  });
});
