# What each function may do: policies that several share, and one role each with what only it needs.

locals {
  in_account = {
    analyzers = "arn:${local.partition}:access-analyzer:${local.where}:${local.account}:analyzer/*"
  }
  # The roles in other accounts trust these paths.
  paths = {
    enrich   = "/gatehouse/read/"
    preview  = "/gatehouse/read/"
    resolve  = "/gatehouse/change/"
    rollback = "/gatehouse/change/"
    sweep    = "/gatehouse/read/"
  }

  # Another function that is given the role cannot reach out with it.
  by_itself = {
    for name in ["enrich", "preview", "resolve", "rollback", "sweep"] : name => {
      ArnEquals = {
        "lambda:SourceFunctionArn" = "arn:${local.partition}:lambda:${local.region}:${local.account}:function:${var.name}-${name}"
      }
    }
  }
  in_organization = var.trusted_organization == "" ? {} : {
    StringEquals = { "aws:ResourceOrgID" = var.trusted_organization }
  }
  # In observe mode nothing may change, in other accounts either.
  member_role = {
    enrich   = "${var.member_role_name}-read"
    preview  = "${var.member_role_name}-read"
    resolve  = local.acts ? var.member_role_name : "${var.member_role_name}-read"
    rollback = var.member_role_name
    sweep    = "${var.member_role_name}-read"
  }
  assume_member_role = {
    for name, role in local.member_role : name => !local.has_members ? [] : [{
      Sid       = "OtherAccounts"
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Resource  = "arn:${local.partition}:iam::*:role/${role}"
      Condition = merge(local.by_itself[name], local.in_organization)
    }]
  }
  # The ledger's own table and no other. A transaction needs what the actions in it need.
  ledger_actions = {
    archive = ["dynamodb:GetItem"]
    changes = [
      "dynamodb:ConditionCheckItem", "dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query",
      "dynamodb:UpdateItem"
    ]
    notify = ["dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem"]
    report = ["dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem"]
  }
  ledger_key_actions = {
    archive = ["kms:Decrypt", "kms:DescribeKey"]
    changes = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncryptFrom", "kms:ReEncryptTo"]
    notify  = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncryptFrom", "kms:ReEncryptTo"]
    report  = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncryptFrom", "kms:ReEncryptTo"]
  }
  # The report needs to know what people were told, and nothing else.
  ledger_conditions = {
    report = { Condition = { "ForAllValues:StringLike" = { "dynamodb:LeadingKeys" = ["MESSAGE#*"] } } }
  }
  ledger = {
    for name, actions in local.ledger_actions : name => concat(
      !local.has_ledger ? [] : [
        merge(
          { Sid = "Ledger", Effect = "Allow", Action = actions, Resource = var.ledger_table_arn },
          lookup(local.ledger_conditions, name, {})
        )
      ],
      var.ledger_key_arn == "" ? [] : [{
        Sid       = "LedgerKey"
        Effect    = "Allow"
        Action    = local.ledger_key_actions[name]
        Resource  = var.ledger_key_arn
        Condition = { StringLike = { "kms:ViaService" = "dynamodb.*.${local.dns_suffix}" } }
      }]
    )
  }

  permissions = {
    enrich = {
      policies   = ["basic", "finding", "reading", "rules"]
      statements = local.assume_member_role.enrich
    }
    evaluate = {
      policies   = ["basic", "rules"]
      statements = []
    }
    archive = {
      policies = ["basic", "finding"]
      statements = concat(
        !local.archives ? [] : [
          { Sid = "Archive", Effect = "Allow", Action = "access-analyzer:UpdateFindings", Resource = local.in_account.analyzers }
        ],
        local.ledger.archive
      )
    }
    resolve = {
      policies = ["basic", "finding", "blocked-types", "protected-roles", "sessions"]
      statements = concat(
        [{ Sid = "OtherFindings", Effect = "Allow", Action = "access-analyzer:ListFindings", Resource = local.in_account.analyzers }],
        local.plan_change,
        local.acts ? local.write_changed.resolve : [],
        local.assume_member_role.resolve,
        local.ledger.changes
      )
    }
    # Plans as the one that blocks does, and changes nothing.
    preview = {
      policies = ["basic", "finding", "blocked-types", "sessions"]
      statements = concat(
        [
          # Analyzers are listed for the account.
          { Sid = "Analyzers", Effect = "Allow", Action = "access-analyzer:ListAnalyzers", Resource = "*" },
          {
            Sid    = "Previews"
            Effect = "Allow"
            Action = [
              "access-analyzer:CreateAccessPreview", "access-analyzer:GetAccessPreview",
              "access-analyzer:ListAccessPreviewFindings", "access-analyzer:ListFindings"
            ]
            Resource = local.in_account.analyzers
          }
        ],
        local.plan_change,
        local.assume_member_role.preview
      )
    }
    # Asks people. Of a resource it knows what stands in the case.
    approve = {
      policies = ["basic", "messages", "event-bus", "approval-key"]
      statements = concat(
        local.ledger.notify,
        [{ Sid = "TakeOver", Effect = "Allow", Action = "states:SendTaskSuccess", Resource = local.workflow_arn }]
      )
    }
    verify = {
      policies = ["basic", "finding", "blocked-types"]
      statements = [
        { Sid = "Scan", Effect = "Allow", Action = "access-analyzer:StartResourceScan", Resource = local.in_account.analyzers }
      ]
    }
    # Where an execution hands its request over to another, either may be the first to ask.
    notify = {
      policies   = ["basic", "messages", "event-bus", "approval-key"]
      statements = local.ledger.notify
    }
    rollback = {
      policies = concat(["basic", "finding", "blocked-types", "protected-roles", "sessions"], local.has_ledger ? ["messages", "event-bus"] : [])
      statements = concat(
        [
          # Analyzers are listed for the account.
          { Sid = "Analyzers", Effect = "Allow", Action = "access-analyzer:ListAnalyzers", Resource = "*" }
        ],
        local.write_changed.rollback,
        local.assume_member_role.rollback,
        local.ledger.changes
      )
    }
    sweep = {
      policies = ["basic", "finding", "blocked-types"]
      statements = concat(
        [
          # Analyzers are listed for the account.
          { Sid = "Analyzers", Effect = "Allow", Action = "access-analyzer:ListAnalyzers", Resource = "*" },
          { Sid = "Findings", Effect = "Allow", Action = "access-analyzer:ListFindings", Resource = local.in_account.analyzers },
          { Sid = "Start", Effect = "Allow", Action = "states:StartExecution", Resource = local.workflow_arn }
        ],
        local.assume_member_role.sweep,
        local.ledger.changes
      )
    }
    # Reads what the functions logged, and tells it.
    report = {
      policies = ["basic", "messages", "rules"]
      statements = concat(
        [{ Sid = "ReadLog", Effect = "Allow", Action = "logs:FilterLogEvents", Resource = "${aws_cloudwatch_log_group.functions.arn}:*" }],
        local.ledger.report
      )
    }
  }
}

resource "aws_iam_role" "handler" {
  for_each = local.handlers

  name                 = "${local.global_name}-${each.key}"
  path                 = lookup(local.paths, each.key, "/gatehouse/")
  description          = each.value.description
  permissions_boundary = local.permission_boundary
  tags                 = { "gatehouse:component" = each.key }

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "handler" {
  for_each = {
    for name, permission in local.permissions : name => permission.statements
    if length(permission.statements) > 0 && contains(keys(local.handlers), name)
  }

  name   = "handler"
  role   = aws_iam_role.handler[each.key].name
  policy = jsonencode({ Version = "2012-10-17", Statement = each.value })
}

resource "aws_iam_role_policy_attachment" "handler" {
  for_each = merge([
    for name, permission in local.permissions : {
      for policy in permission.policies : "${name}-${policy}" => { handler = name, policy = policy }
      if lookup(local.policy_is_needed, policy, true) && contains(keys(local.handlers), name)
    }
  ]...)

  role       = aws_iam_role.handler[each.value.handler].name
  policy_arn = aws_iam_policy.shared[each.value.policy].arn
}
