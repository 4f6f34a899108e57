/** A container, and what it runs. */
import { at, itemsOf, type Place, textOf } from './place.ts';
import type { PodTemplate } from './workload.ts';
import { type Connector, expandAll, parseScript, type ShellCommand, type Variables } from './shell.ts';

export interface Container {
  readonly pod: PodTemplate;
  readonly place: Place;
  readonly name: string;
  readonly image: string;
  readonly isInit: boolean;
  /** Literal values, and what the pod's controller injects. */
  readonly variables: Variables;
  readonly commands: readonly RunCommand[];
  /** The whole text of a shell script; absent: plain arguments. */
  readonly script?: Place;
}

export interface RunCommand extends Omit<ShellCommand, 'after'> {
  readonly after: Connector;
  /** The text or list in which it is written. */
  readonly at: Place;
}

export function containersOf(pod: PodTemplate): readonly Container[] {
  return [
    ...itemsOf(at(pod.spec, 'initContainers')).map((place) => containerOf(pod, place, true)),
    ...itemsOf(at(pod.spec, 'containers')).map((place) => containerOf(pod, place, false)),
  ];
}

function containerOf(pod: PodTemplate, place: Place, isInit: boolean): Container {
  const variables = variablesOf(pod, place);
  return {
    pod,
    place,
    name: textOf(at(place, 'name')) ?? '',
    image: textOf(at(place, 'image')) ?? '',
    isInit,
    variables,
    ...commandsOf(place, variables),
  };
}

/** kubernetes-sigs/lws pkg/utils/pod: LWS_GROUP_SIZE and LWS_WORKER_INDEX are injected into every container. */
function variablesOf({ group }: PodTemplate, container: Place): Variables {
  const variables = new Map<string, string>();
  if (group !== undefined) variables.set('LWS_GROUP_SIZE', String(group.size));
  if (group?.position === 'leader' || group?.size === 1) variables.set('LWS_WORKER_INDEX', '0');
  for (const entry of itemsOf(at(container, 'env'))) {
    const [name, value] = [textOf(at(entry, 'name')), textOf(at(entry, 'value'))];
    if (name !== undefined && value !== undefined) variables.set(name, expandAll(value, variables));
  }
  return variables;
}

/** `bash`, `/bin/sh`. */
const SHELL = /^(\/\w+)*\/?(ba|da|z)?sh$/;

function commandsOf(container: Place, variables: Variables): Pick<Container, 'commands' | 'script'> {
  const words = [...wordsOf(at(container, 'command')), ...wordsOf(at(container, 'args'))];
  const script = scriptOf(words);
  if (script === undefined) {
    const plain = words.map(({ text }) => expandAll(text, variables));
    const [first] = words;
    if (first === undefined) return { commands: [] };
    const list = first.place.path.at(-2) === 'command' && words.length === itemsOf(at(container, 'command')).length;
    return { commands: [{ words: plain, after: ';', at: at(container, list ? 'command' : 'args') }] };
  }
  const { text, place } = script;
  return {
    script: place,
    commands: parseScript(text, variables).flatMap((command) => nested({ ...command, at: place }, variables)),
  };
}

interface Word {
  readonly text: string;
  readonly place: Place;
}

function wordsOf(list: Place): readonly Word[] {
  return itemsOf(list).flatMap((place) => {
    // YAML makes numbers of arguments that nobody quoted; the API server refuses them, other checks do not depend on it.
    const text =
      typeof place.value === 'number' || typeof place.value === 'boolean' ? String(place.value) : textOf(place);
    return text === undefined ? [] : [{ text, place }];
  });
}

/** The word after the options of a shell: `-c`, `-lc`, `-exc`. */
function scriptOf(words: readonly Word[]): Word | undefined {
  if (!SHELL.test(words[0]?.text ?? '')) return undefined;
  const option = words.findIndex(({ text }, index) => index > 0 && /^-[a-z]*c$/.test(text));
  return option === -1 ? undefined : words[option + 1];
}

/** `bash -c '…'` inside a script. */
function nested(command: RunCommand, variables: Variables): readonly RunCommand[] {
  const script = scriptOf(command.words.map((text) => ({ text, place: command.at })));
  if (script === undefined) return [command];
  return parseScript(script.text, variables).map((inner) => ({ ...inner, at: command.at }));
}

/** The literal value or the whole entry of a variable. */
export function envEntry({ place }: Container, name: string): Place | undefined {
  return itemsOf(at(place, 'env')).find((entry) => textOf(at(entry, 'name')) === name);
}
