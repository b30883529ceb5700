# What each function may do: policies that several share, and one role each with what only it needs.

locals {
  in_account = {
    analyzers = "arn:${local.partition}:access-analyzer:*:${local.account}:analyzer/*"
    roles     = "arn:${local.partition}:iam::${local.account}:role/*"
  }

  member_role_condition = var.trusted_organization == "" ? {} : {
    Condition = { StringEqualsIfExists = { "aws:ResourceOrgID" = var.trusted_organization } }
  }
  assume_member_role = {
    for purpose, suffix in { read = "-read", change = "" } : purpose => !local.has_members ? [] : [
      merge(
        {
          Sid      = "OtherAccounts"
          Effect   = "Allow"
          Action   = "sts:AssumeRole"
          Resource = "arn:${local.partition}:iam::*:role/${var.member_role_name}${suffix}"
        },
        local.member_role_condition
      )
    ]
  }
  archive_finding = !local.archives ? [] : [
    { Sid = "Archive", Effect = "Allow", Action = "access-analyzer:UpdateFindings", Resource = local.in_account.analyzers }
  ]
  block_role = !local.enforces ? [] : [
    { Sid = "Block", Effect = "Allow", Action = "iam:UpdateAssumeRolePolicy", Resource = local.in_account.roles }
  ]
  # The quota of a role's document is the account's; it has no resource.
  read_quota = [{ Sid = "Quota", Effect = "Allow", Action = "iam:GetAccountSummary", Resource = "*" }]
  read_findings = [{
    Sid      = "Findings"
    Effect   = "Allow"
    Action   = ["access-analyzer:GetFinding", "access-analyzer:ListFindings"]
    Resource = local.in_account.analyzers
  }]
  read_finding = [{ Sid = "Finding", Effect = "Allow", Action = "access-analyzer:GetFinding", Resource = local.in_account.analyzers }]

  permissions = {
    enrich = {
      policies   = ["basic", "reading", "rules"]
      statements = concat(local.read_finding, local.assume_member_role.read)
    }
    evaluate = {
      policies   = ["basic", "rules"]
      statements = []
    }
    archive = {
      policies   = ["basic"]
      statements = concat(local.read_finding, local.archive_finding)
    }
    resolve = {
      policies = ["basic", "protected-roles"]
      statements = concat(
        local.read_findings,
        [{ Sid = "Role", Effect = "Allow", Action = "iam:GetRole", Resource = local.in_account.roles }],
        local.read_quota,
        local.block_role,
        local.assume_member_role.change
      )
    }
    verify = {
      policies = ["basic"]
      statements = [{
        Sid      = "Finding"
        Effect   = "Allow"
        Action   = ["access-analyzer:GetFinding", "access-analyzer:StartResourceScan"]
        Resource = local.in_account.analyzers
        }, {
        Sid      = "Role"
        Effect   = "Allow"
        Action   = "iam:GetRole"
        Resource = local.in_account.roles
      }]
    }
    notify = {
      policies   = ["basic", "messages"]
      statements = []
    }
    respond = {
      policies = ["basic", "reading", "messages", "protected-roles", "rules"]
      statements = concat(
        local.read_findings,
        local.archive_finding,
        local.read_quota,
        local.block_role,
        local.assume_member_role.change
      )
    }
    rollback = {
      policies = ["basic", "protected-roles"]
      statements = concat(
        [
          # Analyzers are listed for the account.
          { Sid = "Analyzers", Effect = "Allow", Action = "access-analyzer:ListAnalyzers", Resource = "*" }
        ],
        local.read_finding,
        [{ Sid = "Role", Effect = "Allow", Action = ["iam:GetRole", "iam:UpdateAssumeRolePolicy"], Resource = local.in_account.roles }],
        local.assume_member_role.change
      )
    }
  }
}

resource "aws_iam_role" "handler" {
  for_each = local.handlers

  name                 = "${local.global_name}-${each.key}"
  description          = each.value.description
  permissions_boundary = local.permission_boundary
  tags                 = { "gatehouse:component" = each.key }

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "handler" {
  for_each = { for name, permission in local.permissions : name => permission.statements if length(permission.statements) > 0 }

  name   = "handler"
  role   = aws_iam_role.handler[each.key].name
  policy = jsonencode({ Version = "2012-10-17", Statement = each.value })
}

resource "aws_iam_role_policy_attachment" "handler" {
  for_each = merge([
    for name, permission in local.permissions : {
      for policy in permission.policies : "${name}-${policy}" => { handler = name, policy = policy }
      if policy != "rules" || local.has_rules
    }
  ]...)

  role       = aws_iam_role.handler[each.value.handler].name
  policy_arn = aws_iam_policy.shared[each.value.policy].arn
}
