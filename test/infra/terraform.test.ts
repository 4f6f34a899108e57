/** What `terraform validate` would say first, held without a provider: every name that is used is declared, and the reverse. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { collections } from '#shared/ledger/records.ts';
import environment from '../../infra/environment.json' with { type: 'json' };

const folder = new URL('../../infra/', import.meta.url);
const textOf = (file: string) => readFileSync(new URL(file, folder), 'utf8');
const files = readdirSync(folder).filter((file) => file.endsWith('.tf'));
/** Without comments, which may name anything. */
const all = files.map((file) => textOf(file).replaceAll(/^\s*#.*$/gm, '')).join('\n');

/** The first groups of all matches, each once and sorted. */
function found(pattern: RegExp, text = all): readonly string[] {
  return [...new Set([...text.matchAll(pattern)].map(([, ...groups]) => groups.join('.')))].toSorted();
}

/** Names of the top level of all `locals` blocks; `terraform fmt` indents them by two spaces. */
function declaredLocals(): readonly string[] {
  const blocks = found(/^locals \{\n([\s\S]*?)^\}/gm);
  return found(/^ {2}(\w+) +=/gm, blocks.join('\n'));
}

describe('the Terraform files', () => {
  it('use the variables that are declared, all of them', () => {
    expect(found(/\bvar\.(\w+)/g)).toEqual(found(/^variable "(\w+)"/gm));
  });

  it('use the locals that are declared, all of them', () => {
    expect(found(/\blocal\.(\w+)/g)).toEqual(declaredLocals());
  });

  it('refer to resources and data sources that there are', () => {
    const declared = [
      ...found(/^resource "(\w+)" "(\w+)"/gm),
      ...found(/^data "(\w+)" "(\w+)"/gm).map((name) => `data.${name}`),
    ];
    const used = found(/(?<![\w."])((?:data\.)?(?:google|archive)_\w+\.\w+)/g);

    expect(used.filter((name) => !declared.includes(name))).toEqual([]);
  });

  it('name each function as its URL does', () => {
    const [name = ''] = found(/"google_cloudfunctions2_function" "this" \{[\s\S]*?^ {2}name += "(.*)"$/gm);

    expect(environment.set.FLEET_FUNCTION_URL).toMatch(`https://${name.replace('${each.key}', '{function}')}-`);
  });

  it('describe every variable and output', () => {
    const blocks = [...all.matchAll(/^(?:variable|output) "(\w+)" \{\n([\s\S]*?)^\}/gm)];

    expect(blocks.length).toBeGreaterThan(0);
    expect(blocks.filter(([, , body = '']) => !/^ {2}description +=/m.test(body)).map(([, name]) => name)).toEqual([]);
  });

  it('fill the environment with every value that it asks for', () => {
    const call = /environment\.json", \{\n([\s\S]*?)\n {2}\}\)/.exec(all)?.[1] ?? '';
    const asked = found(/\$\{(\w+)/g, JSON.stringify(environment.set));

    expect(found(/^ {4}(\w+) +=/gm, call)).toEqual(asked);
  });

  it('keep one concern each, within 250 lines', () => {
    expect(files.filter((file) => textOf(file).split('\n').length > 250)).toEqual([]);
  });

  it('let records expire of collections that there are', () => {
    const expiring = /"google_firestore_field" "\w+" \{\s*for_each = toset\((\[.*\])\)/.exec(all)?.[1] ?? '[]';

    expect(JSON.parse(expiring)).not.toEqual([]);
    expect(JSON.parse(expiring).filter((name: string) => !(name in collections))).toEqual([]);
  });
});

describe('terraform.tfvars.example', () => {
  const given = found(/^(\w+) +=/gm, textOf('terraform.tfvars.example'));

  it('sets variables that there are', () => {
    expect(given.filter((name) => !found(/^variable "(\w+)"/gm).includes(name))).toEqual([]);
  });

  it('sets all that have no default', () => {
    const required = [...all.matchAll(/^variable "(\w+)" \{\n([\s\S]*?)^\}/gm)]
      .filter(([, , body = '']) => !/^ {2}default +=/m.test(body))
      .map(([, name = '']) => name);

    expect(required).not.toEqual([]);
    expect(required.filter((name) => !given.includes(name))).toEqual([]);
  });
});
