/**
 * HTTP routes of a gRPC service, from the `google.api.http` options of its methods
 * (google/api/http.proto in googleapis/googleapis: path templates, `body: "*"`, additional bindings).
 */
import type protobuf from 'protobufjs';

export interface HttpRoute {
  readonly method: protobuf.Method;
  /** `GET`, `POST`, … */
  readonly verb: string;
  /** Whether the body is the request message; without, the query is. */
  readonly hasBody: boolean;
  /** Fields bound by the path, by lowerCamelCase name, dotted where one lies inside another (`topic.name`); undefined if the path is another one. */
  match(path: string): Readonly<Record<string, string>> | undefined;
}

const verbs = ['get', 'put', 'post', 'delete', 'patch'] as const;

/** Primary bindings first, in the order of the methods. */
export function toRoutes(service: protobuf.Service): readonly HttpRoute[] {
  const bindings = ['(google.api.http)', '(google.api.http).additional_bindings'];
  return bindings.flatMap((binding) => service.methodsArray.flatMap((method) => toRoute(method, binding)));
}

function toRoute(method: protobuf.Method, binding: string): readonly HttpRoute[] {
  const options = new Map<string, unknown>(Object.entries(method.options ?? {}));
  return verbs.flatMap((verb) => {
    const template = options.get(`${binding}.${verb}`);
    if (typeof template !== 'string') return [];
    const hasBody = options.get(`${binding}.body`) === '*';
    return [{ method, verb: verb.toUpperCase(), hasBody, match: toMatcher(template) }];
  });
}

/** `/v1/{name=projects/…}:setSize` binds `name`; `{zone}` means `{zone=*}`. */
function toMatcher(template: string): HttpRoute['match'] {
  const fields: string[] = [];
  const source = template.replace(/\{([\w.]+)(?:=([^}]+))?\}/g, (_, field: string, segments: string | undefined) => {
    fields.push(toCamelCase(field));
    // A colon starts the verb (`:setSize`), so a segment has none.
    return `(${(segments ?? '*').replaceAll('*', '[^/:]+')})`;
  });
  const pattern = new RegExp(`^${source}$`);
  return (path) => {
    const match = pattern.exec(path);
    if (match === null) return undefined;
    return Object.fromEntries(fields.map((field, index) => [field, decodeURIComponent(match[index + 1] ?? '')]));
  };
}

function toCamelCase(field: string): string {
  return field.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
