import { describe, expect, it } from 'vitest';
import { EventRecorder } from '../../../emulator/controllers/events.ts';
import { KubernetesClient } from '../../../emulator/kubernetes/client.ts';
import type { JsonMap } from '../../../emulator/world/json.ts';
import { configMap, configMaps, makeApi } from '../kubernetes/kubernetes-fixtures.ts';
import { deployments, makeWorkloads, modelDeployment, settledMs } from './workload-fixtures.ts';

const hourMs = 3_600_000;
const eventsPath = '/api/v1/namespaces/default/events';

function withRecorder() {
  const test = makeApi();
  const object = test.call('POST', configMaps, { body: configMap('a', { k: 'v' }) }).body;
  const recorder = new EventRecorder(new KubernetesClient(test.api, 'tester'), test.world.clock, 'tester');
  return { ...test, object, recorder, events: () => test.call('GET', eventsPath).body['items'] as JsonMap[] };
}

describe('an event', () => {
  it('says who tells what of which object', () => {
    const { recorder, object, events } = withRecorder();

    recorder.tell(object, { reason: 'Looked', message: 'it is there', fieldPath: 'data', host: 'n1' });

    expect(events()).toMatchObject([
      {
        involvedObject: { kind: 'ConfigMap', namespace: 'default', name: 'a', apiVersion: 'v1', fieldPath: 'data' },
        reason: 'Looked',
        message: 'it is there',
        type: 'Normal',
        count: 1,
        source: { component: 'tester', host: 'n1' },
        firstTimestamp: '2026-01-01T00:00:00Z',
        eventTime: null,
      },
    ]);
  });

  it('that is told again counts up', async () => {
    const { recorder, object, events, world } = withRecorder();
    recorder.tell(object, { reason: 'Looked', message: 'same' });
    await world.pass(60_000);

    recorder.tell(object, { reason: 'Looked', message: 'same' });

    expect(events()).toMatchObject([
      { count: 2, firstTimestamp: '2026-01-01T00:00:00Z', lastTimestamp: '2026-01-01T00:01:00Z' },
    ]);
  });

  it('is forgotten after an hour, when the next one is told', async () => {
    const { recorder, object, events, world } = withRecorder();
    recorder.tell(object, { reason: 'Old', message: 'once' });
    await world.pass(hourMs);

    recorder.tell(object, { reason: 'New', message: 'later' });

    expect(events().map(({ reason }) => reason)).toEqual(['New']);
  });

  it('of a namespace that goes is lost, and nothing else', () => {
    const { recorder, object, events, call } = withRecorder();
    call('DELETE', '/api/v1/namespaces/default');

    recorder.tell(object, { reason: 'Late', message: 'too late' });

    expect(events()).toEqual([]);
  });
});

describe('the controllers of a cluster', () => {
  it('tell what they do', async () => {
    const cluster = await makeWorkloads();
    cluster.apply(`${deployments}/llama`, modelDeployment('llama', 1));
    await cluster.world.pass(settledMs);
    cluster.scale(`${deployments}/llama`, 0);
    await cluster.world.pass(settledMs);

    const told = (cluster.call('GET', eventsPath).body['items'] as JsonMap[]).map(({ involvedObject, reason }) => [
      (involvedObject as JsonMap)['kind'],
      reason,
    ]);

    expect(told).toEqual(
      expect.arrayContaining([
        ['Deployment', 'ScalingReplicaSet'],
        ['ReplicaSet', 'SuccessfulCreate'],
        ['Pod', 'Scheduled'],
        ['Pod', 'Pulling'],
        ['Pod', 'Pulled'],
        ['Pod', 'Created'],
        ['Pod', 'Started'],
        ['ReplicaSet', 'SuccessfulDelete'],
        ['Pod', 'Killing'],
        ['Node', 'NodeReady'],
      ]),
    );
  });

  it('warn of a pod that fits nowhere', async () => {
    const cluster = await makeWorkloads(0);
    cluster.apply(`${deployments}/llama`, modelDeployment('llama', 1));
    await cluster.world.pass(settledMs);

    const events = cluster.call('GET', `${eventsPath}?fieldSelector=type=Warning`).body['items'];

    expect(events).toMatchObject([
      { reason: 'FailedScheduling', message: expect.stringMatching(/^0\/1 nodes are available: /) },
    ]);
  });
});
