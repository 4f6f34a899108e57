/** What is read of a JSON Schema node where a document is held against it. */
export interface SchemaNode {
  readonly type?: string;
  readonly const?: string | number | boolean;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly default?: string | number | boolean;
  readonly examples?: readonly (string | number)[];
  /** The rule of a text field in words. */
  readonly patternErrorMessage?: string;
  readonly properties?: Properties;
  readonly required?: readonly string[];
  readonly propertyNames?: SchemaNode;
  readonly additionalProperties?: SchemaNode | false;
  readonly items?: SchemaNode;
  /** Alternatives; `oneOf` where a word tells them apart. */
  readonly anyOf?: readonly SchemaNode[];
  readonly oneOf?: readonly SchemaNode[];
}

export type Properties = { readonly [key: string]: SchemaNode };
