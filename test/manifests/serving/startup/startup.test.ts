/** What makes a replica ready sooner. */
import type { V1DaemonSet } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import type { Applied } from '#manifests/kubernetes/wire.ts';
import { renderStack } from '#manifests/serving/render.ts';
import { envOf, flagOf, makeStack, podOf, serverOf } from '../../../support/make-serving-stack.ts';

describe('the image puller', () => {
  it('is not there unless somebody asks', () => {
    expect(renderStack(makeStack()).filter(({ kind }) => kind === 'DaemonSet')).toEqual([]);
  });

  it('leaves the image of the servers on every node that they may be put on', () => {
    const stack = makeStack({
      hardware: { machineType: 'a3-ultragpu-8g', nodePool: 'h200' },
      startup: { prePull: true },
    });
    const [found] = renderStack(stack).filter(({ kind }) => kind === 'DaemonSet');
    const spec = (found as Applied<V1DaemonSet>).spec?.template.spec;
    const server = podOf(stack, 'aggregated').spec;

    expect(spec?.nodeSelector).toEqual(server.nodeSelector);
    expect(spec?.tolerations).toEqual(server.tolerations);
    expect(spec?.initContainers?.map(({ image, command }) => ({ image, command }))).toEqual([
      { image: server.containers[0]?.image, command: ['/bin/true'] },
    ]);
    expect(JSON.stringify(spec)).not.toContain('nvidia.com/gpu":');
  });
});

describe('a disk with images', () => {
  const label = 'cloud.google.com.node-restriction.kubernetes.io/gke-secondary-boot-disk-vllm';

  it.each([
    { imageDisk: { image: 'vllm' }, value: 'CONTAINER_IMAGE_CACHE.acme' },
    { imageDisk: { image: 'vllm', project: 'images' }, value: 'CONTAINER_IMAGE_CACHE.images' },
  ])('is asked for by the label $value', ({ imageDisk, value }) => {
    const stack = makeStack({ project: 'acme', startup: { imageDisk } });

    expect(podOf(stack, 'aggregated').spec.nodeSelector).toMatchObject({ [label]: value });
  });
});

describe('sleep', () => {
  it('is possible, with memory for the weights', () => {
    const asleep = serverOf(makeStack({ startup: { sleep: { weightsGib: 100, trustEveryClient: true } } }));
    const awake = serverOf(makeStack());
    const gib = ({ resources }: typeof awake) => Number(resources?.limits?.['memory']?.replace('Gi', ''));

    expect(flagOf(asleep, '--enable-sleep-mode')).toBe('');
    expect(envOf(asleep)).toMatchObject({ VLLM_SERVER_DEV_MODE: '1' });
    expect(gib(asleep) - gib(awake)).toBe(100);
  });

  it('is nothing that a user of the gateway can ask for', () => {
    const startup = { sleep: { weightsGib: 0, trustEveryClient: true } } as const;
    const [route] = renderStack(makeStack({ gateway: {}, startup })).filter(({ kind }) => kind === 'HTTPRoute');

    expect(route).toMatchObject({ spec: { rules: [{ matches: [{ path: { type: 'PathPrefix', value: '/v1' } }] }] } });
  });

  it('is off, and the development mode with it', () => {
    const server = serverOf(makeStack());

    expect(flagOf(server, '--enable-sleep-mode')).toBeUndefined();
    expect(Object.keys(envOf(server))).not.toContain('VLLM_SERVER_DEV_MODE');
  });
});
