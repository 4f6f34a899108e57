import { describe, expect, it } from 'vitest';
import { installSystemObjects } from '../../../emulator/controllers/addons.ts';
import { gatewayDefinitions } from '../../../emulator/controllers/custom-definitions.ts';
import { runKubelets } from '../../../emulator/controllers/kubelet.ts';
import { servingDefinitions } from '../../../emulator/controllers/serving-definitions.ts';
import { KubernetesClient } from '../../../emulator/kubernetes/client.ts';
import type { ApiDoor } from '../../../emulator/kubernetes/client-types.ts';
import { nameOf, textAt } from '../../../emulator/kubernetes/objects.ts';
import { makeApi, makeWorld } from '../kubernetes/kubernetes-fixtures.ts';

describe('what GKE puts into a cluster', () => {
  it('may be there already', () => {
    const { api, call } = makeApi();
    const installer = new KubernetesClient(api, 'gke-addon-manager');
    installer.create({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'kube-system', labels: { mine: 'yes' } },
    });

    installSystemObjects(installer);

    expect(call('GET', '/api/v1/namespaces/kube-system').body).toMatchObject({ metadata: { labels: { mine: 'yes' } } });
    expect(call('GET', '/apis/apps/v1/namespaces/kube-system/daemonsets/anetd').status).toBe(200);
  });

  it('defines kinds of protected groups only with the approval that a real API server asks for', () => {
    const isProtected = (definition: (typeof servingDefinitions)[number]) =>
      /(^|\.)(k8s|kubernetes)\.io$/.test(textAt(definition, 'spec', 'group'));
    const found = [...gatewayDefinitions, ...servingDefinitions].filter(isProtected);

    expect(found.map(nameOf)).toContain('inferencepools.inference.networking.k8s.io');
    for (const one of found) {
      expect(textAt(one, 'metadata', 'annotations', 'api-approved.kubernetes.io')).toMatch(
        /^https:\/\/github\.com\/kubernetes-sigs\/.*\/pull\/\d+$/,
      );
    }
  });
});

describe('a kubelet', () => {
  it('is not disturbed by a pod that somebody has removed a moment ago', async () => {
    const world = makeWorld();
    const { api, call } = makeApi(world);
    const pod = '/api/v1/namespaces/default/pods/p';
    let written = 0;
    // What a server in another process may do between the news and the answer to it.
    const door: ApiDoor = {
      clock: api.clock,
      handle: (request) => {
        const isStatus = request.method === 'PATCH' && request.path === `${pod}/status`;
        if (isStatus) written++;
        if (isStatus && written === 2) call('DELETE', `${pod}?gracePeriodSeconds=0`);
        return api.handle(request);
      },
    };
    const stop = runKubelets(new KubernetesClient(door, 'kubelet'), world);
    const containers = [{ name: 'c', image: 'i' }];
    call('POST', '/api/v1/namespaces/default/pods', {
      body: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { nodeName: 'n', containers } },
    });

    await world.pass(60_000);
    stop();

    expect(written).toBe(2);
    expect(call('GET', pod).status).toBe(404);
  });
});
