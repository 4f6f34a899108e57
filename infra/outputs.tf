output "function_urls" {
  description = "URL of each function, as Cloud Run names it from the project's number."
  value       = local.function_urls
}

output "service_accounts" {
  description = "Email of each function's account."
  value       = { for name, account in google_service_account.function : name => account.email }
}

output "context" {
  description = "The context for inferctl: an entry of contexts.json (functions/cli/README.md)."
  value = {
    statusUrl     = local.function_urls["status"]
    project       = var.project
    requestsTopic = local.messaging.topics.requests
    credentials   = "adc"
  }
}

output "dead_letters" {
  description = "Subscription that holds what was put aside."
  value       = google_pubsub_subscription.dead_letters.name
}
