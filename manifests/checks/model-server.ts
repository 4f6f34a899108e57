/** Which containers serve a model, and how. */
import type { Container, RunCommand } from './container.ts';
import { type Flags, parseFlags } from './flags.ts';
import { at, isThere, itemsOf, numberOf, type Place, textOf } from './place.ts';

/** `other`: a server that is recognised and not looked into. */
export type EngineName = 'vllm' | 'simulator' | 'other';

export interface ModelServer {
  readonly container: Container;
  readonly engine: EngineName;
  /** What it is called, e.g. SGLang. */
  readonly engineName: string;
  readonly flags: Flags;
  readonly model: string | undefined;
  /** Where the command line is written. */
  readonly at: Place;
  /** Its port of HTTP; undefined: none (`--headless`), or it depends on what is unknown here. */
  readonly port: number | undefined;
}

/** vllm-project/vllm: `--port` when it is left out. */
const DEFAULT_PORT = 8000;

interface Found {
  readonly engine: EngineName;
  readonly engineName: string;
  readonly words: readonly string[];
  readonly at: Place;
}

export function modelServerOf(container: Container): ModelServer | undefined {
  if (container.isInit) return undefined;
  const found = container.commands.map(serverIn).find((server) => server !== undefined) ?? byImage(container);
  if (found === undefined) return undefined;
  const { engine, engineName, words } = found;
  const { flags, positionals } = parseFlags(words);
  return {
    container,
    engine,
    engineName,
    flags,
    model: flags.get('--model') ?? positionals[0],
    at: found.at,
    port: portOf(flags),
  };
}

/** Of a command: what comes after the words that start a server. */
function serverIn({ words, at: place }: RunCommand): Found | undefined {
  const [program = '', next = ''] = words;
  if (/(^|\/)vllm$/.test(program) && next === 'serve') return vllm(words.slice(2), place);
  const module = words.findIndex((word) => /^vllm\.entrypoints\.(openai\.)?api_server$/.test(word));
  if (module > 0 && words[module - 1] === '-m') return vllm(words.slice(module + 1), place);
  const other = others.find(({ pattern }) => pattern.test(words.slice(0, 3).join(' ')));
  return other === undefined
    ? undefined
    : { engine: 'other', engineName: other.name, words: words.slice(1), at: place };
}

function vllm(words: readonly string[], place: Place): Found {
  return { engine: 'vllm', engineName: 'vLLM', words, at: place };
}

const others = [
  { name: 'SGLang', pattern: /\bsglang\.launch_server\b|^sglang serve/ },
  { name: 'TGI', pattern: /text-generation-launcher/ },
  { name: 'TensorRT-LLM', pattern: /trtllm-serve|tritonserver|launch_triton_server/ },
] as const;

const images = [
  { engine: 'vllm', name: 'vLLM', pattern: /\/vllm-openai[^/]*$/ },
  { engine: 'simulator', name: 'llm-d-inference-sim', pattern: /\/llm-d-inference-sim[^/]*$/ },
  { engine: 'other', name: 'TGI', pattern: /text-generation-inference[^/]*$/ },
  { engine: 'other', name: 'TensorRT-LLM', pattern: /tensorrt-?llm[^/]*$/i },
] as const;

/** Of a container that leaves its command to the image. */
function byImage(container: Container): Found | undefined {
  if (isThere(at(container.place, 'command'))) return undefined;
  const found = images.find(({ pattern }) => pattern.test(container.image));
  if (found === undefined) return undefined;
  const [command] = container.commands;
  return {
    engine: found.engine,
    engineName: found.name,
    words: command?.words ?? [],
    at: command?.at ?? at(container.place, 'args'),
  };
}

function portOf(flags: Flags): number | undefined {
  if (flags.has('--headless')) return undefined;
  // What a file says is unknown here.
  if (!flags.has('--port')) return flags.has('--config') ? undefined : DEFAULT_PORT;
  return flags.number('--port');
}

/** Every port on which it answers: one of each rank where ranks have their own, and that of their supervisor. */
export function portsOf({ flags, port }: ModelServer): readonly number[] {
  if (port === undefined) return [];
  const ranks = flags.has('--data-parallel-multi-port-external-lb')
    ? (flags.number('--data-parallel-size-local') ?? 1)
    : 1;
  const supervisor = flags.number('--data-parallel-supervisor-port');
  return [
    ...Array.from({ length: ranks }, (_, rank) => port + rank),
    ...(supervisor === undefined ? [] : [supervisor]),
  ];
}

/** A port as a container declares it. */
export interface DeclaredPort {
  readonly name: string | undefined;
  readonly port: number | undefined;
}

export function declaredPorts({ place }: Pick<Container, 'place'>): readonly DeclaredPort[] {
  return itemsOf(at(place, 'ports')).map((port) => ({
    name: textOf(at(port, 'name')),
    port: numberOf(at(port, 'containerPort')),
  }));
}

/** The worker's half of a Ray cluster, or a vLLM process without HTTP: nobody can ask it anything. */
export function isSilent(container: Container): boolean {
  const serves = container.commands.some((command) => {
    const found = serverIn(command);
    return found !== undefined && !parseFlags(found.words).flags.has('--headless');
  });
  return !serves && container.commands.some(isSilentCommand);
}

function isSilentCommand(command: RunCommand): boolean {
  const text = command.words.join(' ');
  const headless = serverIn(command) !== undefined && command.words.includes('--headless');
  return (
    headless || /multi-node-serving\.sh worker\b/.test(text) || (/^ray start\b/.test(text) && !/--head\b/.test(text))
  );
}

/** Starts or joins a Ray cluster. */
export function usesRay({ commands }: Container): boolean {
  return commands.some(({ words }) => {
    const text = words.join(' ');
    return /multi-node-serving\.sh (leader|worker)\b/.test(text) || /^ray start\b/.test(text) || asksForRay(words);
  });
}

function asksForRay(words: readonly string[]): boolean {
  return parseFlags(words).flags.get('--distributed-executor-backend') === 'ray';
}
