# Who may do what. The permissions of each function are listed in its function.json, and explained in README.md.

resource "google_service_account" "function" {
  for_each = local.functions

  project      = var.project
  account_id   = "fleet-${each.key}"
  display_name = "inference-fleet ${each.key}"
  description  = each.value.description

  depends_on = [google_project_service.this]
}

resource "google_service_account" "invoker" {
  project      = var.project
  account_id   = local.messaging.invokerAccountId
  display_name = "inference-fleet invoker"
  description  = "Pub/Sub and Cloud Tasks call the functions as this account."

  depends_on = [google_project_service.this]
}

locals {
  # One role per function and project: a role of one project cannot be granted in another.
  roles = merge([
    for name, function in local.functions : {
      for project in(function.permittedIn == "all projects" ? local.projects : toset([var.project])) : "${name}/${project}" => {
        function    = name
        project     = project
        permissions = function.permissions
      }
    } if length(function.permissions) > 0
  ]...)

  default_node_accounts = [
    for found in data.google_project.all : "${found.number}-compute@developer.gserviceaccount.com"
  ]
}

resource "google_project_iam_custom_role" "function" {
  for_each = local.roles

  project     = each.value.project
  role_id     = "inferenceFleet_${replace(each.value.function, "-", "_")}"
  title       = "inference-fleet ${each.value.function}"
  permissions = each.value.permissions

  depends_on = [google_project_service.this]
}

resource "google_project_iam_member" "function" {
  for_each = local.roles

  project = each.value.project
  role    = google_project_iam_custom_role.function[each.key].id
  member  = google_service_account.function[each.value.function].member
}

# The ledger, and no other database of the project (Firestore documentation, "Configure conditional access to databases").
resource "google_project_iam_member" "ledger" {
  for_each = local.functions

  project = var.project
  role    = each.value.ledger == "write" ? "roles/datastore.user" : "roles/datastore.viewer"
  member  = google_service_account.function[each.key].member

  condition {
    title      = "ledger only"
    expression = "resource.name == \"projects/${var.project}/databases/${local.ledger_database}\""
  }
}

# GKE runs the nodes of a new cluster as these accounts, and asks whether the creator may use them.
resource "google_service_account_iam_member" "build_cluster_uses_node_accounts" {
  for_each = length(var.node_service_accounts) > 0 ? var.node_service_accounts : toset(local.default_node_accounts)

  service_account_id = "projects/-/serviceAccounts/${each.key}"
  role               = "roles/iam.serviceAccountUser"
  member             = google_service_account.function["build-cluster"].member
}

# A task carries a token of the invoker, so its creator must be allowed to act as it.
resource "google_service_account_iam_member" "timers_act_as_invoker" {
  for_each = toset([for name, function in local.functions : name if function.schedulesTimers])

  service_account_id = google_service_account.invoker.name
  role               = "roles/iam.serviceAccountUser"
  member             = google_service_account.function[each.key].member
}

resource "google_service_account_iam_member" "pubsub_signs_as_invoker" {
  service_account_id = google_service_account.invoker.name
  role               = "roles/iam.serviceAccountOpenIdTokenCreator"
  member             = local.agents.pubsub
}

# Builds run as an account of their own, with nothing but what a build needs (Cloud Run functions documentation, "Use a custom
# service account for Cloud Build"); by default they would run as the Compute Engine account.
resource "google_service_account" "builder" {
  project      = var.project
  account_id   = "fleet-builder"
  display_name = "inference-fleet builder"

  depends_on = [google_project_service.this]
}

resource "google_project_iam_member" "builder" {
  for_each = toset(["roles/artifactregistry.writer", "roles/logging.logWriter", "roles/storage.objectViewer"])

  project = var.project
  role    = each.key
  member  = google_service_account.builder.member
}
