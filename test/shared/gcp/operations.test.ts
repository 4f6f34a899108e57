import { describe, expect, it } from 'vitest';
import type { JsonObject } from '#shared/domain/json.ts';
import { toRestJson } from '#shared/gcp/compute-json.ts';
import { toReading as readCompute } from '#shared/gcp/compute-operations.ts';
import { toReading as readGke, toRunningOperation } from '#shared/gcp/gke-operations.ts';

describe('the reading of a Compute Engine operation', () => {
  const operation = (over: JsonObject): JsonObject => ({
    operationType: 'insert',
    targetLink: 'https://www.googleapis.com/compute/v1/projects/demo/global/networks/demo-rdma',
    ...over,
  });

  it.each([
    { name: 'pending', given: { status: 'PENDING' }, reading: { state: 'running' } },
    {
      name: 'running with progress',
      given: { status: 'RUNNING', progress: 40 },
      reading: { state: 'running', progress: '40 %' },
    },
    {
      name: 'running although an error shows already',
      given: { status: 'RUNNING', error: { errors: [{ code: 'A' }] } },
      reading: { state: 'running' },
    },
    { name: 'done', given: { status: 'DONE', progress: 100 }, reading: { state: 'succeeded' } },
    {
      name: 'done with a good status',
      given: { status: 'DONE', httpErrorStatusCode: 200 },
      reading: { state: 'succeeded' },
    },
  ])('is $reading.state when it is $name', ({ given, reading }) => {
    expect(readCompute(operation(given))).toEqual(reading);
  });

  it('fails with every error it names', () => {
    const errors = [
      { code: 'RESOURCE_NOT_FOUND', message: 'a is missing' },
      { code: 'QUOTA_EXCEEDED', message: "Quota 'NETWORKS' exceeded." },
    ];

    expect(readCompute(operation({ status: 'DONE', error: { errors }, httpErrorStatusCode: 403 }))).toMatchObject({
      state: 'failed',
      error: {
        kind: 'quota',
        message: "insert of networks/demo-rdma: a is missing; Quota 'NETWORKS' exceeded.",
        facts: { code: 'QUOTA_EXCEEDED' },
      },
    });
  });

  it('fails by its HTTP status alone', () => {
    expect(
      readCompute({ status: 'DONE', httpErrorStatusCode: 503, httpErrorMessage: 'SERVICE UNAVAILABLE' }),
    ).toMatchObject({
      state: 'failed',
      error: { kind: 'transient', message: 'operation of an unnamed resource: SERVICE UNAVAILABLE' },
    });
  });
});

describe('the reading of a GKE operation', () => {
  const stockout =
    'Google Compute Engine: Not all instances running in IGM after 35m. Current errors: [GCE_STOCKOUT]: no';

  it.each([
    { name: 'running', given: { status: 'RUNNING' }, reading: { state: 'running' } },
    { name: 'pending', given: {}, reading: { state: 'running' } },
    { name: 'being aborted', given: { status: 'ABORTING', statusMessage: 'aborting' }, reading: { state: 'running' } },
    {
      name: 'running with metrics',
      given: {
        status: 'RUNNING',
        progress: {
          metrics: [
            { name: 'nodes done', intValue: '1' },
            { name: 'nodes total', intValue: '2' },
          ],
        },
      },
      reading: { state: 'running', progress: 'nodes done 1, nodes total 2' },
    },
    { name: 'done', given: { status: 'DONE', statusMessage: '' }, reading: { state: 'succeeded' } },
  ])('is $reading.state when it is $name', ({ given, reading }) => {
    expect(readGke(given)).toEqual(reading);
  });

  it.each([
    { by: 'error', given: { error: { code: 8, message: stockout } } },
    { by: 'statusMessage', given: { statusMessage: stockout } },
    { by: 'both, told once', given: { error: { code: 8, message: stockout }, statusMessage: stockout } },
  ])('fails by $by', ({ given }) => {
    expect(
      readGke({
        status: 'DONE',
        operationType: 'CREATE_NODE_POOL',
        targetLink: 'https://c/v1/p/clusters/demo/nodePools/h200',
        ...given,
      }),
    ).toMatchObject({
      state: 'failed',
      error: {
        kind: 'capacity',
        message: `CREATE_NODE_POOL of nodePools/h200: ${stockout}`,
        facts: { code: 'STOCKOUT' },
      },
    });
  });

  it('fails by a code without a text', () => {
    expect(readGke({ status: 'DONE', error: { code: 13 } })).toMatchObject({
      state: 'failed',
      error: { kind: 'transient' },
    });
  });
});

describe('running operations of a cluster', () => {
  const operation = (target: string, over: JsonObject = {}): JsonObject => ({
    name: 'operation-1-a',
    operationType: 'UPGRADE_NODES',
    status: 'RUNNING',
    startTime: '2026-01-01T00:00:00.5Z',
    targetLink: `https://container.googleapis.com/v1/projects/123456/locations/us-central1/${target}`,
    ...over,
  });

  it.each([
    { target: 'clusters/demo', subject: 'cluster' },
    { target: 'clusters/demo/nodePools/h200', subject: 'pool/h200' },
  ])('name $subject for $target', ({ target, subject }) => {
    expect(toRunningOperation(operation(target), 'demo')).toEqual({
      name: 'operation-1-a',
      type: 'UPGRADE_NODES',
      subject,
      startedAtMs: Date.parse('2026-01-01T00:00:00.500Z'),
    });
  });

  it.each([
    { name: 'is over', given: operation('clusters/demo', { status: 'DONE' }) },
    { name: 'is about another cluster', given: operation('clusters/demo-2') },
    { name: 'is about a pool of another cluster', given: operation('clusters/other/nodePools/demo') },
    { name: 'names no target', given: operation('', { targetLink: undefined }) },
  ])('do not hold one that $name', ({ given }) => {
    expect(toRunningOperation(given, 'demo')).toBeUndefined();
  });
});

describe('toRestJson', () => {
  it('drops what the client adds and keeps what the API sent', () => {
    const resource = {
      name: 'a',
      _name: 'name',
      mtu: 8896,
      autoCreateSubnetworks: false,
      subnetworks: [],
      labels: {},
      peering: null,
      allowed: [{ IPProtocol: 'tcp', _I_p_protocol: 'IPProtocol', ports: ['22'] }],
    };

    expect(toRestJson(resource)).toEqual({
      name: 'a',
      mtu: 8896,
      autoCreateSubnetworks: false,
      allowed: [{ IPProtocol: 'tcp', ports: ['22'] }],
    });
  });
});
