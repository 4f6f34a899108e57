import { describe, expect, it } from 'vitest';
import { parseDelivery } from '#shared/delivery.ts';
import { AutomationError } from '#shared/errors.ts';
import { accept } from '../../../functions/intake/accept.ts';
import { parseIntent } from '../../../functions/intake/intent.ts';
import type { IntakePorts } from '../../../functions/intake/ports.ts';
import { makeClusterDocument } from '../../support/make-cluster.ts';
import { makeBench, target } from './intake-bench.ts';

describe('a valid document', () => {
  it('is stored, wakes its automation, and is done only after the wake is out', async () => {
    const { wokenFor, send, read } = makeBench();

    await send(makeClusterDocument());

    expect(await read.document()).toMatchObject({
      kind: 'Cluster',
      target,
      sequence: 1,
      actor: 'topic:inference-fleet-requests',
    });
    expect(await read.wake()).toMatchObject({ wakeSeq: 1, seenSeq: 0 });
    expect(wokenFor('build-cluster')).toEqual([target]);
    expect(await read.message()).toMatchObject({ phase: 'done', target });
  });

  it('delivered again after it was done changes nothing and wakes nobody', async () => {
    const { wokenFor, send, read } = makeBench();
    await send(makeClusterDocument());

    await send(makeClusterDocument());

    expect(wokenFor('build-cluster')).toEqual([target]);
    expect(await read.wake()).toMatchObject({ wakeSeq: 1 });
  });

  it('whose first delivery stopped before the wake was out is completed by the second', async () => {
    const { ports, wokenFor, send, read } = makeBench();
    const cut: IntakePorts = {
      ...ports,
      wakes: { publish: () => Promise.reject(new AutomationError('transient', 'publishing: reset')) },
    };
    await expect(send(makeClusterDocument(), { ports: cut })).rejects.toThrow('publishing: reset');
    expect(await read.message()).toMatchObject({ phase: 'accepted' });

    await send(makeClusterDocument());

    expect(wokenFor('build-cluster')).toEqual([target]);
    expect(await read.message()).toMatchObject({ phase: 'done' });
  });

  it('half handled and meanwhile replaced is not refused as stale', async () => {
    const { ports, letters, send, read } = makeBench();
    const cut: IntakePorts = {
      ...ports,
      wakes: { publish: () => Promise.reject(new AutomationError('transient', 'x')) },
    };
    await expect(send(makeClusterDocument(), { ports: cut })).rejects.toThrow('x');
    await send(makeClusterDocument({ spec: { releaseChannel: 'RAPID' } }), { id: 'm2', atMs: 20_000 });

    await send(makeClusterDocument());

    expect(letters).toEqual([]);
    expect(await read.document()).toMatchObject({ messageId: 'm2', sequence: 2 });
    expect(await read.message('m1')).toMatchObject({ phase: 'done' });
  });

  it('without a sequence takes the next one', async () => {
    const { send, read } = makeBench();
    await send(makeClusterDocument({ metadata: { sequence: 7 } }));

    await send(makeClusterDocument({ spec: { releaseChannel: 'RAPID' } }), { id: 'm2', atMs: 20_000 });

    expect(await read.document()).toMatchObject({ sequence: 8, messageId: 'm2' });
  });

  it('that two deliveries race for is stored once', async () => {
    const { send, read } = makeBench();

    await Promise.all([send(makeClusterDocument()), send(makeClusterDocument()), send(makeClusterDocument())]);

    expect(await read.document()).toMatchObject({ sequence: 1 });
    expect(await read.wake()).toMatchObject({ wakeSeq: 1 });
  });
});

describe('what is refused', () => {
  it.each([
    {
      name: 'text that is not JSON',
      body: 'kind: Cluster',
      reason:
        'the message is not JSON: publish one document as JSON; the topic takes no YAML, which inferctl turns into JSON',
    },
    {
      name: 'an unknown kind',
      body: JSON.stringify({ apiVersion: 'inference-fleet/v1', kind: 'Clutser' }),
      reason: /kind = "Clutser": must be .*; use Cluster/,
    },
    {
      name: 'a document that is rendered, whatever it holds',
      body: JSON.stringify({ apiVersion: 'inference-fleet/v1', kind: 'ServingStack', metadata: 1, spec: ['x'] }),
      reason:
        /kind = "ServingStack": must be .*: a ServingStack is rendered, not published; run inferctl render -f FILE/,
    },
    {
      name: 'an empty message',
      body: '',
      reason:
        'the message is not JSON: publish one document as JSON; the topic takes no YAML, which inferctl turns into JSON',
    },
  ])('is recorded, dead-lettered and visible: $name', async ({ body, reason }) => {
    const { letters, loop, send, read } = makeBench();

    await send(body);

    expect(await read.message()).toMatchObject({
      phase: 'refused',
      reason: expect.stringMatching(reason),
      excerpt: body,
    });
    expect(letters).toEqual([expect.objectContaining({ messageId: 'm1', publishTimeMs: 10_000, text: body })]);
    expect(loop.published).toEqual([]);
  });

  const named = { apiVersion: 'inference-fleet/v1', metadata: { name: 'demo' } };
  const spec = { cluster: { name: 'demo' }, namespace: 'serving' };

  it.each([
    { body: { ...named, kind: 'Cluster' }, about: { kind: 'Cluster', target: 'cluster/demo' } },
    { body: { ...named, kind: 'Cluster', metadata: {} }, about: { kind: 'Cluster' } },
    { body: { ...named, kind: 'Cluster', metadata: { name: 'a\nb' } }, about: { kind: 'Cluster' } },
    {
      body: { ...named, kind: 'ModelService', spec },
      about: { kind: 'ModelService', target: 'model/demo/serving/demo' },
    },
    { body: { ...named, kind: 'ModelService', spec: { cluster: {} } }, about: { kind: 'ModelService' } },
    {
      body: { kind: 'Pause', spec: { target: 'cluster/demo', for: 1 } },
      about: { kind: 'Pause', target: 'cluster/demo' },
    },
    { body: { kind: 'Pause', spec: { target: 'not a target' } }, about: { kind: 'Pause' } },
    { body: { ...named, kind: 'Clutser' }, about: {} },
    { body: [], about: {} },
  ])('says what it is about as far as it can be read: $about', async ({ body, about }) => {
    const { send, read } = makeBench();

    await send(JSON.stringify(body));

    const { kind, target: said } = await read.message();
    expect({ kind, target: said }).toEqual({ kind: undefined, target: undefined, ...about });
  });

  it('names every problem at once', async () => {
    const { send, read } = makeBench();

    await send(
      makeClusterDocument({
        spec: { zone: 'us-east4-b' },
        pool: { machineType: 'a2-highgpu-8g', size: { initial: -1 } },
      }),
    );

    const { reason = '' } = await read.message();
    expect(reason.split('\n').length).toBeGreaterThanOrEqual(3);
    expect(reason).toContain('spec.zone');
    expect(reason).toContain('machineType');
    expect(reason).toContain('size.initial');
  });

  it('is dead-lettered once however often it is delivered', async () => {
    const { letters, send } = makeBench();

    await send('junk');
    await send('junk');

    expect(letters).toHaveLength(1);
  });

  it('is dead-lettered again when the first delivery stopped between letter and record', async () => {
    const { letters, loop, ports, send, read } = makeBench();
    const cut = {
      ...ports,
      ledger: {
        ...loop.ledger,
        get: (key: Parameters<typeof loop.ledger.get>[0]) => loop.ledger.get(key),
        transact: () => Promise.reject(new Error('killed')),
      },
    };
    await expect(send('junk', { ports: cut as unknown as IntakePorts })).rejects.toThrow('killed');

    await send('junk');

    expect(letters).toHaveLength(2);
    expect(await read.message()).toMatchObject({ phase: 'refused' });
  });

  it('includes a stale document, which says how to pass', async () => {
    const { send, read } = makeBench();
    await send(makeClusterDocument({ metadata: { sequence: 5 } }));

    await send(makeClusterDocument({ metadata: { sequence: 4 } }), { id: 'm2', atMs: 20_000 });

    expect(await read.message('m2')).toMatchObject({
      phase: 'refused',
      reason: 'metadata.sequence 4 is older than 5, which stands: use metadata.sequence 6 or more',
    });
    expect(await read.document()).toMatchObject({ sequence: 5 });
  });

  it('includes an envelope that is none', async () => {
    const { ports, letters, loop } = makeBench();

    await accept(ports, parseIntent(parseDelivery({ hello: 'world' }), 5));

    expect(letters).toHaveLength(1);
    expect(await loop.ledger.find('messages', { equals: { phase: 'refused' }, limit: 10 })).toHaveLength(1);
  });
});
