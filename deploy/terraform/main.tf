# The same stack as deploy/gatehouse.yaml; Tests/Integration/test_terraform.py compares the two.

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {}

locals {
  account    = data.aws_caller_identity.current.account_id
  partition  = data.aws_partition.current.partition
  region     = data.aws_region.current.region
  dns_suffix = data.aws_partition.current.dns_suffix

  # Where findings may be of: here, or wherever a forwarder hands them on from.
  where = length(var.other_regions) == 0 ? local.region : "*"

  # IAM's names are one set for all regions.
  global_name = "${var.name}-${local.region}"

  archives            = var.mode != "observe"
  enforces            = var.mode == "enforce"
  traces              = var.tracing == "Active"
  uses_image          = var.image_uri != ""
  package_file        = var.package_file != "" ? var.package_file : "${path.module}/../../.build/lambda/gatehouse.zip"
  has_rules           = var.rules_bucket != "" || var.rules_parameter != ""
  has_members         = var.member_role_name != ""
  has_ledger          = var.ledger_table_arn != ""
  sweeps              = local.has_ledger && var.sweep_schedule != ""
  has_page            = local.has_ledger && var.approval_page != "off"
  is_public           = local.has_page && var.approval_page == "public"
  revokes_sessions    = var.revoke_sessions && contains(var.blocked_types, "AWS::IAM::Role")
  permission_boundary = var.permissions_boundary != "" ? var.permissions_boundary : null
  log_key             = var.log_key_arn != "" ? var.log_key_arn : null

  # What somebody approved is changed as well, and without a ledger nobody can approve.
  acts = local.enforces || (local.archives && local.has_ledger)

  rules = (
    var.rules_bucket != "" ? "s3://${var.rules_bucket}/${var.rules_key}" :
    var.rules_parameter != "" ? "ssm:${var.rules_parameter}" : ""
  )
}
