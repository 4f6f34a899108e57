resource "google_pubsub_topic" "this" {
  for_each = local.messaging.topics

  project = var.project
  name    = each.value

  #checkov:skip=CKV_GCP_83:Google's keys encrypt it. Messages name clusters and models and hold no secrets; a key of one's own that is disabled would stop everything.

  depends_on = [google_project_service.this]
}

# Whoever may publish requests may ask for clusters up to the spend cap.
resource "google_pubsub_topic_iam_member" "requesters" {
  for_each = var.requesters

  project = var.project
  topic   = google_pubsub_topic.this["requests"].name
  role    = "roles/pubsub.publisher"
  member  = each.key

  # Nobody is invited before somebody listens.
  depends_on = [google_pubsub_subscription.push, google_pubsub_subscription_iam_member.dead_letters]
}

resource "google_pubsub_topic_iam_member" "functions" {
  for_each = merge([
    for name, function in local.functions : {
      for topic in function.publishesTo : "${name}/${topic}" => { function = name, topic = topic }
    }
  ]...)

  project = var.project
  topic   = google_pubsub_topic.this[each.value.topic].name
  role    = "roles/pubsub.publisher"
  member  = google_service_account.function[each.value.function].member
}

# Pub/Sub itself moves what was tried too often (Pub/Sub documentation, "Dead-letter topics": both grants are needed).
resource "google_pubsub_topic_iam_member" "dead_letters" {
  project = var.project
  topic   = google_pubsub_topic.this["deadLetters"].name
  role    = "roles/pubsub.publisher"
  member  = local.agents.pubsub
}

# The notification service's account exists from the first channel of type pubsub on.
resource "google_pubsub_topic_iam_member" "notifications" {
  project = var.project
  topic   = google_pubsub_topic.this["alerts"].name
  role    = "roles/pubsub.publisher"
  member  = local.agents.notification

  depends_on = [google_monitoring_notification_channel.alerts]
}
