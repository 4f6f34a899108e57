resource "google_cloud_scheduler_job" "this" {
  for_each = local.messaging.jobs

  project          = var.project
  region           = var.region
  name             = each.key
  schedule         = each.value.schedule
  time_zone        = each.value.timeZone
  attempt_deadline = each.value.attemptDeadline

  # No retries: the next minute is one.
  http_target {
    http_method = "POST"
    uri         = local.function_urls[each.value.function]
    headers     = { "Content-Type" = "application/json" }
    body        = base64encode("{}")
    oidc_token {
      service_account_email = google_service_account.invoker.email
      audience              = local.function_urls[each.value.function]
    }
  }

  depends_on = [google_cloudfunctions2_function.this]
}
