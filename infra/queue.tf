# Timers: one task per look that is due (decision D5). A task that is lost or given up costs a minute, until the sweep.
resource "google_cloud_tasks_queue" "timers" {
  project  = var.project
  location = var.region
  name     = local.messaging.queue.name

  rate_limits {
    max_dispatches_per_second = local.messaging.queue.maxDispatchesPerSecond
    max_concurrent_dispatches = local.messaging.queue.maxConcurrentDispatches
  }

  retry_config {
    max_attempts  = local.messaging.queue.maxAttempts
    min_backoff   = local.messaging.queue.minBackoff
    max_backoff   = local.messaging.queue.maxBackoff
    max_doublings = local.messaging.queue.maxDoublings
  }

  depends_on = [google_project_service.this]
}

resource "google_cloud_tasks_queue_iam_member" "functions" {
  for_each = toset([for name, function in local.functions : name if function.schedulesTimers])

  project  = var.project
  location = google_cloud_tasks_queue.timers.location
  name     = google_cloud_tasks_queue.timers.name
  role     = "roles/cloudtasks.enqueuer"
  member   = google_service_account.function[each.key].member
}
