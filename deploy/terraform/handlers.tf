# One function for each handler; what tells them apart is the handler's name, the settings and the role.

locals {
  about_rules = {
    GATEHOUSE_RULES = local.rules
  }
  about_zone = {
    GATEHOUSE_TRUSTED_ORGANIZATION = var.trusted_organization
    GATEHOUSE_TRUSTED_ACCOUNTS     = join(",", var.trusted_accounts)
    GATEHOUSE_EXEMPT_TAG           = var.exempt_tag
  }
  about_types = {
    GATEHOUSE_BLOCKED_TYPES = join(",", var.blocked_types)
  }
  about_members = {
    GATEHOUSE_MEMBER_EXTERNAL_ID = var.member_external_id
  }
  about_accounts = {
    GATEHOUSE_ORGANIZATION_LOOKUPS = var.organization_look_ups ? "on" : "off"
  }
  about_trail = {
    for setting, value in { GATEHOUSE_WHO_DID_IT = "on" } : setting => value if var.who_did_it
  }
  about_messages = {
    GATEHOUSE_TOPIC_ARN        = aws_sns_topic.messages.arn
    GATEHOUSE_URGENT_TOPIC_ARN = var.urgent_topic_arn
    GATEHOUSE_URGENT_SEVERITY  = var.urgent_severity
  }
  about_integrations = {
    chat = { for setting, value in { GATEHOUSE_CHAT_TOPIC_ARN = var.chat_topic_arn } : setting => value if value != "" }
    bus  = { for setting, value in { GATEHOUSE_EVENT_BUS = var.event_bus_arn } : setting => value if value != "" }
  }
  # Without a ledger the limits are unset: nothing could count.
  about_ledger = {
    GATEHOUSE_LEDGER_TABLE = var.ledger_table_arn
  }
  about_limits = {
    for name, value in {
      changes  = { GATEHOUSE_MAX_CHANGES_PER_HOUR = var.max_changes_per_hour, GATEHOUSE_MAX_CHANGES_PER_ACCOUNT_PER_HOUR = var.max_changes_per_account_per_hour }
      messages = { GATEHOUSE_MAX_MESSAGES_PER_HOUR = var.max_messages_per_hour }
      undone   = { GATEHOUSE_COOL_DOWN_DAYS = var.cool_down_days }
    } : name => { for setting, limit in value : setting => local.has_ledger ? tostring(limit) : "" }
  }
  about_approvals = {
    page = {
      GATEHOUSE_APPROVAL_URL = local.has_page ? aws_lambda_function_url.page[0].function_url : ""
      GATEHOUSE_APPROVAL_KEY = local.has_page ? "secretsmanager:${aws_secretsmanager_secret.approval_key[0].arn}" : ""
    }
    hours    = { GATEHOUSE_APPROVAL_HOURS = local.has_ledger ? tostring(var.approval_hours) : "" }
    sessions = { GATEHOUSE_REVOKE_SESSIONS = local.revokes_sessions ? "on" : "" }
  }

  handlers = {
    for name, handler in local.every_handler : name => handler
    if lookup({ approve = local.has_ledger, preview = var.preview, report = var.weekly_report, sweep = local.sweeps }, name, true)
  }
  every_handler = {
    enrich = {
      description = "Finds out what a finding's resource is; reads only"
      timeout     = 30
      writes      = false
      settings    = merge(local.about_rules, local.about_members, local.about_accounts, local.about_trail)
    }
    evaluate = {
      description = "Decides by the rules; calls nothing else"
      timeout     = 15
      writes      = false
      settings    = merge(local.about_rules, local.about_zone)
    }
    archive = {
      description = "Archives findings of intended access"
      timeout     = 30
      writes      = false
      settings    = merge(local.about_rules, local.about_zone, local.about_ledger)
    }
    resolve = {
      description = "Blocks unintended access"
      timeout     = 60
      writes      = local.enforces
      settings = merge(
        local.about_types, local.about_rules, local.about_zone, local.about_members, local.about_ledger,
        local.about_limits.changes, local.about_limits.undone, local.about_approvals.hours, local.about_approvals.sessions
      )
    }
    preview = {
      description = "Asks Access Analyzer what it would say of a change"
      timeout     = 60
      writes      = false
      settings    = merge(local.about_types, local.about_zone, local.about_members, local.about_approvals.sessions)
    }
    approve = {
      description = "Asks people"
      timeout     = 30
      writes      = false
      settings = merge(
        local.about_messages, local.about_ledger, local.about_limits.messages, local.about_approvals.hours,
        local.about_approvals.page, local.about_integrations.chat, local.about_integrations.bus
      )
    }
    verify = {
      description = "Asks Access Analyzer whether blocked access is gone"
      timeout     = 30
      writes      = false
      settings    = local.about_types
    }
    notify = {
      description = "Tells people"
      timeout     = 30
      writes      = false
      settings = merge(
        local.about_messages, local.about_ledger, local.about_limits.messages, local.about_approvals.page,
        local.about_integrations.chat, local.about_integrations.bus
      )
    }
    rollback = {
      description = "Takes one of our changes back, by hand"
      timeout     = 60
      writes      = true
      settings = merge(
        local.about_types, local.about_zone, local.about_members, local.about_ledger,
        local.about_limits.undone, local.about_limits.messages, local.about_approvals.sessions,
        # With a ledger each undoing is told, by whomever it was asked for.
        { for setting, value in local.about_messages : setting => local.has_ledger ? value : "" },
        { for setting, value in local.about_integrations.chat : setting => value if local.has_ledger },
        { for setting, value in local.about_integrations.bus : setting => value if local.has_ledger }
      )
    }
    # Looks whether changes stand, and hands the rest to the workflow, which alone may change something.
    sweep = {
      description = "Looks for what events missed, and hands it on"
      timeout     = 900
      writes      = false
      settings = merge(
        local.about_types, local.about_zone, local.about_members, local.about_ledger, local.about_limits.undone,
        { GATEHOUSE_STATE_MACHINE_ARN = local.workflow_arn }
      )
    }
    report = {
      description = "Tells people each week what was answered, and what enforce would have done"
      timeout     = 300
      writes      = false
      settings = merge(
        local.about_rules, local.about_ledger, local.about_integrations.chat,
        { GATEHOUSE_LOG_GROUP = aws_cloudwatch_log_group.functions.name, GATEHOUSE_TOPIC_ARN = aws_sns_topic.messages.arn }
      )
    }
  }
}

resource "aws_lambda_function" "handler" {
  for_each = local.handlers

  function_name    = "${var.name}-${each.key}"
  description      = each.value.description
  package_type     = local.uses_image ? "Image" : "Zip"
  image_uri        = local.uses_image ? var.image_uri : null
  filename         = local.uses_image ? null : local.package_file
  source_code_hash = local.uses_image ? null : filebase64sha256(local.package_file)
  runtime          = local.uses_image ? null : "provided.al2023"
  handler          = local.uses_image ? null : each.key
  architectures    = [var.architecture]
  memory_size      = var.memory_size
  timeout          = each.value.timeout
  role             = aws_iam_role.handler[each.key].arn

  # With a ledger one waits for another by its leases, and for nobody else.
  reserved_concurrent_executions = each.value.writes && var.writer_concurrency == "one" && !local.has_ledger ? 1 : null

  dynamic "image_config" {
    for_each = local.uses_image ? [each.key] : []
    content {
      command = [image_config.value]
    }
  }

  environment {
    variables = merge(
      { GATEHOUSE_MODE = var.mode },
      each.value.settings,
      contains(keys(local.member_role), each.key) ? { GATEHOUSE_MEMBER_ROLE = local.has_members ? local.member_role[each.key] : "" } : {}
    )
  }

  logging_config {
    log_group             = aws_cloudwatch_log_group.functions.name
    log_format            = "JSON"
    application_log_level = var.log_level
  }

  tracing_config {
    mode = var.tracing
  }

  tags = { "gatehouse:component" = each.key }

  # A function must not run before it may do what it does.
  depends_on = [aws_iam_role_policy.handler, aws_iam_role_policy_attachment.handler]
}

# Logs are the record of what was done: they outlive the module. With a prefix a module that is made again gets new ones.
resource "aws_cloudwatch_log_group" "functions" {
  name_prefix       = "/aws/lambda/${var.name}-"
  retention_in_days = var.log_retention_days
  kms_key_id        = local.log_key
  skip_destroy      = true
}

resource "aws_cloudwatch_log_group" "workflow" {
  name_prefix       = "/aws/vendedlogs/states/${var.name}-"
  retention_in_days = var.log_retention_days
  kms_key_id        = local.log_key
  skip_destroy      = true
}
