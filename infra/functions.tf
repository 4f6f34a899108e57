# One function per functions/<name>/function.json, from the folders of `npm run build`.

resource "google_storage_bucket" "sources" {
  project                     = var.project
  name                        = "${var.project}-inference-fleet-sources"
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  # Sources can be built again from the commit.
  force_destroy = true

  versioning {
    enabled = true
  }

  # Terraform removes a source when newer ones are deployed. What it keeps must stay, however old, or the next plan would find it gone.
  lifecycle_rule {
    condition {
      days_since_noncurrent_time = 30
    }
    action {
      type = "Delete"
    }
  }

  #checkov:skip=CKV_GCP_62:Nobody reads from it but Cloud Build. Who changes it is in the audit log; usage logs would need a bucket of their own.

  depends_on = [google_project_service.this]
}

data "archive_file" "source" {
  for_each = local.functions

  type             = "zip"
  source_dir       = "${path.module}/../dist/${each.key}"
  output_path      = "${path.module}/../.local/${each.key}.zip"
  output_file_mode = "0644"
}

resource "google_storage_bucket_object" "source" {
  for_each = local.functions

  bucket = google_storage_bucket.sources.name
  # Other contents are another object, and so another deployment.
  name   = "${each.key}-${data.archive_file.source[each.key].output_sha256}.zip"
  source = data.archive_file.source[each.key].output_path
}

resource "google_cloudfunctions2_function" "this" {
  for_each = local.functions

  #checkov:skip=CKV_GCP_124:Only status is open to the internet, since people call it from anywhere; IAM lets in nobody but status_readers.

  project     = var.project
  location    = var.region
  name        = "inference-fleet-${each.key}"
  description = each.value.description

  build_config {
    runtime         = "nodejs24"
    entry_point     = each.key
    service_account = google_service_account.builder.id

    source {
      storage_source {
        bucket = google_storage_bucket.sources.name
        object = google_storage_bucket_object.source[each.key].name
      }
    }
  }

  service_config {
    service_account_email = google_service_account.function[each.key].email
    environment_variables = local.environment
    ingress_settings      = each.value.ingress
    timeout_seconds       = each.value.timeoutSeconds
    available_memory      = each.value.memory
    # More than one request at a time needs a whole CPU (Cloud Run functions documentation, "Concurrency").
    available_cpu                    = "1"
    max_instance_request_concurrency = each.value.concurrency
    # Nothing has to be kept running; a cold start is cheaper than an idle instance.
    min_instance_count = 0
    max_instance_count = each.value.maxInstances
  }

  depends_on = [
    google_project_iam_member.builder,
    google_project_service.this,
  ]
}

# Pub/Sub and Cloud Tasks call as the invoker; each function checks the token once more by itself.
resource "google_cloud_run_v2_service_iam_member" "invoker" {
  for_each = toset([for name, function in local.functions : name if function.ingress == "ALLOW_INTERNAL_ONLY"])

  project  = var.project
  location = var.region
  name     = google_cloudfunctions2_function.this[each.key].name
  role     = "roles/run.invoker"
  member   = google_service_account.invoker.member
}

resource "google_cloud_run_v2_service_iam_member" "status_readers" {
  for_each = var.status_readers

  project  = var.project
  location = var.region
  name     = google_cloudfunctions2_function.this["status"].name
  role     = "roles/run.invoker"
  member   = each.key
}
