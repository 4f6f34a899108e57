/** Services, service accounts and the IAM policy of the project, as gcloud asks for them. */
import { beforeEach, describe, expect, it } from 'vitest';
import { ProjectWorld } from '../../../emulator/project/project-world.ts';
import type { HttpService } from '../../../emulator/wires/http.ts';
import { projectService } from '../../../emulator/wires/project-rest.ts';
import { Journal } from '../../../emulator/world/journal.ts';
import { KeyedRandom } from '../../../emulator/world/random.ts';
import { makePumpedClock } from '../../support/pumped-clock.ts';

const email = 'nodes@demo.iam.gserviceaccount.com';
const binding = { role: 'roles/logging.logWriter', members: [`serviceAccount:${email}`] };
let service: HttpService;

beforeEach(() => {
  const { clock } = makePumpedClock(0);
  const random = new KeyedRandom('test');
  const base = { clock, journal: new Journal(clock), random, project: 'demo', projectNumber: '123456789012' };
  service = projectService(new ProjectWorld(base), base);
});

async function send(method: string, path: string, body?: object) {
  const bytes = Buffer.from(body === undefined ? '' : JSON.stringify(body));
  return await service({
    method,
    path: `/v1/projects/${path}`,
    query: new URLSearchParams(),
    headers: {},
    body: bytes,
  });
}

describe('services', () => {
  it('are all on, whether asked for or switched on', async () => {
    const one = await send('GET', 'demo/services/container.googleapis.com');
    const enabled = await send('POST', 'demo/services:batchEnable', { serviceIds: ['compute.googleapis.com'] });

    expect(one).toMatchObject({ body: { state: 'ENABLED' } });
    expect(enabled).toMatchObject({
      body: { done: true, response: { services: [{ config: { name: 'compute.googleapis.com' }, state: 'ENABLED' }] } },
    });
  });
});

describe('service accounts', () => {
  it('are made once, shown, listed and deleted', async () => {
    const body = { accountId: 'nodes', serviceAccount: { displayName: 'GPU nodes' } };

    const made = await send('POST', 'demo/serviceAccounts', body);
    const again = await send('POST', 'demo/serviceAccounts', body);
    const listed = await send('GET', 'demo/serviceAccounts');
    await send('DELETE', `demo/serviceAccounts/${email}`);
    const gone = await send('GET', `-/serviceAccounts/${email}`);

    expect(made).toMatchObject({ status: 200, body: { email, displayName: 'GPU nodes' } });
    expect(again).toMatchObject({
      status: 409,
      body: { error: { message: 'Service account nodes already exists within project projects/demo.' } },
    });
    expect(listed).toMatchObject({ body: { accounts: [{ email }] } });
    expect(gone?.status).toBe(404);
  });
});

describe('the policy', () => {
  it('is replaced by one that was made from it', async () => {
    await send('POST', 'demo/serviceAccounts', { accountId: 'nodes' });
    const read = await send('POST', 'demo:getIamPolicy', { options: { requestedPolicyVersion: 3 } });

    const policy = { ...(read?.body as object), bindings: [binding], version: 3 };
    const set = await send('POST', 'demo:setIamPolicy', { policy });

    expect(set).toMatchObject({ status: 200, body: { bindings: [binding], version: 3 } });
    expect(await send('POST', 'demo:getIamPolicy')).toEqual(set);
  });

  it('is not replaced by one that was made from an older one', async () => {
    const old = await send('POST', 'demo:getIamPolicy');
    await send('POST', 'demo:setIamPolicy', { policy: { bindings: [] } });

    const late = await send('POST', 'demo:setIamPolicy', { policy: old?.body });

    expect(late).toMatchObject({ status: 409, body: { error: { status: 'ABORTED' } } });
  });

  it('names no account of the project that does not exist', async () => {
    const reply = await send('POST', 'demo:setIamPolicy', { policy: { bindings: [binding] } });

    expect(reply).toMatchObject({
      status: 400,
      body: { error: { message: `Service account ${email} does not exist.` } },
    });
  });

  it('is that of this project only', async () => {
    expect((await send('POST', 'other:getIamPolicy'))?.status).toBe(403);
  });
});
