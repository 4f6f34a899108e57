/** A client inside the world works on an API server in another process as on the emulated one: the server here is an emulated one. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RemoteApi } from '../../../emulator/control-plane/remote-api.ts';
import { KubernetesClient } from '../../../emulator/kubernetes/client.ts';
import { type KubernetesObject, nameOf } from '../../../emulator/kubernetes/objects.ts';
import type { Authority } from '../../../emulator/wires/certificates.ts';
import { WorldClock } from '../../../emulator/world/clock.ts';
import { configMap } from '../kubernetes/kubernetes-fixtures.ts';

const kind = { apiVersion: 'v1', kind: 'ConfigMap' };
const object = (name: string, data: { [key: string]: string } = {}) => configMap(name, data, { namespace: 'default' });
const ref = (name: string) => ({ ...kind, name, namespace: 'default' });

let child: ChildProcess;
let served: { readonly server: string; readonly authority: Authority };
let clock: WorldClock;
let api: RemoteApi;
let client: KubernetesClient;
const failures: Error[] = [];

beforeAll(async () => {
  child = spawn(process.execPath, [new URL('served-api.ts', import.meta.url).pathname], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (child.stdout === null) throw new Error('starting a served API: it has no output');
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  served = JSON.parse(String(line));
});

afterAll(() => void child.kill('SIGKILL'));

beforeEach(() => {
  const { server, authority } = served;
  clock = new WorldClock({ startMs: 0, speed: 'max' });
  const onFailure = (error: Error) => void failures.push(error);
  api = new RemoteApi({ server, ca: authority.caCertificate, token: 'admin', webhook: authority, clock, onFailure });
  client = new KubernetesClient(api, 'controller');
});

afterEach(async () => {
  await api.close();
  expect(failures.splice(0)).toEqual([]);
});

describe('a client inside the world, on a server outside of it', () => {
  it('has the answer when the call returns', () => {
    const created = client.create(object('calls', { k: '1' }));
    client.patch(ref('calls'), { data: { k: '2' } });

    expect(client.get(ref('calls'))).toMatchObject({ data: { k: '2' } });
    expect(client.list(kind, { namespace: 'default' }).map(nameOf)).toContain('calls');
    expect(() => {
      (created['data'] as { k: string }).k = '3';
    }).toThrow(TypeError);
    expect(client.delete(ref('calls'), { graceSeconds: 0 })).toBe(true);
    expect(client.delete(ref('calls'))).toBe(false);
    expect(client.get(ref('calls'))).toBeUndefined();
  });

  it('reports refusals with status and reason', () => {
    client.create(object('twice'));

    const again = () => client.create(object('twice'));

    expect(again).toThrow('creating ConfigMap twice: 409 configmaps "twice" already exists');
    expect(() => client.create(object('twice'))).toThrow(
      expect.objectContaining({ status: 409, reason: 'AlreadyExists' }),
    );
  });

  it('is told of what is there and of its own writes before anything that follows', async () => {
    client.create(object('old'));
    const told: string[] = [];
    const listener = (type: string, { metadata }: KubernetesObject) => {
      const { name } = metadata as { name: string };
      if (['old', 'new'].includes(name)) told.push(`${type} ${name}`);
    };

    client.watch(kind, listener);
    const duringCall = [...told];
    await Promise.resolve();
    const afterWatch = [...told];
    client.create(object('new'));
    await Promise.resolve();

    expect({ duringCall, afterWatch, told }).toEqual({
      duringCall: [],
      afterWatch: ['ADDED old'],
      told: ['ADDED old', 'ADDED new'],
    });
  });

  it('is told no more once it has cancelled', async () => {
    const told: string[] = [];
    const cancel = client.watch(kind, (type, one) => void told.push(`${type} ${nameOf(one)}`));

    cancel();
    client.create(object('unheard'));
    await Promise.resolve();

    expect(told).toEqual([]);
  });

  it('keeps the world’s time from passing while something happens there', async () => {
    client.create(object('busy'));
    const holds = clock.holds;
    const { promise: idle, resolve } = Promise.withResolvers<void>();
    clock.after(1, resolve);
    clock.start();

    await idle;
    clock.stop();

    expect(holds).toBe(1);
    expect(clock.holds).toBe(0);
  });
});
