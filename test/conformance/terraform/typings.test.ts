import { describe, expect, it } from 'vitest';
import { readTypings } from './typings.ts';

const link = (name: string) => `* Docs at Terraform Registry: {@link https://registry/x#${name} Thing#${name}}`;
const field = (name: string, text: string, comment = '* About it.') => `    /**
    ${comment}
    *
    ${link(name)}
    */
    readonly ${text};`;

/** As the generator writes them, with one field of every kind. */
const typings = `export interface ThingConfig extends cdktn.TerraformMetaArguments {
${field('name', 'name: string')}
${field('class', 'classAttribute?: string', '* What it is. Possible values: ["FAST", "SLOW"]')}
${field('size_gb', 'sizeGb?: number')}
${field('is_kept', 'isKept?: boolean | cdktn.IResolvable')}
${field('zones', 'zones?: string[]')}
${field(
  'labels',
  `labels?: {
        [key: string]: string;
    }`,
)}
${field('id', 'id?: string', '* Please be aware that the id field is automatically added to all resources')}
${field('rule', 'rule: ThingRule[] | cdktn.IResolvable', '* rule block')}
${field('retry', 'retry?: ThingRetry', '* retry block')}
}
export interface ThingRule {
${field('path', 'path: string')}
}
export interface ThingRetry {
}
export declare class ThingRuleOutputReference extends cdktn.ComplexObject {
    get internalValue(): ThingRule | undefined;
    get path(): string;
    get pathInput(): string | undefined;
    get hits(): number;
}
export declare class Thing extends cdktn.TerraformResource {
    static readonly tfResourceType = "google_thing";
    get id(): string;
    get name(): string;
    get nameInput(): string | undefined;
    get outputSha256(): string;
    get terraformLabels(): cdktn.StringMap;
    get ruleInput(): cdktn.IResolvable | ThingRule[] | undefined;
}
`;

describe('typings', () => {
  it('tell the name of the type', () => {
    expect(readTypings(typings).type).toBe('google_thing');
  });

  it('tell what is required, what may be given, and what it may be', () => {
    const { schema } = readTypings(typings);

    expect(schema.required).toEqual({ name: 'string' });
    expect(schema.optional).toEqual({
      class: 'string',
      size_gb: 'number',
      is_kept: 'bool',
      zones: 'list(string)',
      labels: 'map(string)',
    });
    expect(schema.values).toEqual({ class: ['FAST', 'SLOW'] });
  });

  it('tell blocks, and how often they stand', () => {
    const { rule, retry } = readTypings(typings).schema.blocks;

    expect(rule).toMatchObject({
      atLeast: 1,
      atMostOne: false,
      required: { path: 'string' },
      computed: { hits: 'number' },
    });
    expect(retry).toMatchObject({ atLeast: 0, atMostOne: true, required: {}, optional: {} });
  });

  it('tell what can only be read', () => {
    expect(readTypings(typings).schema.computed).toEqual({
      id: 'string',
      output_sha256: 'string',
      terraform_labels: 'map(string)',
    });
  });

  it('that are not understood are not read in part', () => {
    const strange = typings.replace('readonly name: string;', 'readonly name: string');

    expect(() => readTypings(strange)).toThrow('reading typings: 9 fields, of which 8 are understood');
  });
});
