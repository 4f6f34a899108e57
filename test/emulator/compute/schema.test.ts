import { describe, expect, it } from 'vitest';
import { type BodyMessage, checkBody } from '../../../emulator/compute/schema.ts';
import type { JsonMap } from '../../../emulator/world/json.ts';
import { refusal } from './compute-fixtures.ts';

interface Body {
  readonly message: BodyMessage;
  readonly body: JsonMap;
}

describe('checkBody', () => {
  it.each<Body>([
    {
      message: 'Network',
      body: { name: 'a', IPv4Range: '10.0.0.0/8', mtu: 1460, routingConfig: { routingMode: 'GLOBAL' } },
    },
    { message: 'Network', body: { mtu: '1460', id: '1234567890123456789', description: null } },
    // Its values stand in a comment of compute.proto only.
    { message: 'Network', body: { routingConfig: { bgpInterRegionCost: 'ADD_COST_TO_MED' } } },
    { message: 'Firewall', body: { allowed: [{ IPProtocol: 'tcp', ports: ['22'] }], logConfig: { enable: true } } },
    { message: 'Router', body: { nats: [{ endpointTypes: ['ENDPOINT_TYPE_VM'], rules: [{ match: 'x' }] }] } },
    { message: 'Reservation', body: { resourcePolicies: { policy: 'x' }, specificReservation: { count: '2' } } },
  ])('accepts $body', ({ message, body }) => {
    expect(() => checkBody(message, body)).not.toThrow();
  });

  it.each<Body & { readonly text: string }>([
    {
      message: 'Subnetwork',
      body: { cidr: '10.0.0.0/8', secondaryIpRanges: [{}, { name: 'pods' }] },
      text:
        'Invalid JSON payload received. Unknown name "cidr" at \'resource\': Cannot find field.\n' +
        'Invalid JSON payload received. Unknown name "name" at \'resource.secondaryIpRanges[1]\': Cannot find field.',
    },
    { message: 'Network', body: { mtu: 'big' }, text: 'Invalid value at \'resource.mtu\' (TYPE_INT32), "big"' },
    { message: 'Network', body: { mtu: 1460.5 }, text: "Invalid value at 'resource.mtu' (TYPE_INT32), 1460.5" },
    { message: 'Network', body: { name: 1 }, text: "Invalid value at 'resource.name' (TYPE_STRING), 1" },
    {
      message: 'Network',
      body: { autoCreateSubnetworks: 'false' },
      text: 'Invalid value at \'resource.autoCreateSubnetworks\' (TYPE_BOOL), "false"',
    },
    {
      message: 'Firewall',
      body: { sourceRanges: '10.0.0.0/8' },
      text: 'Invalid value at \'resource.sourceRanges\' (TYPE_LIST), "10.0.0.0/8"',
    },
    {
      message: 'Network',
      body: { routingConfig: [] },
      text: "Invalid value at 'resource.routingConfig' (TYPE_MESSAGE), []",
    },
    {
      message: 'Reservation',
      body: { resourcePolicies: [] },
      text: "Invalid value at 'resource.resourcePolicies' (TYPE_MAP), []",
    },
    {
      message: 'Subnetwork',
      body: { purpose: 'PROXY' },
      text: 'Invalid value at \'resource.purpose\' (type.googleapis.com/google.cloud.compute.v1.Subnetwork.Purpose), "PROXY"',
    },
  ])('refuses $body', ({ message, body, text }) => {
    expect(refusal(() => checkBody(message, body))).toMatchObject({ status: 400, message: text });
  });
});
