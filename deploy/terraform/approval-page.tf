# Where people decide, where it is asked for. It may record that and hand it on, and change nothing.
#
# Apart from the other functions: they have its address among their settings.

# What signs the links. Another value makes every link that was sent useless.
resource "aws_secretsmanager_secret" "approval_key" {
  count = local.has_page ? 1 : 0

  name_prefix = "${var.name}-approval-key-"
  description = "Signs the links of requests for approval of ${var.name}"
  kms_key_id  = aws_kms_key.messages.arn
  tags        = { "gatehouse:component" = "approval-key" }
}

data "aws_secretsmanager_random_password" "approval_key" {
  count = local.has_page ? 1 : 0

  password_length     = 64
  exclude_punctuation = true
}

# A new one is drawn in every plan; the first stays.
resource "aws_secretsmanager_secret_version" "approval_key" {
  count = local.has_page ? 1 : 0

  secret_id     = aws_secretsmanager_secret.approval_key[0].id
  secret_string = data.aws_secretsmanager_random_password.approval_key[0].random_password

  lifecycle {
    ignore_changes = [secret_string]
  }
}

resource "aws_lambda_function" "page" {
  count = local.has_page ? 1 : 0

  function_name    = "${var.name}-approval-page"
  description      = "Shows requests for approval and records what people decide"
  package_type     = local.uses_image ? "Image" : "Zip"
  image_uri        = local.uses_image ? var.image_uri : null
  filename         = local.uses_image ? null : local.package_file
  source_code_hash = local.uses_image ? null : filebase64sha256(local.package_file)
  runtime          = local.uses_image ? null : "provided.al2023"
  handler          = local.uses_image ? null : "approve"
  architectures    = [var.architecture]
  memory_size      = var.memory_size
  timeout          = 15
  role             = aws_iam_role.page[0].arn

  dynamic "image_config" {
    for_each = local.uses_image ? ["approve"] : []
    content {
      command = [image_config.value]
    }
  }

  environment {
    variables = {
      GATEHOUSE_MODE           = var.mode
      GATEHOUSE_LEDGER_TABLE   = var.ledger_table_arn
      GATEHOUSE_APPROVAL_KEY   = "secretsmanager:${aws_secretsmanager_secret.approval_key[0].arn}"
      GATEHOUSE_COOL_DOWN_DAYS = tostring(var.cool_down_days)
    }
  }

  logging_config {
    log_group             = aws_cloudwatch_log_group.functions.name
    log_format            = "JSON"
    application_log_level = var.log_level
  }

  tracing_config {
    mode = var.tracing
  }

  tags = { "gatehouse:component" = "approval-page" }

  # A function must not run before it may do what it does.
  depends_on = [aws_iam_role_policy.page, aws_iam_role_policy_attachment.page, aws_secretsmanager_secret_version.approval_key]
}

resource "aws_lambda_function_url" "page" {
  count = local.has_page ? 1 : 0

  function_name      = aws_lambda_function.page[0].function_name
  authorization_type = local.is_public ? "NONE" : "AWS_IAM"
}

# A public address needs both.
resource "aws_lambda_permission" "page" {
  count = local.is_public ? 1 : 0

  statement_id           = "ApprovalPage"
  function_name          = aws_lambda_function.page[0].function_name
  action                 = "lambda:InvokeFunctionUrl"
  principal              = "*"
  function_url_auth_type = "NONE"
}

resource "aws_lambda_permission" "page_invoke" {
  count = local.is_public ? 1 : 0

  statement_id             = "ApprovalPageInvoke"
  function_name            = aws_lambda_function.page[0].function_name
  action                   = "lambda:InvokeFunction"
  principal                = "*"
  invoked_via_function_url = true
}

resource "aws_iam_role" "page" {
  count = local.has_page ? 1 : 0

  name                 = "${local.global_name}-approval-page"
  path                 = "/gatehouse/"
  description          = "Shows requests for approval and records what people decide"
  permissions_boundary = local.permission_boundary
  tags                 = { "gatehouse:component" = "approval-page" }

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "page" {
  count = local.has_page ? 1 : 0

  name = "handler"
  role = aws_iam_role.page[0].name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
        # Of the ledger the requests alone, and the rejections: neither changes nor leases nor the brake.
        {
          Sid       = "Ledger"
          Effect    = "Allow"
          Action    = local.ledger_actions.changes
          Resource  = var.ledger_table_arn
          Condition = { "ForAllValues:StringLike" = { "dynamodb:LeadingKeys" = ["APPROVAL*", "REJECTION#*"] } }
        },
        # Spelled out: the workflow waits for the function that holds the page's address.
        { Sid = "HandOn", Effect = "Allow", Action = "states:SendTaskSuccess", Resource = local.workflow_arn }
      ],
      var.ledger_key_arn == "" ? [] : [{
        Sid       = "LedgerKey"
        Effect    = "Allow"
        Action    = local.ledger_key_actions.changes
        Resource  = var.ledger_key_arn
        Condition = { StringLike = { "kms:ViaService" = "dynamodb.*.${local.dns_suffix}" } }
      }]
    )
  })
}

resource "aws_iam_role_policy_attachment" "page" {
  for_each = toset(local.has_page ? ["basic", "approval-key"] : [])

  role       = aws_iam_role.page[0].name
  policy_arn = aws_iam_policy.shared[each.value].arn
}
