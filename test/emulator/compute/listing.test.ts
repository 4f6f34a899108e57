import { expect, it } from 'vitest';
import {
  EUROPE,
  firewallBody,
  makeCompute,
  makeNetworks,
  networkBody,
  refusal,
  subnetBody,
  textOf,
  US,
} from './compute-fixtures.ts';

const namesIn = (items: unknown) => (Array.isArray(items) ? items.map((item: { name: string }) => item.name) : []);

it('lists by name, with the shape of the service, and without items when there are none', () => {
  const { world } = makeNetworks();
  world.insert('firewalls', {}, firewallBody('fw-b', 'net'));
  world.insert('firewalls', {}, firewallBody('fw-a', 'net'));

  const list = world.list('firewalls', {});

  expect(list).toMatchObject({
    kind: 'compute#firewallList',
    id: 'projects/demo/global/firewalls',
    selfLink: 'https://www.googleapis.com/compute/v1/projects/demo/global/firewalls',
  });
  expect(namesIn(list['items'])).toEqual(['fw-a', 'fw-b']);
  expect(world.list('routers', US)).not.toHaveProperty('items');
});

it('cuts pages that can be walked to the end', () => {
  const { world } = makeCompute();
  for (const name of ['a', 'b', 'c']) world.insert('networks', {}, networkBody(name));

  const first = world.list('networks', {}, { maxResults: 2 });
  const second = world.list('networks', {}, { maxResults: 2, pageToken: textOf(first, 'nextPageToken') });

  expect(namesIn(first['items'])).toEqual(['a', 'b']);
  expect(namesIn(second['items'])).toEqual(['c']);
  expect(second).not.toHaveProperty('nextPageToken');
});

it('takes a page of no items for a page of the usual size', () => {
  const { world } = makeNetworks();

  expect(namesIn(world.list('networks', {}, { maxResults: 0 })['items'])).toEqual(['net', 'rdma']);
});

it('filters before it cuts pages', () => {
  const { world } = makeCompute();
  for (const name of ['a-1', 'b-1', 'a-2']) world.insert('networks', {}, networkBody(name));

  const list = world.list('networks', {}, { filter: 'name eq a-.*', maxResults: 2 });

  expect(namesIn(list['items'])).toEqual(['a-1', 'a-2']);
  expect(list).not.toHaveProperty('nextPageToken');
});

it('aggregates by scope, with a warning where there is nothing', () => {
  const { world } = makeNetworks();
  world.insert('subnetworks', US, subnetBody('sub', 'net', '10.0.0.0/24'));

  const list = world.aggregatedList('subnetworks');

  expect(list).toMatchObject({
    kind: 'compute#subnetworkAggregatedList',
    id: 'projects/demo/aggregated/subnetworks',
    items: {
      'regions/us-central1': { subnetworks: [{ name: 'sub' }] },
      'regions/europe-west1': { warning: { code: 'NO_RESULTS_ON_PAGE' } },
    },
  });
});

it('pages aggregated lists over the scopes', () => {
  const { world } = makeNetworks();
  world.insert('subnetworks', US, subnetBody('us', 'net', '10.0.0.0/24'));
  world.insert('subnetworks', EUROPE, subnetBody('eu', 'net', '10.0.1.0/24'));

  const first = world.aggregatedList('subnetworks', { maxResults: 1 });
  const second = world.aggregatedList('subnetworks', { maxResults: 1, pageToken: textOf(first, 'nextPageToken') });

  expect(first['items']).toMatchObject({ 'regions/europe-west1': { subnetworks: [{ name: 'eu' }] } });
  expect(second['items']).toMatchObject({ 'regions/us-central1': { subnetworks: [{ name: 'us' }] } });
  expect(second).not.toHaveProperty('nextPageToken');
});

it('lists operations of a place, and of all places', () => {
  const { world } = makeNetworks();
  world.insert('subnetworks', US, subnetBody('sub', 'net', '10.0.0.0/24'));

  expect(world.listOperations(US)['items']).toHaveLength(1);
  expect(world.listOperations({}, { filter: 'status = DONE' })['items']).toHaveLength(2);
  expect(world.aggregatedOperations()['items']).toMatchObject({
    global: { operations: [{ operationType: 'insert' }, { operationType: 'insert' }] },
    'regions/us-central1': { operations: [{ status: 'PENDING' }] },
    'zones/us-central1-b': { warning: { code: 'NO_RESULTS_ON_PAGE' } },
  });
});

it.each([
  { options: { maxResults: 501 }, id: 'compute.outOfRange' },
  { options: { maxResults: Number.NaN }, id: 'compute.outOfRange' },
  { options: { pageToken: 'made-up' }, id: 'compute.badPageToken' },
])('refuses $options', ({ options, id }) => {
  const { world } = makeCompute();

  expect(refusal(() => world.list('networks', {}, options)).id).toBe(id);
});
