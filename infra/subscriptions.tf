locals {
  # By subscription. Wakes of all automations travel on one topic, and each subscription takes its own (decision D2).
  subscriptions = merge([
    for name, function in local.functions : {
      for subscription, topic in function.listensTo : subscription => {
        function = name
        topic    = topic
        filter   = replace(lookup(local.messaging.filters, topic, ""), "{function}", name)
        push     = merge(local.messaging.push, lookup(local.messaging.pushOf, topic, {}))
      }
    }
  ]...)
}

resource "google_pubsub_subscription" "push" {
  for_each = local.subscriptions

  project = var.project
  name    = each.key
  topic   = google_pubsub_topic.this[each.value.topic].id
  # It can never be changed: a subscription with another filter is another subscription.
  filter                     = each.value.filter
  ack_deadline_seconds       = each.value.push.ackDeadlineSeconds
  message_retention_duration = each.value.push.messageRetentionDuration

  push_config {
    push_endpoint = local.function_urls[each.value.function]
    oidc_token {
      service_account_email = google_service_account.invoker.email
      audience              = local.function_urls[each.value.function]
    }
  }

  retry_policy {
    minimum_backoff = each.value.push.minimumBackoff
    maximum_backoff = each.value.push.maximumBackoff
  }

  dead_letter_policy {
    dead_letter_topic     = google_pubsub_topic.this["deadLetters"].id
    max_delivery_attempts = each.value.push.maxDeliveryAttempts
  }

  # Never: by default a subscription without traffic for 31 days is deleted.
  expiration_policy {
    ttl = ""
  }

  # What makes messages waits for this, and this for all that its function needs, so that the first ones do not fail until they are put
  # aside.
  depends_on = [
    google_cloud_run_v2_service_iam_member.invoker,
    google_cloud_tasks_queue_iam_member.functions,
    google_cloudfunctions2_function.this,
    google_firestore_database.ledger,
    google_project_iam_member.function,
    google_project_iam_member.ledger,
    google_pubsub_topic_iam_member.dead_letters,
    google_pubsub_topic_iam_member.functions,
    google_service_account_iam_member.build_cluster_uses_node_accounts,
    google_service_account_iam_member.pubsub_signs_as_invoker,
    google_service_account_iam_member.timers_act_as_invoker,
  ]
}

# What is put aside stays here for somebody to read, as long as Pub/Sub keeps it; without a subscription it would be lost at once.
resource "google_pubsub_subscription" "dead_letters" {
  project                    = var.project
  name                       = local.messaging.topics.deadLetters
  topic                      = google_pubsub_topic.this["deadLetters"].id
  message_retention_duration = local.messaging.push.messageRetentionDuration

  expiration_policy {
    ttl = ""
  }
}

# The second half of what a dead-letter policy needs: Pub/Sub acknowledges what it has moved.
resource "google_pubsub_subscription_iam_member" "dead_letters" {
  for_each = local.subscriptions

  project      = var.project
  subscription = google_pubsub_subscription.push[each.key].name
  role         = "roles/pubsub.subscriber"
  member       = local.agents.pubsub
}
