/** The command line of a model server, as its own parser would read it. */

export interface Flags {
  /** Undefined: not given. An empty text: a switch. The last of several counts. */
  get(name: string): string | undefined;
  has(name: string): boolean;
  /** A whole number; undefined: not given, or depends on something unknown. */
  number(name: string): number | undefined;
  /** An object, as JSON or by dotted names (`--kv-transfer-config.kv_role=kv_both`); undefined: not given, `null`: cannot be read. */
  json(name: string): { readonly [key: string]: unknown } | null | undefined;
  readonly names: readonly string[];
}

/** vLLM's short spellings (vllm-project/vllm vllm/engine/arg_utils.py). */
const aliases: { readonly [short: string]: string } = {
  '-tp': '--tensor-parallel-size',
  '-pp': '--pipeline-parallel-size',
  '-dp': '--data-parallel-size',
  '-dpl': '--data-parallel-size-local',
  '-dpn': '--data-parallel-rank',
  '-dpr': '--data-parallel-start-rank',
  '-dpa': '--data-parallel-address',
  '-dpp': '--data-parallel-rpc-port',
  '-ep': '--enable-expert-parallel',
};

/** `words` after the program's own name. Underscores and dashes are the same (vllm-project/vllm FlexibleArgumentParser). */
export function parseFlags(words: readonly string[]): {
  readonly flags: Flags;
  readonly positionals: readonly string[];
} {
  const values = new Map<string, string>();
  const positionals: string[] = [];
  let index = 0;
  while (index < words.length) {
    const word = words[index] ?? '';
    index += 1;
    if (!isFlag(word)) {
      positionals.push(word);
      continue;
    }
    const [written = '', ...rest] = word.split('=');
    const following = words[index];
    const takesNext = rest.length === 0 && following !== undefined && !isFlag(following);
    values.set(canonical(written), takesNext ? following : rest.join('='));
    if (takesNext) index += 1;
  }
  return { flags: flagsOf(values), positionals };
}

/** A negative number is a value. */
function isFlag(word: string): boolean {
  return /^--?[A-Za-z]/.test(word);
}

function canonical(written: string): string {
  const alias = aliases[written];
  if (alias !== undefined) return alias;
  const [name = '', ...keys] = written.split('.');
  return [name.replaceAll('_', '-'), ...keys].join('.');
}

function flagsOf(values: ReadonlyMap<string, string>): Flags {
  return {
    names: [...values.keys()],
    get: (name) => values.get(name),
    has: (name) => values.has(name),
    number: (name) => {
      const text = values.get(name);
      return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
    },
    json: (name) => {
      const text = values.get(name);
      return text === undefined ? dotted(values, `${name}.`) : readObject(text);
    },
  };
}

function readObject(text: string): { readonly [key: string]: unknown } | null {
  try {
    const value: unknown = JSON.parse(text);
    // Checked right here, which narrows no further than to object.
    return typeof value === 'object' && value !== null ? (value as { readonly [key: string]: unknown }) : null;
  } catch {
    // What is wrong with it is for whoever asked; that it cannot be read is the answer.
    return null;
  }
}

function dotted(values: ReadonlyMap<string, string>, prefix: string): { readonly [key: string]: unknown } | undefined {
  const found = [...values].filter(([name]) => name.startsWith(prefix));
  return found.length === 0
    ? undefined
    : Object.fromEntries(found.map(([name, value]) => [name.slice(prefix.length), value]));
}
