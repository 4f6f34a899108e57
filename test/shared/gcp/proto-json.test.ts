import { createRequire } from 'node:module';
import { protobuf } from 'google-gax';
import { describe, expect, it } from 'vitest';
import {
  assertKnownFields,
  decodeProtoJson,
  encodeProtoJson,
  messageType,
  parseProtos,
} from '#shared/gcp/proto-json.ts';

const json: protobuf.INamespace = createRequire(import.meta.url)('@google-cloud/container/build/protos/protos.json');
const root = parseProtos(json);
const type = (name: string) => root.lookupType(`google.container.v1.${name}`);
const roundTrip = (name: string, value: Parameters<typeof encodeProtoJson>[1]) =>
  decodeProtoJson(type(name), encodeProtoJson(type(name), value));

describe('messages as proto3 JSON', () => {
  it('keep enum names, int64 as text, empty messages and explicit false', () => {
    const cluster = {
      name: 'demo',
      status: 'RUNNING',
      autopilot: {},
      nodePools: [{ name: 'p', initialNodeCount: 2, config: { accelerators: [{ acceleratorCount: '8' }] } }],
      masterAuthorizedNetworksConfig: { gcpPublicCidrsAccessEnabled: false },
      resourceLabels: { owner: 'inference-fleet' },
    };

    expect(roundTrip('Cluster', cluster)).toEqual(cluster);
  });

  it('leave out maps and lists that were never sent', () => {
    expect(roundTrip('Cluster', { name: 'demo' })).toEqual({ name: 'demo' });
  });

  it.each([
    { name: 'whole seconds', time: '2026-01-01T00:00:00Z', shown: '2026-01-01T00:00:00Z' },
    { name: 'milliseconds', time: '2026-01-01T00:00:00.250Z', shown: '2026-01-01T00:00:00.250Z' },
    { name: 'nanoseconds', time: '2026-01-01T00:00:00.000000001Z', shown: '2026-01-01T00:00:00.000000001Z' },
    { name: 'another offset', time: '2026-01-01T02:00:00+02:00', shown: '2026-01-01T00:00:00Z' },
  ])('show a timestamp of $name as Google does', ({ time, shown }) => {
    const window = (startTime: string) => ({ maintenanceExclusions: { x: { startTime } } });

    expect(roundTrip('MaintenanceWindow', window(time))).toEqual(window(shown));
  });

  it.each(['60s', '1.500s'])('show the duration %s', (duration) => {
    const settings = { standardRolloutPolicy: { batchSoakDuration: duration } };

    expect(roundTrip('BlueGreenSettings', settings)).toEqual(settings);
  });

  it('show a wrapped boolean as a boolean', () => {
    expect(roundTrip('NodeKubeletConfig', { cpuCfsQuota: false })).toEqual({ cpuCfsQuota: false });
  });

  it('name error details of unknown types instead of failing on them', () => {
    const details = [{ type_url: 'type.googleapis.com/google.rpc.RequestInfo', value: Uint8Array.from([1, 2, 3]) }];
    const bytes = type('Operation')
      .encode(type('Operation').create({ error: { code: 8, message: 'boom', details } }))
      .finish();

    expect(decodeProtoJson(type('Operation'), bytes)).toEqual({
      error: { code: 8, message: 'boom', details: [{ '@type': 'type.googleapis.com/google.rpc.RequestInfo' }] },
    });
  });
});

describe('assertKnownFields', () => {
  it.each([
    { field: 'Cluster.networkConfg', value: { networkConfg: {} } },
    { field: 'Cluster.networkConfig.enableMultiNetwork', value: { networkConfig: { enableMultiNetwork: true } } },
    { field: 'Cluster.nodePools[1].nam', value: { nodePools: [{ name: 'a' }, { nam: 'b' }] } },
    {
      field: 'Cluster.maintenancePolicy.window.maintenanceExclusions.x.start',
      value: { maintenancePolicy: { window: { maintenanceExclusions: { x: { start: 'now' } } } } },
    },
  ])('names $field', ({ field, value }) => {
    expect(() => assertKnownFields(type('Cluster'), value, 'Cluster')).toThrow(`${field} is not a field of`);
  });

  it('accepts free keys of maps and forms of well-known types', () => {
    const value = {
      resourceLabels: { anything: 'x' },
      maintenancePolicy: { window: { maintenanceExclusions: { x: { startTime: '2026-01-01T00:00:00Z' } } } },
    };

    expect(() => assertKnownFields(type('Cluster'), value, 'Cluster')).not.toThrow();
  });
});

describe('descriptors', () => {
  it('are parsed once', () => {
    expect(parseProtos(json)).toBe(root);
    expect(messageType('google.container.v1.Cluster')).toBe(type('Cluster'));
  });

  it('are asked for by name only after a client has brought them', () => {
    expect(() => messageType('google.nothing.v1.Thing')).toThrow('looking up message type google.nothing.v1.Thing');
  });
});
