# What was wanted, decided, leased and cooled down (decision D10).

locals {
  ledger_database    = "inference-fleet"
  ledger_collections = ["clusterNames", "controls", "demands", "documents", "messages", "progress", "wakes"]
}

resource "google_firestore_database" "ledger" {
  project                           = var.project
  name                              = local.ledger_database
  location_id                       = var.ledger_location == "" ? var.region : var.ledger_location
  type                              = "FIRESTORE_NATIVE"
  point_in_time_recovery_enablement = "POINT_IN_TIME_RECOVERY_ENABLED"
  delete_protection_state           = "DELETE_PROTECTION_ENABLED"
  # `terraform destroy` leaves it where it is: without it nobody knows what the clusters still running are for.
  deletion_policy = "ABANDON"

  depends_on = [google_project_service.this]
}

# Records of messages are kept for duplicates and for people; everything else is bounded by the number of targets.
resource "google_firestore_field" "expiry" {
  for_each = toset(["messages"])

  project    = var.project
  database   = google_firestore_database.ledger.name
  collection = each.key
  field      = "expireAt"

  ttl_config {}
  # Nobody looks for it, and an index on instants that only grow is a hot spot (Firestore documentation, "Best practices").
  index_config {}
}

# Of the queries that ask for more than one field; shared/ledger/indexes.ts lists them, and every ledger refuses others.
resource "google_firestore_index" "messages" {
  for_each = toset(["phase", "messageId"])

  project    = var.project
  database   = google_firestore_database.ledger.name
  collection = "messages"

  fields {
    field_path = "by.${each.key}"
    order      = "ASCENDING"
  }

  fields {
    field_path = "by.receivedAtMs"
    order      = "DESCENDING"
  }
}

# The text of each record and the mark of its commit: no query asks for them, and each would be written into two indexes.
resource "google_firestore_field" "unsearched" {
  for_each = {
    for pair in setproduct(local.ledger_collections, ["json", "commit"]) : join("/", pair) => pair
  }

  project    = var.project
  database   = google_firestore_database.ledger.name
  collection = each.value[0]
  field      = each.value[1]

  index_config {}
}
