/** What holds of the objects of every valid stack. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkObjects } from '#manifests/checks/check-objects.ts';
import type { Applied } from '#manifests/kubernetes/wire.ts';
import { toYaml } from '#manifests/kubernetes/yaml.ts';
import { renderStack } from '#manifests/serving/render.ts';
import { leavesOf } from '#manifests/serving/reasons/setting.ts';
import type { Stack } from '#shared/domain/serving/resolved-stack.ts';
import { anyStack } from './any-document.ts';
import { mappingsIn, podsOf, selectorsOf, selects, toJson } from './selectors.ts';

const RUNS = { numRuns: 100, seed: 20_261_122 };

function holdsOf(property: (stack: Stack, objects: readonly Applied[]) => void): void {
  fc.assert(
    fc.property(anyStack, (stack) => property(stack, renderStack(stack))),
    RUNS,
  );
}

const nameOf = ({ kind, metadata: { namespace = '', name } }: Applied) => `${kind} ${namespace}/${name}`;

describe('the objects of any stack', () => {
  it('pass every check', () => {
    holdsOf((_stack, objects) => {
      const findings = checkObjects(objects).filter(({ severity }) => severity !== 'note');

      expect(findings.map(({ rule, object, message }) => `${rule} ${object}: ${message}`)).toEqual([]);
    });
  });

  it('are the same each time', () => {
    holdsOf((stack, objects) => {
      expect(toYaml(renderStack(structuredClone(stack)))).toBe(toYaml(objects));
    });
  });

  it('have names of their own, and nothing that is undefined or null', () => {
    holdsOf((_stack, objects) => {
      const names = objects.map(nameOf);

      expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
      expect(
        objects.flatMap((object) => mappingsIn(toJson(object)).filter((one) => Object.values(one).includes(undefined))),
      ).toEqual([]);
      expect(objects.flatMap((object) => leavesOf(toJson(object)).filter(({ value }) => value === null))).toEqual([]);
    });
  });

  it('have names and labels that Kubernetes takes', () => {
    holdsOf((_stack, objects) => {
      const label = /^(?:[A-Za-z0-9](?:[-\w.]{0,61}[A-Za-z0-9])?)?$/;
      const labels = objects.flatMap((object) =>
        mappingsIn(toJson(object)).flatMap(({ labels: found, matchLabels }) => [
          ...Object.entries(Object(found) as object),
          ...Object.entries(Object(matchLabels) as object),
        ]),
      );

      expect(objects.map(({ metadata }) => metadata.name).filter((name) => !isName(name))).toEqual([]);
      expect(objects.filter(({ kind, metadata }) => kind === 'Service' && metadata.name.length > 63)).toEqual([]);
      expect(labels.filter(([, value]) => typeof value === 'string' && !label.test(value))).toEqual([]);
    });
  });

  it('are not those of a stack of the same name in another namespace', () => {
    holdsOf((stack, objects) => {
      const others = renderStack({ ...stack, namespace: 'elsewhere', spec: { ...stack.spec, namespace: 'elsewhere' } });
      const texts = new Map(others.map((object) => [nameOf(object), JSON.stringify(object)]));

      // What all stacks of a cluster share is the same, whoever applies it; the name of a PriorityClass is the document's.
      const own = objects.filter(({ kind }) => kind !== 'PriorityClass');
      const taken = own.filter((object) => (texts.get(nameOf(object)) ?? JSON.stringify(object)) !== JSON.stringify(object));
      expect(taken.map(nameOf)).toEqual([]);
    });
  });

  it('ask of a node no more than it has', () => {
    holdsOf(({ machine }, objects) => {
      for (const { owner, spec } of podsOf(objects)) {
        expect(sumOf(spec['containers'], 'nvidia.com/gpu'), owner).toBeLessThanOrEqual(machine.gpuCount);
      }
    });
  });
});

describe('the selectors of any stack', () => {
  it('select pods of their own, and none of a neighbour in the namespace', () => {
    fc.assert(
      fc.property(anyStack, anyStack, (stack, other) => {
        const neighbour = { ...other, name: `${stack.name.slice(0, 20)}-b`, namespace: stack.namespace };
        const own = podsOf(renderStack(stack));
        const theirs = podsOf(renderStack(neighbour));

        for (const selector of selectorsOf(renderStack(stack))) {
          expect(
            own.some((pod) => selects(selector, pod)),
            `${selector.of} selects something`,
          ).toBe(true);
          expect(
            theirs.filter((pod) => selects(selector, pod)).map(({ owner }) => `${selector.of} → ${owner}`),
          ).toEqual([]);
        }
      }),
      RUNS,
    );
  });

  it('of a workload select its own pods alone', () => {
    holdsOf((_stack, objects) => {
      const pods = podsOf(objects);
      for (const object of objects.filter(({ kind }) => kind === 'Deployment' || kind === 'DaemonSet')) {
        const owner = `${object.kind}/${object.metadata.name}`;
        const [selector] = selectorsOf([object]);
        const selected = pods.filter((pod) => selector !== undefined && selects(selector, pod));

        expect(selected.map((pod) => pod.owner)).toEqual([owner]);
      }
    });
  });
});

/** RFC 1123 subdomain. */
function isName(name: string): boolean {
  return name.length <= 253 && /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/.test(name);
}

function sumOf(containers: unknown, resource: string): number {
  if (!Array.isArray(containers)) return 0;
  return containers.reduce<number>((sum, container: unknown) => {
    const { resources } = Object(container) as { readonly resources?: { readonly requests?: Record<string, string> } };
    return sum + Number(resources?.requests?.[resource] ?? 0);
  }, 0);
}
