# Alerts are reasons to look, never commands: the user labels name the target, and what to do is decided by what is found there.

locals {
  thresholds = jsondecode(file("${path.module}/alerts.json")).thresholds
  alerts = {
    for key, model in var.models : key => jsondecode(templatefile("${path.module}/alerts.json", {
      location                 = model.location
      cluster                  = model.cluster
      namespace                = model.namespace
      name                     = model.name
      servedModelName          = model.served_model_name
      queuedRequestsPerReplica = coalesce(model.queued_requests_per_replica, local.thresholds.queuedRequestsPerReplica)
      kvCacheUsedRatio         = coalesce(model.kv_cache_used_ratio, local.thresholds.kvCacheUsedRatio)
    }))
  }
}

resource "google_monitoring_notification_channel" "alerts" {
  project      = var.project
  display_name = "inference-fleet"
  type         = "pubsub"
  labels       = { topic = google_pubsub_topic.this["alerts"].id }
}

resource "google_monitoring_alert_policy" "model" {
  for_each = local.alerts

  project               = var.project
  display_name          = "inference-fleet ${each.key}"
  combiner              = "OR"
  notification_channels = [google_monitoring_notification_channel.alerts.id]
  user_labels           = each.value.userLabels

  dynamic "conditions" {
    for_each = each.value.conditions

    content {
      display_name = conditions.value.displayName

      condition_prometheus_query_language {
        query               = conditions.value.query
        duration            = conditions.value.duration
        evaluation_interval = each.value.evaluationInterval
        # A model that nobody has asked anything yet has written no metrics.
        disable_metric_validation = true
      }
    }
  }

  alert_strategy {
    auto_close = each.value.autoClose
  }

  depends_on = [google_pubsub_subscription.push, google_pubsub_topic_iam_member.notifications]
}
