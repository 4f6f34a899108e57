import { describe, expect, it } from 'vitest';
import { linkTo, makeNetworks, networkBody, refusal, roceBody } from './compute-fixtures.ts';

describe('networks', () => {
  it.each([
    {
      name: 'a plain one has the default MTU',
      body: networkBody('n'),
      expected: { mtu: 1460, routingConfig: { routingMode: 'REGIONAL' } },
    },
    { name: 'an explicit MTU stays', body: networkBody('n', { mtu: 8896 }), expected: { mtu: 8896 } },
    {
      name: 'a RoCE network has jumbo frames and the profile as a link',
      body: roceBody('n'),
      expected: { mtu: 8896, networkProfile: linkTo('global/networkProfiles/us-central1-b-vpc-roce') },
    },
    {
      name: 'a profile may be named by a URL on any host',
      body: networkBody('n', {
        networkProfile: 'http://127.0.0.1:18085/compute/v1/projects/demo/global/networkProfiles/us-central1-b-vpc-roce',
      }),
      expected: { networkProfile: linkTo('global/networkProfiles/us-central1-b-vpc-roce') },
    },
    {
      name: 'output fields of the caller are ignored',
      body: networkBody('n', { id: '1', selfLink: 'http://example.com', kind: 'compute#router' }),
      expected: { kind: 'compute#network', selfLink: linkTo('global/networks/n') },
    },
  ])('$name', ({ body, expected }) => {
    const { world } = makeNetworks();

    world.insert('networks', {}, body);

    expect(world.get('networks', {}, 'n')).toMatchObject(expected);
  });

  it.each([
    {
      name: 'a name with an upper-case letter',
      body: networkBody('Net'),
      id: 'compute.badName',
      message:
        "Invalid value for field 'resource.name': 'Net'. Must be a match of regex '(?:[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?)'",
    },
    { name: 'a name of 64 characters', body: networkBody('n'.repeat(64)), id: 'compute.badName' },
    { name: 'a name that ends in a dash', body: networkBody('net-'), id: 'compute.badName' },
    { name: 'no name', body: { autoCreateSubnetworks: false }, id: 'compute.badName' },
    { name: 'no body', body: {}, id: 'compute.missingBody', message: "Required field 'resource' not specified" },
    { name: 'an MTU of 1299', body: networkBody('n', { mtu: 1299 }), id: 'compute.outOfRange' },
    { name: 'an MTU of 8897', body: networkBody('n', { mtu: 8897 }), id: 'compute.outOfRange' },
    {
      name: 'a profile that does not exist',
      body: networkBody('n', { networkProfile: 'projects/demo/global/networkProfiles/us-central1-f-vpc-roce' }),
      id: 'compute.notFound',
      message: "The resource 'projects/demo/global/networkProfiles/us-central1-f-vpc-roce' was not found",
    },
    {
      name: 'a profile by plain name',
      body: networkBody('n', { networkProfile: 'us-central1-b-vpc-roce' }),
      id: 'compute.malformedUrl',
    },
    {
      name: 'a profile of another project',
      body: networkBody('n', { networkProfile: 'projects/other/global/networkProfiles/us-central1-b-vpc-roce' }),
      id: 'compute.crossProject',
    },
    {
      name: 'auto mode with a profile',
      body: { ...roceBody('n'), autoCreateSubnetworks: true },
      id: 'compute.autoModeOnProfile',
    },
    {
      name: 'auto mode, which is not served',
      body: { name: 'n', autoCreateSubnetworks: true },
      id: 'compute.notServed',
    },
    {
      name: 'unknown fields, all of them at once',
      body: networkBody('n', { mtuBytes: 1500, routingConfig: { routing: 'REGIONAL' } }),
      id: 'compute.unknownField',
      message:
        'Invalid JSON payload received. Unknown name "mtuBytes" at \'resource\': Cannot find field.\n' +
        'Invalid JSON payload received. Unknown name "routing" at \'resource.routingConfig\': Cannot find field.',
    },
  ])('refuse $name', ({ body, id, message }) => {
    const { world } = makeNetworks();

    const refused = refusal(() => world.insert('networks', {}, body));

    expect(refused).toMatchObject({ id, ...(message !== undefined && { message }) });
    expect(world.operations).toHaveLength(2);
  });
});
