/** Servers of which little or nothing can be told here. */
import type { Check } from '../check.ts';
import { isPartial } from '../checked-set.ts';

const partialContainer: Check = {
  id: 'partial-container',
  severity: 'note',
  title: 'A container without an image is a part of something: what is left out of it is not judged.',
  source: 'Kubernetes documentation, "Declarative Management of Kubernetes Objects Using Kustomize"',
  run: ({ pods }) =>
    pods.flatMap(({ servers }) =>
      servers
        .filter(({ container }) => isPartial(container))
        .map(({ container }) => ({
          at: container.place,
          message: `container ${container.name} has no image, so this is a patch or a part of a template`,
          fix: 'check what it becomes: kubectl kustomize DIR | inferctl check -f -',
        })),
    ),
};

const otherEngine: Check = {
  id: 'other-engine',
  severity: 'note',
  title: 'Only vLLM is looked into; of other servers nothing is known here.',
  source: 'manifests/serving/README.md',
  run: ({ pods }) =>
    pods.flatMap(({ servers }) =>
      servers
        .filter(({ engine }) => engine === 'other')
        .map(({ container, engineName }) => ({
          at: container.place,
          message: `${engineName} is served here, and not looked into`,
          fix: 'read its own documentation',
        })),
    ),
};

export const engineChecks: readonly Check[] = [partialContainer, otherEngine];
