/**
 * An OpenAPI v2 document in the protobuf form that Go clients ask for. Field numbers from openapiv2/OpenAPIv2.proto of
 * google/gnostic-models; only the fields that occur here.
 */
import type { JsonMap, JsonValue } from '../world/json.ts';
import { isMap, listAt, mapAt, mapsAt, textAt, textsAt } from './objects.ts';

export function encodeSwagger(document: JsonMap): Buffer {
  const info = mapAt(document, 'info');
  return message(
    text(1, textAt(document, 'swagger')),
    embed(2, message(text(1, textAt(info, 'title')), text(2, textAt(info, 'version')))),
    embed(8, message(...named(2, mapAt(document, 'paths'), encodePathItem))),
    embed(9, message(...named(1, mapAt(document, 'definitions'), encodeSchema))),
  );
}

const numbers = { get: 2, put: 3, patch: 8 } as const;

function encodePathItem(item: JsonMap): Buffer {
  const operations = Object.entries(numbers).map(([method, number]) =>
    embed(number, encodeOperation(mapAt(item, method))),
  );
  return message(...operations);
}

function encodeOperation(operation: JsonMap): Buffer {
  const parameters = mapsAt(operation, 'parameters').map((parameter) => {
    const query = message(text(2, 'query'), text(4, textAt(parameter, 'name')));
    // ParametersItem.parameter, Parameter.non_body_parameter, NonBodyParameter.query_parameter_sub_schema
    return embed(8, message(embed(1, message(embed(2, message(embed(3, query)))))));
  });
  return message(...parameters, ...extensions(13, operation));
}

function encodeSchema(schema: JsonMap): Buffer {
  const additional = schema['additionalProperties'];
  const items = schema['items'];
  const properties = mapAt(schema, 'properties');
  return message(
    text(1, textAt(schema, '$ref')),
    text(2, textAt(schema, 'format')),
    text(4, textAt(schema, 'description')),
    ...textsAt(schema, 'required').map((name) => text(19, name)),
    ...listAt(schema, 'enum').map((value) => embed(20, anything(value))),
    ...(isMap(additional) ? [embed(21, message(embed(1, encodeSchema(additional))))] : []),
    ...(textAt(schema, 'type') === '' ? [] : [embed(22, message(text(1, textAt(schema, 'type'))))]),
    ...(isMap(items) ? [embed(23, message(embed(1, encodeSchema(items))))] : []),
    ...(Object.keys(properties).length === 0 ? [] : [embed(25, message(...named(1, properties, encodeSchema)))]),
    ...extensions(31, schema),
  );
}

/** Everything that starts with `x-`, as YAML, of which JSON is a part. */
function extensions(number: number, value: JsonMap): readonly Buffer[] {
  return Object.entries(value)
    .filter(([key]) => key.startsWith('x-'))
    .map(([key, item]) => embed(number, message(text(1, key), embed(2, anything(item ?? null)))));
}

const anything = (value: JsonValue): Buffer => message(text(2, JSON.stringify(value)));

/** Pairs of name and value. */
function named(number: number, values: JsonMap, encode: (value: JsonMap) => Buffer): readonly Buffer[] {
  return Object.entries(values).map(([name, value]) =>
    embed(number, message(text(1, name), embed(2, encode(isMap(value) ? value : {})))),
  );
}

const message = (...fields: readonly Buffer[]): Buffer => Buffer.concat(fields);

/** Nothing for an empty text, as protobuf leaves out what is not set. */
const text = (number: number, value: string): Buffer =>
  value === '' ? Buffer.alloc(0) : embed(number, Buffer.from(value));

/** Wire type 2: a tag, a length, the bytes (Protocol Buffers documentation, "Encoding"). */
const embed = (number: number, bytes: Buffer): Buffer =>
  Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes]);

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest & 127) | 128);
    rest >>>= 7;
  }
  return Buffer.from([...bytes, rest]);
}
