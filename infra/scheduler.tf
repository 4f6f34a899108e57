# A job publishes, and the subscription of the topic's function brings it there (subscriptions.tf). Cloud Scheduler's own account may
# publish on every topic of its project (IAM documentation, "Cloud Scheduler Service Agent": pubsub.topics.publish).
resource "google_cloud_scheduler_job" "this" {
  for_each = local.messaging.jobs

  project   = var.project
  region    = var.region
  name      = each.key
  schedule  = each.value.schedule
  time_zone = each.value.timeZone

  # No retries: the next minute is one.
  pubsub_target {
    topic_name = google_pubsub_topic.this[each.value.topic].id
    data       = base64encode(each.value.data)
  }

  # A topic that nobody listens to yet would take the first ticks for nothing.
  depends_on = [google_pubsub_subscription.push, google_pubsub_subscription_iam_member.dead_letters]
}
