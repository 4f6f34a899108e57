/** What the model server is given besides, as far as it can be judged without knowing what the builders write. */
import type { FlagSetting } from '../../domain/serving/engine.ts';
import type { Stack, StackRole } from '../../domain/serving/resolved-stack.ts';
import { fieldUnder } from '../format.ts';
import type { StackRule } from './rule.ts';

/** Ends of names, of flags and of variables, that hold what nobody else may know. */
const SECRET_NAME = /(?:^|[-_.])(?:key|token|secret|[a-z]*password|passwd|credentials?)$/i;
/** Beginnings of tokens of Hugging Face, OpenAI, GitHub and Google; within a text, such as JSON or a URL, with as much as makes a token. */
const SECRET_VALUE =
  /^(?:hf_|sk-|ghp_|github_pat_|AIza|ya29\.)|\b(?:hf_|sk-|ghp_|github_pat_|AIza|ya29\.)[\w-]{20,}|:\/\/[^\s/@:]+:[^\s/@]+@/;

interface OwnersSetting {
  readonly field: string;
  readonly name: string;
  readonly value: FlagSetting;
}

function settingsOf({ spec }: Stack): readonly OwnersSetting[] {
  const { flags = {}, env = {} } = spec.engine ?? {};
  return [
    ...Object.entries(flags).map(([name, value]) => ({ field: fieldUnder('spec.engine.flags', name), name, value })),
    ...Object.entries(env).map(([name, value]) => ({ field: fieldUnder('spec.engine.env', name), name, value })),
  ];
}

/** A document is stored, shown and reviewed, and so is every object that it becomes. */
const noCredentials: StackRule = (stack) =>
  settingsOf(stack)
    .filter(({ name, value }) => SECRET_NAME.test(name) || SECRET_VALUE.test(String(value)))
    .map(({ field }) => ({
      field,
      // Not repeated: a problem is printed and logged.
      value: '(not shown)',
      rule: 'must not hold a credential, which everybody who sees the objects would see',
      fix: 'remove it; the token of Hugging Face comes from a Secret (spec.storage)',
    }));

/**
 * No program can be given a NUL, and YAML's readers refuse other control characters or take them for the end of a line (YAML 1.1, "Character
 * Set" and "Line Breaks").
 */
const UNREADABLE = /[^\t\n\u0020-\u007e\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/u;

const textIsReadable: StackRule = (stack) =>
  settingsOf(stack)
    .filter(({ value }) => UNREADABLE.test(String(value)))
    .map(({ field }) => ({
      field,
      // Neither printed nor logged: it may move a cursor.
      value: '(not shown)',
      rule: 'must have no control characters but tabs and ends of lines (\\n)',
      fix: 'remove them',
    }));

/** vLLM's image has had no Ray since it starts several nodes by itself (vllm-project/vllm docker/Dockerfile, requirements/cuda.txt). */
const rayIsInTheImage: StackRule = ({ spec, engine, roles }) => {
  if (engine.includesRay && spec.engine?.image !== undefined) return [];
  return roles
    .filter(({ executor }) => executor === 'ray')
    .map(({ role, executor }) => ({
      field: `spec.roles.${role}.executor`,
      value: executor,
      rule: "must not be ray with vLLM's own image, which has no Ray, nor with one of yours unless spec.engine.includesRay says so",
      fix: 'leave it out: vLLM starts several nodes by itself; or name an image that adds Ray in spec.engine.image, with includesRay: true',
    }));
};

/** Both versions of DeepEP have GPUs drive InfiniBand or RoCE devices, of which TCPX and TCPXO machines have none. */
const deepEpHasNics: StackRule = ({ machine, roles }) => {
  if (machine.fabric.startsWith('roce')) return [];
  return roles.filter(crossesNodesByDeepEp).map(({ role, allToAll }) => ({
    field: `spec.roles.${role}.allToAll`,
    value: allToAll,
    rule: `must be nccl on ${machine.machineType}, whose fabric (${machine.fabric}) DeepEP cannot use`,
    fix: 'use nccl, or a machine with RoCE',
  }));
};

/** The NVSHMEM of vLLM's image cannot connect over RoCE (vllm-project/vllm issue 46743): the server would fail at its first token. */
const nvshmemConnects: StackRule = ({ spec, machine, roles }) => {
  if (!machine.fabric.startsWith('roce') || spec.engine?.image !== undefined) return [];
  return roles
    .filter((role) => crossesNodesByDeepEp(role) && role.allToAll === 'deepep')
    .map(({ role }) => ({
      field: `spec.roles.${role}.parallelism`,
      value: 'expert',
      rule: `must not be expert over several ${machine.machineType} with allToAll: deepep and vLLM's own image, whose NVSHMEM cannot connect over RoCE`,
      fix: "name an image with llm-d's patch of NVSHMEM in spec.engine.image; or say allToAll: deepep-v2 or nccl, which need no NVSHMEM",
    }));
};

function crossesNodesByDeepEp({ parallelism, nodes, allToAll }: StackRole): boolean {
  return parallelism.dataPerPod > 0 && nodes > 1 && allToAll !== 'nccl';
}

export const engineRules: readonly StackRule[] = [
  noCredentials,
  textIsReadable,
  rayIsInTheImage,
  deepEpHasNics,
  nvshmemConnects,
];
