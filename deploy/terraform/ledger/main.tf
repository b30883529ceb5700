# The table of deploy/ledger.yaml. A module of its own, so that it can be kept in another state than the functions.

terraform {
  required_version = ">= 1.9"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.0, < 7.0"
    }
  }
}

variable "name" {
  type        = string
  default     = "gatehouse-ledger"
  description = "The table's name; another one for a second set in the same account and region"
  validation {
    condition     = can(regex("^[A-Za-z0-9_.-]{3,255}$", var.name))
    error_message = "name has 3 to 255 letters, digits and _.-"
  }
}

variable "key_arn" {
  type        = string
  default     = ""
  description = "KMS key of yours for the table, also given to the functions' module as ledger_key_arn; empty for DynamoDB's own in this account"
  validation {
    condition     = can(regex("^(arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+)?$", var.key_arn))
    error_message = "key_arn is the ARN of a KMS key, or empty."
  }
}

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {}

resource "aws_dynamodb_table" "ledger" {
  name                        = var.name
  hash_key                    = "pk"
  range_key                   = "sk"
  billing_mode                = "PAY_PER_REQUEST"
  deletion_protection_enabled = true
  tags                        = { "gatehouse:component" = "ledger" }

  attribute {
    name = "pk"
    type = "S"
  }

  attribute {
    name = "sk"
    type = "S"
  }

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = var.key_arn != "" ? var.key_arn : null
  }

  # Only what may be forgotten has it: leases, counters, messages, cool-downs.
  ttl {
    attribute_name = "expires"
    enabled        = true
  }

  # Without the table nothing can be undone.
  lifecycle {
    prevent_destroy = true
  }
}

# Put together rather than read: the functions' module must know at its first plan that there is a ledger.
output "table_arn" {
  description = "ledger_table_arn of the functions' module"
  value       = "arn:${data.aws_partition.current.partition}:dynamodb:${data.aws_region.current.region}:${data.aws_caller_identity.current.account_id}:table/${var.name}"
  depends_on  = [aws_dynamodb_table.ledger]
}
