/** What holds of the objects of every valid stack. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkObjects } from '#manifests/checks/check-objects.ts';
import { GIB, quantityOf } from '#manifests/checks/quantity.ts';
import type { Applied } from '#manifests/kubernetes/wire.ts';
import { toYaml } from '#manifests/kubernetes/yaml.ts';
import { renderStack } from '#manifests/serving/render.ts';
import { leavesOf } from '#manifests/serving/reasons/setting.ts';
import { servingCatalogue } from '#manifests/serving/stack-facts.ts';
import { parseServingStack, stackOf } from '#shared/documents/serving-stack/parse.ts';
import { GPU_RESOURCE } from '#shared/domain/gpu.ts';
import type { Stack } from '#shared/domain/serving/resolved-stack.ts';
import type { ServingStackDocument, ServingStackSpec } from '#shared/domain/serving/stack.ts';
import { anyDocument } from './any-document.ts';
import { mappingsIn, podsOf, selectorsOf, selects, toJson } from './selectors.ts';

const RUNS = { numRuns: 100, seed: 20_261_122 };

function holdsOf(property: (stack: Stack, objects: readonly Applied[], document: ServingStackDocument) => void): void {
  fc.assert(
    fc.property(anyDocument, (document) => {
      const stack = stackOf(document, servingCatalogue);
      property(stack, renderStack(stack), document);
    }),
    RUNS,
  );
}

/** The objects of the same document under another name. */
function renderedAs(
  name: string,
  { metadata, ...document }: ServingStackDocument,
  spec: Partial<ServingStackSpec> = {},
) {
  const renamed = { ...document, metadata: { ...metadata, name }, spec: { ...document.spec, ...spec } };
  return renderStack(stackOf(renamed, servingCatalogue));
}

function smallest(name: string): ServingStackDocument {
  const spec = {
    namespace: 'serving',
    model: { id: 'org/model' },
    hardware: { machineType: 'a3-ultragpu-8g' },
    roles: { aggregated: {} },
  };
  return { apiVersion: 'inference-fleet/v1', kind: 'ServingStack', metadata: { name }, spec };
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
    holdsOf((stack, objects, document) => {
      const others = renderedAs(stack.name, document, { namespace: 'elsewhere' });
      const texts = new Map(others.map((object) => [nameOf(object), JSON.stringify(object)]));

      // What all stacks of a cluster share is the same, whoever applies it; the name of a PriorityClass is the document's.
      const own = objects.filter(({ kind }) => kind !== 'PriorityClass');
      const taken = own.filter(
        (object) => (texts.get(nameOf(object)) ?? JSON.stringify(object)) !== JSON.stringify(object),
      );
      expect(taken.map(nameOf)).toEqual([]);
    });
  });

  it('have names in the cluster that no namespace and stack make together otherwise', () => {
    holdsOf((_stack, _objects, document) => {
      const names = (namespace: string, name: string) =>
        renderedAs(name, document, { namespace }).filter((object) => object.metadata.namespace !== namespace);
      const taken = new Set(
        names('team', 'a-chat')
          .filter(({ kind }) => kind !== 'PriorityClass')
          .map(nameOf),
      );

      // What all stacks of a cluster share is the same, whoever applies it.
      const shared = new Set(names('elsewhere', 'other').map(nameOf));
      expect(
        names('team-a', 'chat')
          .map(nameOf)
          .filter((name) => taken.has(name) && !shared.has(name)),
      ).toEqual([]);
    });
  });

  it('have names that no other stack of the namespace may have where it would write to the same object', () => {
    const stacks = fc.sample(anyDocument, { ...RUNS, numRuns: 300 });
    const rendered = [
      ...stacks.flatMap((document) => renderedAs('chat', document)),
      ...renderedAs('chat', smallest('chat'), { gateway: { route: { byModel: true } } }),
    ];
    const ownKinds = new Set(rendered.filter(({ metadata: { name } }) => name === 'chat').map(({ kind }) => kind));
    const others = new Set(
      rendered
        .filter(({ kind, metadata: { name } }) => ownKinds.has(kind) && name.startsWith('chat-'))
        .map(({ metadata: { name } }) => name),
    );

    expect(others.size).toBeGreaterThan(3);
    expect([...others].filter((name) => parseServingStack(smallest(name), servingCatalogue).ok)).toEqual([]);
  });

  it('ask of a node no more than it has', () => {
    holdsOf(({ machine: { gpuCount, vcpus = Infinity, memoryGib = Infinity } }, objects) => {
      const most = { [GPU_RESOURCE]: gpuCount, cpu: vcpus, memory: memoryGib * GIB };
      const tooLarge = podsOf(objects).filter(({ spec }) =>
        Object.entries(most).some(([resource, amount]) => requestOf(spec['containers'], resource) > amount),
      );

      expect(tooLarge.map(({ owner }) => owner)).toEqual([]);
    });
  });
});

describe('the selectors of any stack', () => {
  it('select pods of their own, and none of a neighbour in the namespace', () => {
    fc.assert(
      fc.property(anyDocument, anyDocument, (document, other) => {
        const { namespace } = document.spec;
        const objects = renderedAs('chat', document);
        const neighbours = renderedAs('chat-b', other, { namespace });
        const selectors = selectorsOf(objects);
        const idle = selectors.filter((selector) => !podsOf(objects).some((pod) => selects(selector, pod)));
        const greedy = selectors.filter((selector) => podsOf(neighbours).some((pod) => selects(selector, pod)));
        const shared = objects.filter((object) => neighbours.some((one) => nameOf(one) === nameOf(object)));

        expect({ idle: idle.map((one) => one.of), greedy: greedy.map((one) => one.of) }).toEqual({
          idle: [],
          greedy: [],
        });
        expect(
          shared.filter(({ metadata, kind }) => metadata.namespace === namespace && kind !== 'Namespace').map(nameOf),
        ).toEqual([]);
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

function requestOf(containers: unknown, resource: string): number {
  if (!Array.isArray(containers)) return 0;
  return containers.reduce<number>((sum, container: unknown) => {
    const { resources } = Object(container) as { readonly resources?: { readonly requests?: Record<string, string> } };
    return sum + (quantityOf(resources?.requests?.[resource]) ?? 0);
  }, 0);
}
