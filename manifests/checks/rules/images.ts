/** Images, and what the version in them can do. */
import { isAtLeast } from '../../../shared/domain/serving/release.ts';
import { vllmFlags } from '../../catalogue/vllm-flags.ts';
import type { Check } from '../check.ts';
import type { Container, RunCommand } from '../container.ts';
import type { CheckedSet, ServedPod } from '../checked-set.ts';
import { isEndpointPicker } from './drain.ts';
import { usesRay } from '../model-server.ts';
import { at, isPlaceholder, isThere, textOf } from '../place.ts';

const VLLM = 'vllm-project/vllm';

/** Of vLLM's own image, wherever it is mirrored: other images count their own versions. */
export function vllmVersion({ image }: Container): string | undefined {
  return /(?:^|\/)vllm\/vllm-openai:v?(\d+\.\d+\.\d+)/.exec(image)?.[1];
}

const flagNewerThanImage: Check = {
  id: 'flag-newer-than-image',
  severity: 'error',
  title: 'Every flag is there in the version of the image: vLLM ends at one that it does not know.',
  source: `${VLLM} vllm/engine/arg_utils.py, by release`,
  run: ({ servers }) =>
    servers.flatMap(({ container, flags, at: place }) => {
      const version = vllmVersion(container);
      if (version === undefined) return [];
      return Object.entries(vllmFlags).flatMap(([name, facts]) => {
        if (!('since' in facts) || !flags.has(name) || isAtLeast(version, facts.since)) return [];
        const message = `${name} is there since vLLM ${facts.since}, the image has ${version}`;
        return [{ at: place, word: name, message, fix: `use v${facts.since} or newer, or leave the flag out` }];
      });
    }),
};

function judged({ pods }: CheckedSet): readonly Container[] {
  return (
    pods
      .filter(
        ({ servers, containers }) => servers.length > 0 || containers.some(({ image }) => isEndpointPicker(image)),
      )
      .flatMap(({ containers }) => containers)
      // What only prepares the pod gives replicas no versions.
      .filter(({ isInit, place }) => !isInit || textOf(at(place, 'restartPolicy')) === 'Always')
      .filter(({ image }) => image !== '' && !isPlaceholder(image))
  );
}

const floatingTag: Check = {
  id: 'floating-tag',
  severity: 'warning',
  title:
    'Images of a pod that serves are pinned: a tag that moves gives replicas different versions, and prefill and decode refuse each other then.',
  source: 'Kubernetes documentation, "Images" (image names)',
  run: (set) =>
    judged(set)
      .filter(({ image }) => isFloating(image))
      .map(({ place, image }) => ({
        at: at(place, 'image'),
        message: `${image} is another image tomorrow`,
        fix: 'name a version, or a digest',
      })),
};

/** A digest never moves; without a tag it is `latest`. */
function isFloating(image: string): boolean {
  if (image.includes('@')) return false;
  const [, tag = 'latest'] = /:([^/:]+)$/.exec(image) ?? [];
  return /^(latest|nightly|main|master|dev|stable)$|-latest$/.test(tag);
}

/** The first without the V0 engine, whose flags and metrics everything written since leaves behind. */
const OLDEST = '0.11.0';

const oldImage: Check = {
  id: 'old-image',
  severity: 'warning',
  title: `vLLM is ${OLDEST} or newer: older ones have the V0 engine, with other metrics, and no graceful end.`,
  source: `${VLLM} release notes v${OLDEST} (removal of the V0 engine)`,
  run: ({ pods }) =>
    pods.flatMap(({ containers }) =>
      containers.flatMap((container) => {
        const version = vllmVersion(container);
        if (version === undefined || isAtLeast(version, OLDEST)) return [];
        const message = `vLLM ${version} has the V0 engine’s metrics and cannot end requests in flight`;
        return [
          {
            at: at(container.place, 'image'),
            message,
            fix: 'use a version of this year, and read what its flags are called',
          },
        ];
      }),
    ),
};

/** vLLM's own image is without Ray since then (kubernetes-sigs/lws issue #835). */
const WITHOUT_RAY = '0.19.0';
/** The first release after the tree of May 2026, in which the script has its new place. */
const SCRIPT_MOVED = '0.22.0';

/** A tag that moves has moved past it. */
export function isAsNewAs(container: Container, since: string): boolean {
  const version = vllmVersion(container);
  if (version !== undefined) return isAtLeast(version, since);
  return /(?:^|\/)vllm\/vllm-openai(:latest|:nightly)?$/.test(container.image);
}

const rayInImage: Check = {
  id: 'ray-in-image',
  severity: 'warning',
  title: 'An image that starts Ray has it: vLLM’s own has not any more, and several nodes need no Ray.',
  source: `kubernetes-sigs/lws issue #835; ${VLLM} requirements/cuda.txt`,
  run: ({ pods }) =>
    pods.flatMap(({ containers }) =>
      containers
        .filter((container) => usesRay(container) && isAsNewAs(container, WITHOUT_RAY))
        .map(({ place, image }) => ({
          at: at(place, 'image'),
          message: `${image} comes without Ray`,
          fix: 'use --nnodes, --node-rank and --master-addr instead of Ray, or an image of your own with Ray in it',
        })),
    ),
};

const rayScriptPath: Check = {
  id: 'ray-script-path',
  severity: 'warning',
  title:
    'The script that starts Ray is called where it is: it moved from examples/online_serving to examples/ray_serving.',
  source: `${VLLM} examples/ray_serving/multi-node-serving.sh`,
  run: ({ pods }) =>
    scripts(pods.flatMap(({ containers }) => containers))
      .filter(
        ({ container, command }) =>
          isAsNewAs(container, SCRIPT_MOVED) &&
          command.words.some((word) => word.endsWith('examples/online_serving/multi-node-serving.sh')),
      )
      .map(({ command }) => ({
        at: command.at,
        word: 'multi-node-serving.sh',
        message: 'this version has no examples/online_serving/multi-node-serving.sh',
        fix: 'use --nnodes, --node-rank and --master-addr, which need no script; or examples/ray_serving/multi-node-serving.sh',
      })),
};

/** Every command with the container whose image decides what it finds. */
function scripts(
  containers: readonly Container[],
): readonly { readonly container: Container; readonly command: RunCommand }[] {
  return containers.flatMap((container) => container.commands.map((command) => ({ container, command })));
}

const serverAfterFailure: Check = {
  id: 'server-after-failure',
  severity: 'warning',
  title: 'A server does not start when what prepares it has failed.',
  source: 'kubernetes-sigs/lws docs/examples/vllm; POSIX shell (set -e)',
  run: ({ servers }) =>
    servers.flatMap(({ container }: ServedPod) => {
      const { commands, script } = container;
      const stops = commands.some(({ words }) => words[0] === 'set' && words.some((word) => /^-\w*e/.test(word)));
      const index = commands.findIndex(({ words }) => words.some((word) => word.endsWith('multi-node-serving.sh')));
      const next = commands[index + 1];
      if (script === undefined || stops || hasOption(container) || index === -1 || next?.after !== ';') return [];
      return [
        {
          at: script,
          word: 'multi-node-serving.sh',
          message: 'the server starts after ; even if the group never formed, with the GPUs of one node',
          fix: 'write && instead of ;, or set -e at the beginning',
        },
      ];
    }),
};

/** `bash -ec`. */
function hasOption({ place }: Container): boolean {
  const words = [at(place, 'command').value, at(place, 'args').value].flat();
  return (
    isThere(at(place, 'command')) && words.some((word) => typeof word === 'string' && /^-\w*e\w*c$|^-\w*e$/.test(word))
  );
}

/** Words that only a shell understands (POSIX, "Special Built-In Utilities"). */
const BUILTIN = /^(source|\.|export|cd|set|eval|exec)$/;

const commandIsProgram: Check = {
  id: 'command-is-program',
  severity: 'error',
  title: 'The first word of a command is a program: no shell reads it, unless it is the shell.',
  source: 'Kubernetes documentation, "Define a Command and Arguments for a Container"',
  run: ({ pods }) =>
    pods.flatMap(({ containers }) =>
      containers.flatMap(({ place }) => {
        const first = at(place, 'command', 0);
        const text = typeof first.value === 'string' ? first.value : '';
        if (!BUILTIN.test(text.split(/\s/, 1)[0] ?? '') && !/^\S+\s+\S/.test(text)) return [];
        const fix = 'write command: ["/bin/bash", "-c"] and the whole line as one argument';
        return [{ at: first, message: `there is no program called “${text}”`, fix }];
      }),
    ),
};

export const imageChecks: readonly Check[] = [
  flagNewerThanImage,
  floatingTag,
  oldImage,
  rayInImage,
  rayScriptPath,
  serverAfterFailure,
  commandIsProgram,
];
