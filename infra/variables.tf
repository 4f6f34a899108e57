variable "project" {
  description = "Project that the automation itself lives in."
  type        = string
}

variable "region" {
  description = "Region of the functions, the queue and the scheduler job."
  type        = string
  default     = "us-central1"
}

variable "target_projects" {
  description = "Other projects whose clusters are looked after. The automation's own project always is."
  type        = set(string)
  default     = []
}

variable "node_service_accounts" {
  description = "Emails of the service accounts that nodes of new clusters run as. Empty: the Compute Engine default account of each project."
  type        = set(string)
  default     = []
}

variable "requesters" {
  description = "IAM members who may publish documents and commands, e.g. group:platform@example.com. Each may ask for clusters up to the spend cap."
  type        = set(string)
  default     = []
}

variable "status_readers" {
  description = "IAM members who may call the status function, that is, use inferctl."
  type        = set(string)
  default     = []
}

variable "default_spend_cap_usd_per_hour" {
  description = "What one cluster may cost at most where no policy says otherwise, USD per hour."
  type        = number
  default     = 250

  validation {
    condition     = var.default_spend_cap_usd_per_hour >= 0 && var.default_spend_cap_usd_per_hour <= 1000000
    error_message = "The spend cap must be between 0 and 1000000 USD per hour."
  }
}

variable "ledger_location" {
  description = "Location of the Firestore database, a region or a multi-region. It can never be changed. Empty: the functions' region."
  type        = string
  default     = ""
}

variable "models" {
  description = "Models whose queues and KV caches are watched by alert policies. Keys name the policies; name, cluster and namespace are those of the ModelService document."
  type = map(object({
    cluster                     = string
    location                    = string
    namespace                   = string
    name                        = string
    served_model_name           = string
    queued_requests_per_replica = optional(number)
    kv_cache_used_ratio         = optional(number)
  }))
  default = {}

  # Cloud Monitoring takes nothing else as the value of a user label, and the user labels name the target.
  validation {
    condition = alltrue(flatten([
      for model in values(var.models) : [
        for part in [model.cluster, model.namespace, model.name] : can(regex("^[a-z0-9_-]{1,63}$", part))
      ]
    ]))
    error_message = "The cluster, namespace and name of a model must be 1 to 63 lower-case letters, digits, hyphens or underscores."
  }

  # The name goes into a PromQL string as it is.
  validation {
    condition     = alltrue([for model in values(var.models) : can(regex("^[A-Za-z0-9._:/@-]+$", model.served_model_name))])
    error_message = "A served model name must consist of letters, digits and the characters . _ : / @ -"
  }
}
