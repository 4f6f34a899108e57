/** One list of functions and one of variables: what Terraform deploys is what the code has and reads. */
import { describe, expect, it } from 'vitest';
import { doors } from '../../functions/doors.ts';
import { automations } from '../../functions/registry.ts';
import { invokerEmail } from '../../emulator/provision.ts';
import environment from '../../infra/environment.json' with { type: 'json' };
import { functions, pushOf } from '../../infra/functions.ts';
import messaging from '../../infra/messaging.json' with { type: 'json' };
import { FRAMEWORK, manifestOf } from '../../infra/manifest.ts';
import { Environment, ledgerPlaceOf, parseConfig } from '#shared/config.ts';
import { fillAll } from './fill.ts';

const project = 'my-project';

/** What project.tf hands to the template. */
const values = {
  project,
  projectNumber: 123456789012,
  region: 'us-central1',
  topics: messaging.topics,
  queue: messaging.queue.name,
  database: 'inference-fleet',
  invoker: `${messaging.invokerAccountId}@${project}.iam.gserviceaccount.com`,
  defaultSpendCapUsdPerHour: 250,
};

const filled = fillAll(environment.set, values);

describe('variables', () => {
  it('are all known, and each is set or left unset for a reason', () => {
    const listed = [...Object.keys(environment.set), ...Object.keys(environment.leftUnset)];

    expect(listed.toSorted()).toEqual(Object.keys(Environment.shape).toSorted());
  });

  it('left unset have a default or may be absent', () => {
    const required = Object.keys(environment.leftUnset).filter(
      (key) => !Environment.shape[key as keyof typeof Environment.shape].safeParse(undefined).success, // tested above
    );
    // `exactOptional` takes an absent key only, which a schema of one value cannot show.
    const withAll = parseConfig(filled);

    expect(required.filter((key) => key in withAll)).toEqual([]);
  });

  it('are taken by the configuration, with the ledger in Firestore', () => {
    const config = parseConfig(filled);

    expect(ledgerPlaceOf(config)).toEqual({ kind: 'firestore', database: 'inference-fleet' });
    expect(config).toMatchObject({
      FLEET_INVOKER: invokerEmail(project),
      FLEET_DEFAULT_SPEND_CAP_USD_PER_HOUR: 250,
    });
  });

  it('say the same default twice only where both are equal', () => {
    const { FLEET_WAKES_TOPIC, FLEET_DEAD_LETTER_TOPIC, FLEET_QUEUE, ...without } = filled;

    expect(parseConfig(without)).toMatchObject({
      FLEET_WAKES_TOPIC,
      FLEET_DEAD_LETTER_TOPIC,
      FLEET_QUEUE,
    });
  });

  it('give each function a URL that Cloud Run can name: a first label of at most 63 characters', () => {
    const labels = Object.keys(doors).map(
      (name) => new URL(filled.FLEET_FUNCTION_URL.replace('{function}', name)).hostname.split('.', 1)[0] ?? '',
    );

    expect(labels.filter((label) => label.length > 63)).toEqual([]);
  });
});

describe('functions', () => {
  const all = Object.entries(functions);

  it('are those of the code', () => {
    expect(Object.keys(functions).toSorted()).toEqual(Object.keys(doors).toSorted());
  });

  it('that are automations listen to their own wakes and schedule their timers; the others do neither', () => {
    const listening = all
      .filter(([, { listensTo }]) => Object.values(listensTo).includes('wakes'))
      .map(([name]) => name);
    const timed = all.filter(([, { schedulesTimers }]) => schedulesTimers).map(([name]) => name);

    expect(listening.toSorted()).toEqual(Object.keys(automations).toSorted());
    expect(timed.toSorted()).toEqual(listening.toSorted());
  });

  it('are closed to the internet, but for the one that people call', () => {
    const open = all.filter(([, { ingress }]) => ingress !== 'ALLOW_INTERNAL_ONLY').map(([name]) => name);

    expect(open).toEqual(['status']);
  });

  it('have time enough to answer a push, and no more than a push waits for', () => {
    const waits = all.flatMap(([, { timeoutSeconds, listensTo }]) =>
      Object.values(listensTo).map((topic) => [timeoutSeconds, pushOf(topic).ackDeadlineSeconds]),
    );

    expect(waits.length).toBeGreaterThan(0);
    expect(waits.filter(([timeout, wait]) => timeout !== wait)).toEqual([]);
  });

  it('have account ids that IAM takes, each its own', () => {
    // 6 to 30 characters (IAM documentation, "Create service accounts").
    const ids = Object.keys(functions).map((name) => `fleet-${name}`);
    const wrong = [...ids, messaging.invokerAccountId].filter((id) => !/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/.test(id));

    expect(wrong).toEqual([]);
    expect(ids).not.toContain(messaging.invokerAccountId);
  });

  it('have permissions by name, sorted, without a wildcard or a repetition', () => {
    for (const [, { permissions }] of all) {
      expect(permissions).toEqual([...new Set(permissions)].toSorted());
      expect(permissions.filter((permission) => !/^[a-z]+\.[a-zA-Z]+\.[a-zA-Z]+$/.test(permission))).toEqual([]);
    }
  });

  it('that only read may change nothing', () => {
    const reading = all.filter(([, { ledger }]) => ledger === 'read').map(([name]) => name);
    const { permissions = [], publishesTo } = functions['status'] ?? {};

    expect(reading).toEqual(['status']);
    expect(permissions.filter((permission) => !/\.(get|list|connect|proxy)$/.test(permission))).toEqual([]);
    expect(publishesTo).toEqual([]);
  });

  it('are started by the framework from their package.json', () => {
    expect(manifestOf('tick', '5.0.5')).toEqual({
      name: 'tick',
      private: true,
      type: 'module',
      main: 'index.mjs',
      engines: { node: '24' },
      scripts: { 'gcp-build': 'node fill-compile-cache.mjs' },
      dependencies: { [FRAMEWORK]: '5.0.5' },
    });
  });
});
