/** `${a.b}` in a text, as Terraform's `templatefile` fills it. */
export interface Values {
  readonly [name: string]: string | number | Values;
}

export function fill(template: string, values: Values): string {
  return template.replaceAll(/\$\{([\w.]+)\}/g, (_, path: string) => {
    let found: string | number | Values | undefined = values;
    for (const part of path.split('.')) found = typeof found === 'object' ? found[part] : undefined;
    if (found === undefined || typeof found === 'object') throw new Error(`filling a template: no value for ${path}`);
    return String(found);
  });
}

/** The same for every text in a JSON value; JSON texts need no escaping here, since none of our values holds a quote. */
export function fillAll<T>(json: T, values: Values): T {
  return JSON.parse(JSON.stringify(json), (_, value: unknown) =>
    typeof value === 'string' ? fill(value, values) : value,
  );
}
