/** In which order Terraform makes things: what a first message needs is there before anybody can send one. */
import { describe, expect, it } from 'vitest';
import { readConfiguration, readSources } from './hcl.ts';
import { predecessorsOf } from './references.ts';

const configuration = await readConfiguration(readSources());

/** Whatever a function needs in order to answer its first delivery, and Pub/Sub in order to make it or to put it aside. */
const needed = [
  'google_cloud_run_v2_service_iam_member.invoker',
  'google_cloud_tasks_queue_iam_member.functions',
  'google_cloudfunctions2_function.this',
  'google_firestore_database.ledger',
  'google_project_iam_member.function',
  'google_project_iam_member.ledger',
  'google_pubsub_subscription.push',
  'google_pubsub_topic_iam_member.dead_letters',
  'google_pubsub_topic_iam_member.functions',
  'google_service_account_iam_member.pubsub_signs_as_invoker',
  'google_service_account_iam_member.timers_act_as_invoker',
];

describe('Terraform', () => {
  it.each([
    'google_cloud_scheduler_job.this',
    'google_pubsub_topic_iam_member.requesters',
    'google_monitoring_alert_policy.model',
  ])('makes %s, which sends messages, when they can be delivered and worked on', (sender) => {
    const before = predecessorsOf(sender, configuration);

    expect(needed.filter((address) => !before.has(address))).toEqual([]);
  });

  it('makes nothing before the APIs are enabled', () => {
    const api = 'google_project_service.this';
    const made = configuration.declared.filter(({ type, address }) => type.startsWith('google_') && address !== api);

    const tooEarly = made.filter(({ address }) => !predecessorsOf(address, configuration).has(api));

    expect(tooEarly.map(({ address }) => address)).toEqual([]);
  });
});
