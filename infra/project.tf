# The project, its APIs, and the settings that Terraform shares with the tests and the local cloud.

data "google_project" "all" {
  for_each = local.projects

  project_id = each.key
}

locals {
  projects       = setunion([var.project], var.target_projects)
  project_number = data.google_project.all[var.project].number

  # Everything that must be called the same elsewhere stands in JSON, which TypeScript can read, too.
  functions = {
    for file in fileset("${path.module}/../functions", "*/function.json") :
    dirname(file) => jsondecode(file("${path.module}/../functions/${file}"))
  }
  messaging = jsondecode(file("${path.module}/messaging.json"))
  environment = jsondecode(templatefile("${path.module}/environment.json", {
    project                   = var.project
    projectNumber             = local.project_number
    region                    = var.region
    topics                    = local.messaging.topics
    queue                     = local.messaging.queue.name
    database                  = local.ledger_database
    invoker                   = local.invoker_email
    defaultSpendCapUsdPerHour = var.default_spend_cap_usd_per_hour
  })).set

  function_urls = {
    for name in keys(local.functions) : name => replace(local.environment.FLEET_FUNCTION_URL, "{function}", name)
  }
  invoker_email = "${local.messaging.invokerAccountId}@${var.project}.iam.gserviceaccount.com"

  # Google's own accounts (IAM documentation, "Service agents").
  agents = {
    pubsub       = "serviceAccount:service-${local.project_number}@gcp-sa-pubsub.iam.gserviceaccount.com"
    notification = "serviceAccount:service-${local.project_number}@gcp-sa-monitoring-notification.iam.gserviceaccount.com"
  }
}

resource "google_project_service" "this" {
  for_each = toset([
    "artifactregistry.googleapis.com",
    "cloudbuild.googleapis.com",
    "cloudfunctions.googleapis.com",
    "cloudresourcemanager.googleapis.com",
    "cloudscheduler.googleapis.com",
    "cloudtasks.googleapis.com",
    "compute.googleapis.com",
    "container.googleapis.com",
    "firestore.googleapis.com",
    "iam.googleapis.com",
    "logging.googleapis.com",
    "monitoring.googleapis.com",
    "pubsub.googleapis.com",
    "run.googleapis.com",
    "storage.googleapis.com",
  ])

  project = var.project
  service = each.key
  # Others may use them, too.
  disable_on_destroy = false
}
