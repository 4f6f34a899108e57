/** What former versions of vLLM took, and that of the image does not take any more. */
import { vllmRemovedFlags } from '../../catalogue/vllm-removed-flags.ts';
import { type RemovedVariable, vllmRemovedVariables } from '../../catalogue/vllm-removed-variables.ts';
import type { Check, Fault } from '../check.ts';
import type { ServedPod } from '../checked-set.ts';
import type { Container } from '../container.ts';
import { at, itemsOf, textOf } from '../place.ts';
import { isAsNewAs, vllmVersion } from './images.ts';

const flagGoneFromImage: Check = {
  id: 'flag-gone-from-image',
  severity: 'error',
  title: 'Every flag is still there in the version of the image: vLLM ends at one that it does not know.',
  source: 'vllm-project/vllm vllm/engine/arg_utils.py and vllm/entrypoints/openai/cli_args.py, by release',
  run: ({ servers }) => servers.flatMap((server) => server.flags.names.flatMap((name) => goneFlag(server, name))),
};

/** `name` as it is written, but for underscores: perhaps a switch turned off, perhaps one field of an object. */
function goneFlag({ container, at: place }: ServedPod, name: string): readonly Fault[] {
  const [flag = ''] = name.split('.');
  const gone = removedFlags.get(flag) ?? removedFlags.get(flag.replace(/^--no-/, '--'));
  if (gone === undefined || !isAsNewAs(container, gone.goneIn)) return [];
  return [{ at: place, word: name, message: sinceWhen(container, flag, gone.goneIn), fix: fixOf(gone) }];
}

const removedFlags = new Map(Object.entries(vllmRemovedFlags));

const variableGoneFromImage: Check = {
  id: 'variable-gone-from-image',
  severity: 'warning',
  title:
    'Every variable of vLLM’s is still read by the version of the image: it goes on without one that it does not know.',
  source: 'vllm-project/vllm vllm/envs.py (validate_environ), by release',
  run: ({ servers }) => servers.flatMap(({ container }) => goneVariables(container)),
};

function goneVariables(container: Container): readonly Fault[] {
  return settingsOf(container).flatMap(({ name, ...where }) => {
    const gone = removedVariables.get(name);
    if (gone === undefined || !isAsNewAs(container, gone.goneIn)) return [];
    return [{ ...where, message: sinceWhen(container, name, gone.goneIn), fix: fixOf(gone) }];
  });
}

const removedVariables = new Map<string, RemovedVariable>(vllmRemovedVariables.map((gone) => [gone.name, gone]));

interface Setting extends Pick<Fault, 'at' | 'word'> {
  readonly name: string;
}

/** In the environment of the container, and by its script; behind a # it is a comment. */
function settingsOf({ place, script }: Container): readonly Setting[] {
  const entries = itemsOf(at(place, 'env')).map((entry) => {
    const name = at(entry, 'name');
    return { name: textOf(name) ?? '', at: name };
  });
  if (script === undefined) return entries;
  const lines = (textOf(script) ?? '').split('\n').map((line) => line.replace(/(^|\s)#.*/, ''));
  const assigned = lines.flatMap((line) => [...line.matchAll(/(?<!\w)(VLLM_\w+)=/g)].map(([, name = '']) => name));
  return [...entries, ...[...new Set(assigned)].map((name) => ({ name, at: script, word: name }))];
}

function sinceWhen(container: Container, name: string, goneIn: string): string {
  const version = vllmVersion(container) ?? 'a newer one';
  return `${name} is gone since vLLM ${goneIn}, the image has ${version}`;
}

function fixOf({ instead }: { readonly instead?: string }): string {
  return instead === undefined ? 'leave it out' : `leave it out, and write ${instead} instead`;
}

export const removedChecks: readonly Check[] = [flagGoneFromImage, variableGoneFromImage];
