import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { containerProtos } from '../../../emulator/wires/gke-protos.ts';
import { loadProtos } from '../../../emulator/wires/grpc.ts';
import { canonicalJson, decodeJson, encodeJson } from '../../../emulator/wires/proto-json.ts';
import { JsonFormError } from '../../../emulator/wires/proto-json-read.ts';
import type { JsonMap } from '../../../emulator/world/json.ts';

const pubsub = loadProtos(createRequire(import.meta.url)('@google-cloud/pubsub/build/protos/protos.json') as object);

const typeNamed = (name: string) => (name.startsWith('google.pubsub') ? pubsub : containerProtos()).lookupType(name);

const kept: { name: string; type: string; json: JsonMap }[] = [
  { name: 'text, numbers and flags', type: 'google.container.v1.NodePool', json: { name: 'a', initialNodeCount: 2 } },
  {
    name: '64-bit integers as text',
    type: 'google.container.v1.MaxPodsConstraint',
    json: { maxPodsPerNode: '9007199254740993' },
  },
  { name: 'enums by name', type: 'google.container.v1.NodeTaint', json: { key: 'a', effect: 'NO_EXECUTE' } },
  { name: 'maps', type: 'google.container.v1.Cluster', json: { resourceLabels: { a: '1', b: '2' } } },
  {
    name: 'an optional flag that is false',
    type: 'google.container.v1.DNSEndpointConfig',
    json: { allowExternalTraffic: false },
  },
  { name: 'empty messages', type: 'google.container.v1.AddonsConfig', json: { httpLoadBalancing: {} } },
  {
    name: 'timestamps',
    type: 'google.container.v1.TimeWindow',
    json: { startTime: '2026-01-01T02:00:00Z', endTime: '2026-01-01T02:00:00.250Z' },
  },
  { name: 'times before 1970', type: 'google.container.v1.TimeWindow', json: { startTime: '1969-12-31T23:59:58Z' } },
  {
    name: 'durations',
    type: 'google.pubsub.v1.RetryPolicy',
    json: { minimumBackoff: '10s', maximumBackoff: '600.500s' },
  },
  {
    name: 'negative durations',
    type: 'google.pubsub.v1.RetryPolicy',
    json: { minimumBackoff: '-0.500s', maximumBackoff: '-3s' },
  },
  { name: 'wrapped flags', type: 'google.container.v1.NodeKubeletConfig', json: { cpuCfsQuota: false } },
  {
    name: 'bytes as base64',
    type: 'google.pubsub.v1.PubsubMessage',
    json: { data: 'aGVsbG8=', attributes: { a: 'b' } },
  },
  {
    name: 'field masks',
    type: 'google.pubsub.v1.UpdateSubscriptionRequest',
    json: { subscription: { name: 's' }, updateMask: 'ackDeadlineSeconds,pushConfig.pushEndpoint' },
  },
];

describe('proto3 JSON', () => {
  it.each(kept)('keeps $name on the way through the wire', ({ type, json }) => {
    expect(decodeJson(typeNamed(type), encodeJson(typeNamed(type), json))).toEqual(json);
  });

  it.each([
    { name: 'flags', json: { httpLoadBalancing: { disabled: false } }, expected: { httpLoadBalancing: {} } },
    { name: 'nulls', json: { httpLoadBalancing: null }, expected: {} },
  ])('leaves out defaults: $name', ({ json, expected }) => {
    expect(canonicalJson(typeNamed('google.container.v1.AddonsConfig'), json)).toEqual(expected);
  });

  it.each([
    { name: 'numbers', sent: { maxPodsPerNode: 32 }, expected: { maxPodsPerNode: '32' } },
    { name: 'proto names', sent: { max_pods_per_node: '32' }, expected: { maxPodsPerNode: '32' } },
  ])('accepts $name', ({ sent, expected }) => {
    expect(canonicalJson(typeNamed('google.container.v1.MaxPodsConstraint'), sent)).toEqual(expected);
  });

  it('reads the time zone of a timestamp', () => {
    const window = canonicalJson(typeNamed('google.container.v1.TimeWindow'), {
      startTime: '2026-01-01T04:00:00+02:00',
    });

    expect(window).toEqual({ startTime: '2026-01-01T02:00:00Z' });
  });

  it('keeps a number of an enum that it does not know', () => {
    const taint = typeNamed('google.container.v1.NodeTaint');

    expect(canonicalJson(taint, { effect: 99 })).toEqual({ effect: 99 });
    expect(canonicalJson(taint, { effect: 'NO_SCHEDULE' }, 'number')).toEqual({ effect: 1 });
  });

  it.each([
    { name: 'a time without a zone', json: { startTime: '2026-01-01' }, field: 'start_time' },
    { name: 'a flag for a time', json: { startTime: true }, field: 'start_time' },
    { name: 'a name that is not there', json: { begin: 'now' }, field: '' },
  ])('refuses $name', ({ json, field }) => {
    const encode = () => encodeJson(typeNamed('google.container.v1.TimeWindow'), json);

    expect(encode).toThrow(JsonFormError);
    expect(encode).toThrow(expect.objectContaining({ problems: [expect.objectContaining({ field })] }));
  });
});
