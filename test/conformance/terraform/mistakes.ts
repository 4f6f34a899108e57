/** One mistake a row: what stands in infra/, what is written instead, and what a check says of it. */

export interface Mistake {
  readonly name: string;
  readonly file: string;
  readonly right: string;
  readonly wrong: string;
  readonly says: string;
}

export const structure: readonly Mistake[] = [
  {
    name: 'a misspelt argument',
    file: 'subscriptions.tf',
    right: 'ack_deadline_seconds ',
    wrong: 'ack_dedline_seconds ',
    says: 'subscriptions.tf: google_pubsub_subscription.push: there is no ack_dedline_seconds',
  },
  {
    name: 'a misspelt argument of a nested block',
    file: 'subscriptions.tf',
    right: 'audience ',
    wrong: 'audiences ',
    says: 'subscriptions.tf: google_pubsub_subscription.push.push_config.oidc_token: there is no audiences',
  },
  {
    name: 'a misspelt block',
    file: 'subscriptions.tf',
    right: 'retry_policy {',
    wrong: 'retries {',
    says: 'subscriptions.tf: google_pubsub_subscription.push: there is no retries',
  },
  {
    name: 'a misspelt argument of a dynamic block',
    file: 'alerts.tf',
    right: 'evaluation_interval =',
    wrong: 'evaluation_every =',
    says: 'alerts.tf: google_monitoring_alert_policy.model.conditions.condition_prometheus_query_language: there is no evaluation_every',
  },
  {
    name: 'a block in the wrong place',
    file: 'queue.tf',
    right: 'rate_limits {',
    wrong: 'retry_config {\n rate_limits {}\n}\nrate_limits {',
    says: 'queue.tf: google_cloud_tasks_queue.timers.retry_config: there is no rate_limits',
  },
  {
    name: 'a block that may stand once, twice',
    file: 'queue.tf',
    right: 'retry_config {',
    wrong: 'rate_limits {}\nretry_config {',
    says: 'queue.tf: google_cloud_tasks_queue.timers.rate_limits stands 2 times, and may once',
  },
  {
    name: 'a block given as an argument',
    file: 'ledger.tf',
    right: 'ttl_config {}',
    wrong: 'ttl_config = {}',
    says: 'ledger.tf: google_firestore_field.expiry.ttl_config is a block, not an argument',
  },
  {
    name: 'a missing argument',
    file: 'queue.tf',
    right: 'role     = "roles/cloudtasks.enqueuer"',
    wrong: '',
    says: 'queue.tf: google_cloud_tasks_queue_iam_member.functions: role is required',
  },
  {
    name: 'an argument that is null',
    file: 'queue.tf',
    right: 'role     = "roles/cloudtasks.enqueuer"',
    wrong: 'role = null',
    says: 'queue.tf: google_cloud_tasks_queue_iam_member.functions: role is required',
  },
  {
    name: 'a missing block',
    file: 'functions.tf',
    right: 'action {\n      type = "Delete"\n    }',
    wrong: '',
    says: 'functions.tf: google_storage_bucket.sources.lifecycle_rule: action is required',
  },
  {
    name: 'an unknown resource',
    file: 'queue.tf',
    right: '"google_cloud_tasks_queue" "timers"',
    wrong: '"google_cloud_task_queue" "timers"',
    says: 'queue.tf: google_cloud_task_queue.timers: there is no google_cloud_task_queue, or read-schemas.ts was not run for it',
  },
  {
    name: 'what can only be read',
    file: 'iam.tf',
    right: 'account_id   = "fleet-builder"',
    wrong: 'account_id = "fleet-builder"\nmember = "user:x"',
    says: 'iam.tf: google_service_account.builder.member can only be read',
  },
  {
    name: 'a text for a number',
    file: 'functions.tf',
    right: 'min_instance_count = 0',
    wrong: 'min_instance_count = "none"',
    says: 'functions.tf: google_cloudfunctions2_function.this.service_config.min_instance_count must be a number, and is "none"',
  },
  {
    name: 'a text for a boolean',
    file: 'functions.tf',
    right: 'force_destroy = true',
    wrong: 'force_destroy = "yes"',
    says: 'functions.tf: google_storage_bucket.sources.force_destroy must be a bool, and is "yes"',
  },
  {
    name: 'a list for a text',
    file: 'queue.tf',
    right: 'role     = "roles/cloudtasks.enqueuer"',
    wrong: 'role = ["roles/cloudtasks.enqueuer"]',
    says: 'queue.tf: google_cloud_tasks_queue_iam_member.functions.role must be a string, and is ["roles/cloudtasks.enqueuer"]',
  },
  {
    name: 'a text for a list',
    file: 'alerts.tf',
    right: '[google_monitoring_notification_channel.alerts.id]',
    wrong: '"alerts"',
    says: 'alerts.tf: google_monitoring_alert_policy.model.notification_channels must be a list(string), and is "alerts"',
  },
  {
    name: 'a value that is none of the documented',
    file: 'ledger.tf',
    right: '"FIRESTORE_NATIVE"',
    wrong: '"FIRESTORE"',
    says: 'ledger.tf: google_firestore_database.ledger.type must be one of FIRESTORE_NATIVE, DATASTORE_MODE, and is FIRESTORE',
  },
];

export const references: readonly Mistake[] = [
  {
    name: 'a resource that is not declared',
    file: 'queue.tf',
    right: 'google_service_account.function[each.key].member',
    wrong: 'google_service_account.functions[each.key].member',
    says: 'queue.tf: google_cloud_tasks_queue_iam_member.functions: there is no google_service_account.functions',
  },
  {
    name: 'an attribute that there is not',
    file: 'queue.tf',
    right: 'google_service_account.function[each.key].member',
    wrong: 'google_service_account.function[each.key].principal',
    says: 'queue.tf: google_cloud_tasks_queue_iam_member.functions: google_service_account.function has no principal',
  },
  {
    name: 'a resource to wait for that is not declared',
    file: 'queue.tf',
    right: 'google_project_service.this',
    wrong: 'google_project_service.all',
    says: 'queue.tf: google_cloud_tasks_queue.timers: there is no google_project_service.all',
  },
];
