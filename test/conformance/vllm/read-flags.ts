/**
 * The flags of `vllm serve`, read out of vLLM's source without running it. They come about in two ways: `add_argument("--name", …)`, and
 * one for each field of a class that `get_kwargs` is asked for (`FrontendArgs` and its base).
 */

/** All flags that these files define, `--no-…` forms of switches among them. */
export function readFlags(files: readonly string[]): ReadonlySet<string> {
  const named = files.flatMap(literalFlags);
  const ofFields = files.flatMap(frontendFields).map((field) => `--${field.replaceAll('_', '-')}`);
  const flags = [...named, ...ofFields];
  // argparse.BooleanOptionalAction gives every switch its opposite; which of them are switches is not read here.
  return new Set(flags.flatMap((flag) => [flag, flag.replace(/^--/, '--no-')]));
}

/** Text in quotes that is a flag and nothing else, in a file that adds arguments. */
function literalFlags(file: string): readonly string[] {
  if (!file.includes('add_argument')) return [];
  return [...file.matchAll(/["'](--[a-z][a-z0-9-]*)["']/g)].flatMap(([, flag]) => (flag === undefined ? [] : [flag]));
}

/** Fields of the classes of which each becomes a flag: `    name: type`, in the body of the class. */
function frontendFields(file: string): readonly string[] {
  const fields: string[] = [];
  let isInside = false;
  for (const line of file.split('\n')) {
    if (/^\S/.test(line)) isInside = /^class (?:Base)?FrontendArgs\b/.test(line);
    const field = isInside ? /^ {4}([a-z][a-z0-9_]*): /.exec(line)?.[1] : undefined;
    if (field !== undefined) fields.push(field);
  }
  return fields;
}

/** The keys of `environment_variables`, which has one entry for each name. */
export function readVariables(files: readonly string[]): ReadonlySet<string> {
  const names = files.flatMap((file) => {
    const [, table] = file.split(/^environment_variables\b[^\n]*$/m);
    return [...(table ?? '').matchAll(/^ {4}["']([A-Z][A-Z0-9_]*)["']:/gm)].map(([, name]) => name);
  });
  return new Set(names.filter((name) => name !== undefined));
}
