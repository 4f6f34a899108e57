# `terraform test`: plans everything against the providers' schemas without a project or credentials.

mock_provider "archive" {}

mock_provider "google" {
  mock_data "google_project" {
    defaults = { number = "123456789012" }
  }
}

variables {
  project         = "my-project"
  target_projects = ["other-project"]
  requesters      = ["group:platform@example.com"]
  status_readers  = ["group:platform@example.com"]
  models = {
    llama-70b = {
      cluster                     = "demo"
      location                    = "us-central1"
      namespace                   = "serving"
      name                        = "llama-70b"
      served_model_name           = "meta-llama/Llama-3.3-70B-Instruct"
      queued_requests_per_replica = 4
    }
  }
}

run "plan" {
  command = plan

  assert {
    condition = alltrue([
      for key, function in google_cloudfunctions2_function.this :
      startswith(local.function_urls[key], "https://${function.name}-123456789012.us-central1.run.app")
    ])
    error_message = "A function is not called by the name in its URL."
  }

  assert {
    condition     = google_pubsub_subscription.push["inference-fleet-scale-replicas"].filter == "attributes.automation = \"scale-replicas\""
    error_message = "The subscription of an automation must take its own wakes only."
  }

  assert {
    condition     = google_pubsub_subscription.push["inference-fleet-tick"].message_retention_duration == "600s" && google_pubsub_subscription.push["inference-fleet-intake"].message_retention_duration == "604800s"
    error_message = "Only ticks must not be kept."
  }

  assert {
    condition     = alltrue([for subscription in google_pubsub_subscription.push : subscription.expiration_policy[0].ttl == ""])
    error_message = "A subscription would expire."
  }

  assert {
    condition     = google_monitoring_alert_policy.model["llama-70b"].user_labels["fleet_model"] == "llama-70b"
    error_message = "The policy must name its target."
  }

  assert {
    condition     = anytrue([for condition in google_monitoring_alert_policy.model["llama-70b"].conditions : endswith(condition.condition_prometheus_query_language[0].query, "> 4")])
    error_message = "The model's own threshold must be in a query."
  }

  assert {
    condition     = toset([for key, role in google_project_iam_custom_role.function : role.project if startswith(key, "tick/")]) == toset(["my-project"])
    error_message = "A function may do something in a project where it has nothing to do."
  }
}

run "refuses_a_name_that_no_label_can_hold" {
  command = plan

  variables {
    models = {
      wrong = {
        cluster           = "Demo"
        location          = "us-central1"
        namespace         = "serving"
        name              = "llama"
        served_model_name = "llama"
      }
    }
  }

  expect_failures = [var.models]
}
