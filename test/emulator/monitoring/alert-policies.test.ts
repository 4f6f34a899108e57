import { describe, expect, it } from 'vitest';
import { textOf } from '../../../emulator/delivery/json-fields.ts';
import type { JsonMap } from '../../../emulator/world/json.ts';
import { START_MS } from '../delivery/make-world.ts';
import { ALERTS, at, gaugeText, makeMonitoring, PROJECT, WAITING } from './make-monitoring.ts';

const QUERY = 'max by (pod, cluster) (vllm:num_requests_waiting{model_name="llama"}) > 5';

type Made = ReturnType<typeof makeMonitoring>;

function makeChannel({ monitoring }: Made, topic = ALERTS): string {
  return String(
    monitoring.channels.create(PROJECT, { type: 'pubsub', displayName: 'fleet', labels: { topic } })['name'],
  );
}

function promqlCondition(over: JsonMap = {}): JsonMap {
  return {
    displayName: 'queue',
    conditionPrometheusQueryLanguage: { query: QUERY, duration: '60s', disableMetricValidation: true, ...over },
  };
}

function thresholdCondition(over: JsonMap = {}): JsonMap {
  return {
    displayName: 'queue',
    conditionThreshold: {
      filter: `metric.type="${WAITING}" AND resource.type="prometheus_target"`,
      comparison: 'COMPARISON_GT',
      thresholdValue: 5,
      duration: '60s',
      aggregations: [{ alignmentPeriod: '60s', perSeriesAligner: 'ALIGN_MEAN' }],
      ...over,
    },
  };
}

function policy(conditions: readonly JsonMap[], channel?: string, over: JsonMap = {}): JsonMap {
  return {
    displayName: 'llama queues',
    combiner: 'OR',
    userLabels: { kind: 'model', cluster: 'demo', namespace: 'serving', name: 'llama' },
    conditions: [...conditions],
    ...(channel !== undefined && { notificationChannels: [channel] }),
    ...over,
  };
}

/** Waiting requests by the minute; the last one goes on. Absent: no scrape. */
async function load(made: Made, perMinute: readonly (number | undefined)[]): Promise<void> {
  for (const waiting of perMinute) {
    if (waiting === undefined) await made.pass(60_000);
    else await made.scrape(() => gaugeText(waiting), 60_000);
  }
}

const states = (made: Made) =>
  made
    .incidents()
    .map(({ state, started_at, ended_at, renotify }) => [
      state,
      Number(started_at) - START_MS / 1000,
      ended_at === null ? null : Number(ended_at) - START_MS / 1000,
      ...(renotify === true ? ['renotify'] : []),
    ]);

describe('a PromQL policy', () => {
  it('opens an incident when the query has held for its duration, and closes it when it no longer does', async () => {
    const made = makeMonitoring();
    made.monitoring.policies.create(PROJECT, policy([promqlCondition()], makeChannel(made)));

    await load(made, [1, 9, 9, 9, 2, 2]);

    // Evaluated every 30 s, before the scrape of the same instant: first held at 90 s, so for 60 s at 150 s; no more at 270 s.
    expect(states(made)).toEqual([
      ['open', 150, null],
      ['closed', 150, 270],
    ]);
    const [opened, closed] = made.incidents();
    expect(closed?.['incident_id']).toBe(opened?.['incident_id']);
    expect(made.monitoring.policies.openIncidents).toEqual([]);
  });

  it('publishes what schema 1.2 prescribes, with the labels of the policy', async () => {
    const made = makeMonitoring();
    const channel = makeChannel(made);
    const over = {
      severity: 'WARNING',
      documentation: { content: 'scale', mimeType: 'text/markdown', subject: 'queue' },
    };
    const created = made.monitoring.policies.create(PROJECT, policy([promqlCondition()], channel, over));

    await load(made, [9, 9, 9]);

    expect(made.notices()).toEqual([
      {
        version: '1.2',
        incident: {
          incident_id: expect.stringMatching(/^0\.[a-z0-9]{12}$/),
          scoping_project_id: 'demo',
          scoping_project_number: 123456789012,
          url: expect.stringContaining('project=demo'),
          state: 'open',
          started_at: START_MS / 1000 + 90,
          ended_at: null,
          severity: 'Warning',
          resource_id: '',
          resource_name: 'demo prometheus_target',
          resource_display_name: '',
          resource_type_display_name: 'prometheus_target',
          resource: { type: 'prometheus_target', labels: { cluster: 'demo' } },
          metric: { type: '', displayName: '', labels: { pod: 'a' } },
          metadata: { system_labels: {}, user_labels: {} },
          policy_name: 'llama queues',
          policy_user_labels: { kind: 'model', cluster: 'demo', namespace: 'serving', name: 'llama' },
          condition_name: 'queue',
          observed_value: '9',
          condition: (created['conditions'] as JsonMap[])[0],
          documentation: { content: 'scale', mime_type: 'text/markdown', subject: 'queue', links: [] },
          summary: 'llama queues: queue is met with a value of 9.',
          notification_channel_ids: [channel.split('/').at(-1)],
        },
      },
    ]);
  });

  it('opens one incident for each series', async () => {
    const made = makeMonitoring();
    made.monitoring.policies.create(PROJECT, policy([promqlCondition({ duration: '0s' })], makeChannel(made)));

    await made.scrape((pod) => gaugeText(pod === 'a' ? 1 : 9), 90_000, ['a', 'b', 'c']);

    expect(made.incidents().map(({ metric }) => (metric as JsonMap)['labels'])).toEqual([{ pod: 'b' }, { pod: 'c' }]);
  });

  it('forgets a pending series that falls below in between', async () => {
    const made = makeMonitoring();
    made.monitoring.policies.create(PROJECT, policy([promqlCondition({ duration: '120s' })], makeChannel(made)));

    await load(made, [9, 1, 9, 1, 9]);

    expect(made.incidents()).toEqual([]);
  });

  it('is blind in a silent blackout, like everybody', async () => {
    const made = makeMonitoring();
    made.monitoring.policies.create(PROJECT, policy([promqlCondition()], makeChannel(made)));
    await load(made, [1]);

    made.monitoring.misfortunes.blackout('silent');
    await made.pass(1);
    await load(made, [9, 9, 9, 9]);

    expect(made.incidents()).toEqual([]);
  });

  it('tells of an open incident again at every renotify interval', async () => {
    const made = makeMonitoring();
    const channel = makeChannel(made);
    const alertStrategy = {
      notificationChannelStrategy: [{ notificationChannelNames: [channel], renotifyInterval: '1800s' }],
    };
    made.monitoring.policies.create(PROJECT, policy([promqlCondition({ duration: '0s' })], channel, { alertStrategy }));

    await load(
      made,
      Array.from({ length: 62 }, () => 9),
    );

    expect(states(made)).toEqual([
      ['open', 30, null],
      ['open', 30, null, 'renotify'],
      ['open', 30, null, 'renotify'],
    ]);
  });

  it('says nothing of the end if it is to tell of openings only', async () => {
    const made = makeMonitoring();
    const alertStrategy = { notificationPrompts: ['OPENED'] };
    made.monitoring.policies.create(PROJECT, policy([promqlCondition()], makeChannel(made), { alertStrategy }));

    await load(made, [9, 9, 9, 1, 1]);

    expect(states(made).map(([state]) => state)).toEqual(['open']);
    expect(made.monitoring.policies.openIncidents).toEqual([]);
  });

  it('does not make the world hurry', async () => {
    const made = makeMonitoring();
    made.monitoring.policies.create(PROJECT, policy([promqlCondition()], makeChannel(made)));

    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);

    expect(made.base.clock.nowMs()).toBe(START_MS);
  });
});

describe('a threshold policy', () => {
  const makeIt = async (condition: JsonMap, over: JsonMap = {}) => {
    const made = makeMonitoring();
    // The metric must be there before a policy may name it.
    await load(made, [1]);
    made.monitoring.policies.create(PROJECT, policy([condition], makeChannel(made), over));
    return made;
  };

  it('opens and closes with the aligned value, and says both numbers', async () => {
    const made = await makeIt(thresholdCondition());

    await load(made, [9, 9, 9, 2, 2]);

    expect(states(made)).toEqual([
      ['open', 180, null],
      ['closed', 180, 300],
    ]);
    expect(made.incidents()[0]).toMatchObject({
      threshold_value: '5',
      observed_value: '9',
      metric: { type: WAITING, labels: { pod: 'a' } },
      resource: { type: 'prometheus_target', labels: { instance: 'a:metrics' } },
      resource_display_name: 'a:metrics',
    });
  });

  it.each([
    { name: 'keeps an incident open', missing: {}, expected: ['open'] },
    {
      name: 'closes it, if missing data is to count so',
      missing: { evaluationMissingData: 'EVALUATION_MISSING_DATA_INACTIVE' },
      expected: ['open', 'closed'],
    },
    {
      name: 'keeps it open, if missing data is to count as met',
      missing: { evaluationMissingData: 'EVALUATION_MISSING_DATA_ACTIVE' },
      expected: ['open'],
    },
  ])('without data $name', async ({ missing, expected }) => {
    const made = await makeIt(thresholdCondition(missing));

    await load(made, [9, 9, 9, undefined, undefined, undefined]);

    expect(states(made).map(([state]) => state)).toEqual(expected);
  });

  it('closes an incident that had no data for the time of autoClose', async () => {
    const made = await makeIt(thresholdCondition(), { alertStrategy: { autoClose: '1800s' } });

    await load(made, [9, 9, 9, ...Array.from({ length: 29 }, () => undefined)]);
    const before = states(made).map(([state]) => state);
    await load(made, [undefined, undefined, undefined]);

    expect(before).toEqual(['open']);
    expect(states(made).map(([state]) => state)).toEqual(['open', 'closed']);
  });
});

describe('policies', () => {
  it('are created, read, changed and deleted', async () => {
    const made = makeMonitoring();
    const { policies } = made.monitoring;

    const created = policies.create(PROJECT, policy([promqlCondition()], makeChannel(made)));
    const name = String(created['name']);
    await made.pass(1000);
    const updated = policies.update(
      { name, displayName: 'other', userLabels: { team: 'a' }, conditions: [] },
      'displayName,userLabels.team',
    );

    expect(created).toMatchObject({
      name: expect.stringMatching(/^projects\/demo\/alertPolicies\/\d{20}$/),
      enabled: true,
      conditions: [{ name: expect.stringMatching(new RegExp(`^${name}/conditions/\\d{20}$`)) }],
      creationRecord: { mutateTime: at(0) },
    });
    expect(updated).toEqual({
      ...created,
      displayName: 'other',
      userLabels: { ...(created['userLabels'] as JsonMap), team: 'a' },
      mutationRecord: { mutateTime: at(1) },
    });
    expect(policies.list(PROJECT)).toEqual([updated]);
    policies.delete(name);
    expect(() => policies.get(name)).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
    expect(
      made.base.journal.entries.filter(({ service }) => service === 'monitoring').map(({ method }) => method),
    ).toEqual(['createNotificationChannel', 'createAlertPolicy', 'updateAlertPolicy', 'deleteAlertPolicy']);
  });

  it.each([
    {
      name: 'disabled',
      end: (made: Made, name: string) => void made.monitoring.policies.update({ name, enabled: false }, 'enabled'),
    },
    { name: 'deleted', end: (made: Made, name: string) => made.monitoring.policies.delete(name) },
  ])('say nothing more when $name', async ({ end }) => {
    const made = makeMonitoring();
    const created = made.monitoring.policies.create(PROJECT, policy([promqlCondition()], makeChannel(made)));
    await load(made, [9]);

    end(made, String(created['name']));
    await load(made, [9, 9, 9]);

    expect(made.notices()).toEqual([]);
  });

  it.each([
    { name: 'without a condition', of: policy([]), says: 'Request was missing field alert_policy.conditions' },
    { name: 'with seven conditions', of: policy(Array.from({ length: 7 }, () => promqlCondition())), says: 'up to 6' },
    { name: 'with a condition of no kind', of: policy([{ displayName: 'x' }]), says: 'Condition subtype' },
    {
      name: 'without a combiner',
      of: policy([promqlCondition()], undefined, { combiner: undefined }),
      says: 'combiner',
    },
    {
      name: 'without a name',
      of: policy([promqlCondition()], undefined, { displayName: undefined }),
      says: 'display_name',
    },
    {
      name: 'with an unknown channel',
      of: policy([promqlCondition()], `${PROJECT}/notificationChannels/1`),
      says: 'does not exist',
    },
    {
      name: 'with a target in one user label',
      of: policy([promqlCondition()], undefined, { userLabels: { target: 'model/demo/serving/llama' } }),
      says: 'Values can contain only lowercase letters',
    },
    {
      name: 'with an interval of 45 s',
      of: policy([promqlCondition({ evaluationInterval: '45s' })]),
      says: 'multiple of 30 seconds',
    },
    {
      name: 'with a query that cannot be read',
      of: policy([promqlCondition({ query: 'sum(' })]),
      says: 'expected an expression',
    },
    {
      name: 'with a query of wrong types',
      of: policy([promqlCondition({ query: 'rate(x)' })]),
      says: 'takes one selector',
    },
    {
      name: 'with a metric that nobody wrote',
      of: policy([promqlCondition({ disableMetricValidation: false })]),
      says: 'Cannot find metric(s) that match type = "vllm:num_requests_waiting"',
    },
    { name: 'with a threshold on such a metric', of: policy([thresholdCondition()]), says: 'Cannot find metric(s)' },
    {
      name: 'with a threshold without a resource type',
      of: policy([thresholdCondition({ filter: `metric.type="${WAITING}"` })]),
      says: 'must specify a restriction on "resource.type"',
    },
    {
      name: 'with a rate limit',
      of: policy([promqlCondition()], undefined, { alertStrategy: { notificationRateLimit: { period: '300s' } } }),
      says: 'must not specify a notification rate limit',
    },
    {
      name: 'that renotifies every minute',
      of: policy([promqlCondition()], undefined, {
        alertStrategy: { notificationChannelStrategy: [{ notificationChannelNames: ['x'], renotifyInterval: '60s' }] },
      }),
      says: 'Must be between 1800s and 172800s',
    },
    {
      name: 'on logs',
      of: policy([{ conditionMatchedLog: { filter: 'x' } }]),
      says: 'does not serve alert policies with conditionMatchedLog',
    },
  ])('$name are refused', ({ of, says }) => {
    const { monitoring } = makeMonitoring();

    expect(() => monitoring.policies.create(PROJECT, of)).toThrow(says);
    expect(monitoring.policies.list(PROJECT)).toEqual([]);
  });

  it.each([
    { name: 'a duration of 90 s', over: { duration: '90s' }, says: 'multiple of a minute' },
    {
      name: 'a comparison for equality',
      over: { comparison: 'COMPARISON_EQ' },
      says: 'Only COMPARISON_LT and COMPARISON_GT',
    },
    {
      name: 'missing data without a duration',
      over: { duration: '0s', evaluationMissingData: 'EVALUATION_MISSING_DATA_NO_OP' },
      says: 'must have a non-zero duration',
    },
    { name: 'a forecast', over: { forecastOptions: {} }, says: 'does not serve forecastOptions' },
  ])('with $name in a threshold are refused', async ({ over, says }) => {
    const made = makeMonitoring();
    await load(made, [1]);

    expect(() => made.monitoring.policies.create(PROJECT, policy([thresholdCondition(over)]))).toThrow(says);
  });
});

describe('notification channels', () => {
  it('keep what they are given, and lose it by an update', () => {
    const made = makeMonitoring();
    const { channels } = made.monitoring;
    const name = makeChannel(made);

    const updated = channels.update({ name, enabled: false }, 'enabled,displayName');

    expect(updated).toEqual({
      name: expect.stringMatching(/^projects\/demo\/notificationChannels\/\d{20}$/),
      type: 'pubsub',
      labels: { topic: ALERTS },
      enabled: false,
      creationRecord: { mutateTime: at(0) },
      mutationRecords: [{ mutateTime: at(0) }],
    });
    expect(channels.list(PROJECT)).toEqual([updated]);
  });

  it('publish a test notification of version test', async () => {
    const made = makeMonitoring();

    made.monitoring.sendTestNotification(makeChannel(made));
    await made.pass(1000);

    expect(made.notices()).toMatchObject([
      { version: 'test', incident: { state: 'OPEN', scoping_project_id: 'demo' } },
    ]);
  });

  it.each([
    { name: 'whose topic is gone', spoil: (made: Made) => made.pubsub.deleteTopic(ALERTS) },
    {
      name: 'that is switched off',
      spoil: (made: Made, name: string) => void made.monitoring.channels.update({ name, enabled: false }, 'enabled'),
    },
  ])('count what they cannot deliver: one $name', ({ spoil }) => {
    const made = makeMonitoring();
    const name = makeChannel(made);

    spoil(made, name);
    made.monitoring.sendTestNotification(name);

    expect(made.monitoring.notifications).toEqual({ published: 0, undelivered: 1 });
  });

  it('in use are deleted only with force, and then their policies lose them', () => {
    const made = makeMonitoring();
    const name = makeChannel(made);
    const created = made.monitoring.policies.create(PROJECT, policy([promqlCondition()], name));
    const policyName = textOf(created, 'name') ?? '';

    expect(() => made.monitoring.deleteNotificationChannel({ name })).toThrow(
      expect.objectContaining({
        code: 'FAILED_PRECONDITION',
        message: `Could not delete "${name}" because it is still being referenced by: "${policyName}"`,
      }),
    );
    made.monitoring.deleteNotificationChannel({ name, force: true });

    expect(made.monitoring.channels.list(PROJECT)).toEqual([]);
    expect(made.monitoring.policies.list(PROJECT)).toMatchObject([{ notificationChannels: [] }]);
  });

  it.each([
    {
      of: { type: 'email', labels: { email_address: 'a@b.c' } },
      says: 'does not serve notification channels of type email',
    },
    { of: { type: 'pubsub' }, says: "labels['topic']" },
    { of: { type: 'pubsub', labels: { topic: 'alerts' } }, says: 'projects/PROJECT/topics/TOPIC' },
    { of: { type: 'pubsub', labels: { topic: ALERTS }, userLabels: { 'Big Key': 'x' } }, says: 'Keys must begin' },
  ])('refuse $of', ({ of, says }) => {
    const { monitoring } = makeMonitoring();

    expect(() => monitoring.channels.create(PROJECT, of)).toThrow(says);
  });
});
