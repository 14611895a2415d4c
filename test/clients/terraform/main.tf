# What a team that uses the provider has: every kind of resource and data source of it that Pilotlight answers.

terraform {
  required_providers {
    neon = { source = "kislerdm/neon" }
  }
}

variable "org_id" { type = string }
variable "project_name" { default = "terraform" }
variable "active_time" { default = 360000 }
variable "max_cu" { default = 0.5 }
variable "protected" { default = "yes" }
variable "work_mem" { default = "8MB" }

provider "neon" {}

resource "neon_project" "main" {
  name                      = var.project_name
  pg_version                = 17
  history_retention_seconds = 43200
  allowed_ips               = ["127.0.0.0/8", "::1"]

  branch {
    name          = "production"
    database_name = "shop"
    role_name     = "owner"
  }

  quota {
    active_time_seconds = var.active_time
    logical_size_bytes  = 10000000000
  }

  default_endpoint_settings {
    autoscaling_limit_min_cu = 0.25
    autoscaling_limit_max_cu = 0.5
    suspend_timeout_seconds  = 600
  }
}

resource "neon_project" "replicated" {
  name                       = "replicated"
  org_id                     = var.org_id
  pg_version                 = 18
  history_retention_seconds  = 0
  enable_logical_replication = "yes"
  block_public_connections   = "no"

  maintenance_window {
    weekdays   = [6, 7]
    start_time = "07:00"
    end_time   = "08:00"
  }
}

# Everything left to its default, which the provider sends as empty words and zeros.
resource "neon_project" "plain" {}

resource "neon_branch" "staging" {
  project_id = neon_project.main.id
  parent_id  = neon_project.main.default_branch_id
  name       = "staging"
  protected  = var.protected
}

resource "neon_branch" "plain" {
  project_id = neon_project.main.id
}

resource "neon_endpoint" "staging" {
  project_id               = neon_project.main.id
  branch_id                = neon_branch.staging.id
  autoscaling_limit_min_cu = 0.25
  autoscaling_limit_max_cu = var.max_cu
  suspend_timeout_seconds  = 120

  pg_settings = {
    work_mem = var.work_mem
  }
}

resource "neon_endpoint" "plain" {
  project_id = neon_project.main.id
  branch_id  = neon_branch.plain.id
}

resource "neon_role" "app" {
  project_id = neon_project.main.id
  branch_id  = neon_branch.staging.id
  name       = "app"
  depends_on = [neon_endpoint.staging]
}

resource "neon_database" "app" {
  project_id = neon_project.main.id
  branch_id  = neon_branch.staging.id
  name       = "app"
  owner_name = neon_role.app.name
}

resource "neon_api_key" "ci" {
  name = "ci"
}

resource "neon_org_api_key" "deploy" {
  name       = "deploy"
  org_id     = var.org_id
  project_id = neon_project.main.id
}

resource "neon_jwks_url" "identity" {
  project_id    = neon_project.main.id
  branch_id     = neon_branch.staging.id
  provider_name = "example"
  jwks_url      = "https://identity.example.com/.well-known/jwks.json"
  role_names    = [neon_role.app.name]
}

data "neon_project" "main" {
  id         = neon_project.main.id
  depends_on = [neon_database.app]
}

data "neon_branches" "all" {
  project_id = neon_project.main.id
  depends_on = [neon_database.app, neon_branch.plain]
}

data "neon_branch_endpoints" "staging" {
  project_id = neon_project.main.id
  branch_id  = neon_branch.staging.id
  depends_on = [neon_database.app]
}

data "neon_branch_roles" "staging" {
  project_id = neon_project.main.id
  branch_id  = neon_branch.staging.id
  depends_on = [neon_database.app]
}

data "neon_branch_role_password" "app" {
  project_id = neon_project.main.id
  branch_id  = neon_branch.staging.id
  role_name  = neon_role.app.name
  depends_on = [neon_database.app]
}

output "main" {
  sensitive = true
  value = {
    id             = neon_project.main.id
    name           = data.neon_project.main.name
    default_branch = data.neon_project.main.default_branch_id
    uri            = data.neon_project.main.connection_uri
  }
}

output "staging" {
  sensitive = true
  value = {
    branch    = neon_branch.staging.id
    endpoint  = neon_endpoint.staging.id
    host      = neon_endpoint.staging.host
    database  = neon_database.app.name
    role      = neon_role.app.name
    password  = neon_role.app.password
    same      = data.neon_branch_role_password.app.password
    endpoints = data.neon_branch_endpoints.staging.endpoints[*].id
    roles     = data.neon_branch_roles.staging.roles[*].name
    branches  = data.neon_branches.all.branches[*].name
  }
}

output "key" {
  sensitive = true
  value     = neon_api_key.ci.key
}
