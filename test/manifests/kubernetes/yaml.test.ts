/** The text that kubectl takes: what a reader of YAML 1.1 makes of it is what was written. */
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { toYaml } from '#manifests/kubernetes/yaml.ts';

function configMap(name: string, texts: { readonly [key: string]: string }) {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: texts };
}

/** Of go-yaml v2 `resolve.go`: what it takes for a truth value, null, a number, a merge, or a time. */
const words = [
  'y Y yes Yes on On ON true True n N no off OFF false FALSE ~ null Null',
  '0 1 -1 +1 0755 0o17 0O17 0x1F 0X1F 0b101 0B1 -0o7 1_000 1e3 1. 1.5 .5 .inf -.inf .nan 685_230.15 190:20:30',
  '2026-11-22 2001-12-14t21:59:43.10-05:00 << =',
].flatMap((line) => line.split(' '));

/** What means something else in YAML of any version. */
const signs = [
  '',
  '- a',
  'a: b',
  'a #b',
  '# a',
  '*a',
  '&a',
  '!a',
  '%a',
  '@a',
  '`a',
  '{a}',
  '[a]',
  '"a"',
  "'a'",
  ' a',
  'a ',
  '\ta',
];

const tricky = [...words, ...signs];

describe('toYaml', () => {
  it.each(tricky)('keeps the text %j', (text) => {
    const written = toYaml([configMap('a', { key: text, [`${text}x`]: 'x' })]);

    for (const version of ['1.1', '1.2'] as const) {
      expect(parse(written, { version })).toEqual(configMap('a', { key: text, [`${text}x`]: 'x' }));
    }
  });

  it.each(tricky.filter((text) => /^[\w.+~-]*$/.test(text)))('puts quotes around %j', (text) => {
    expect(toYaml([configMap('a', { key: text })])).toContain(`key: "${text}"\n`);
  });

  it.each(['\ta\nb', '\n\ta\nb', ' \n', '  a\nb', '\n'])(
    'writes %j on one line, which Go could not read as a block',
    (text) => {
      const written = toYaml([configMap('a', { key: text })]);

      expect(written).toMatch(/ key: ".*"\n$/);
      expect(parse(written, { version: '1.1' })).toEqual(configMap('a', { key: text }));
    },
  );

  it('leaves numbers, truth values and plain words without quotes', () => {
    const object = { ...configMap('a', {}), count: 8, ratio: 0.9, isOn: true, image: 'repo/image:v0.30.0' };

    expect(toYaml([object])).toContain('count: 8\nratio: 0.9\nisOn: true\nimage: repo/image:v0.30.0\n');
  });

  it('writes a script line by line, and everything else on one', () => {
    const long = 'word '.repeat(60).trim();
    const written = toYaml([configMap('a', { script: 'set -e\n  exec it \\\n    --flag\n', long })]);

    expect(written).toContain('script: |\n    set -e\n      exec it \\\n        --flag\n');
    expect(written).toContain(`long: ${long}\n`);
  });

  it('writes what is there twice twice, one document an object', () => {
    const shared = { cpu: '4' };
    const object = { ...configMap('a', {}), requests: shared, limits: shared };
    const written = toYaml([object, configMap('b', {})]);

    expect(written).not.toMatch(/[&*]a\d/);
    expect(parseAllDocuments(written).map((one) => one.toJS() as unknown)).toEqual([object, configMap('b', {})]);
    expect(written.startsWith('---\napiVersion: v1\n')).toBe(true);
  });
});
