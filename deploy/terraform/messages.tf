# Who is told. The key is our own so that alarms may use what it encrypts.

resource "aws_kms_key" "messages" {
  description         = "Messages and links of ${var.name}"
  enable_key_rotation = true
  tags                = { "gatehouse:component" = "messages" }

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "Account"
        Effect    = "Allow"
        Principal = { AWS = "arn:${local.partition}:iam::${local.account}:root" }
        Action    = "kms:*"
        Resource  = "*"
      },
      {
        Sid       = "Alarms"
        Effect    = "Allow"
        Principal = { Service = "cloudwatch.amazonaws.com" }
        Action    = ["kms:Decrypt", "kms:GenerateDataKey*"]
        Resource  = "*"
        Condition = { StringEquals = { "aws:SourceAccount" = local.account } }
      }
    ]
  })
}

resource "aws_sns_topic" "messages" {
  name              = var.name
  display_name      = "Gatehouse"
  kms_master_key_id = aws_kms_key.messages.key_id
  tags              = { "gatehouse:component" = "messages" }
}

resource "aws_sns_topic_policy" "messages" {
  arn = aws_sns_topic.messages.arn

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "Alarms"
        Effect    = "Allow"
        Principal = { Service = "cloudwatch.amazonaws.com" }
        Action    = "sns:Publish"
        Resource  = aws_sns_topic.messages.arn
        Condition = { StringEquals = { "aws:SourceAccount" = local.account } }
      },
      {
        Sid       = "OnlyOverTLS"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sns:Publish"
        Resource  = aws_sns_topic.messages.arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      }
    ]
  })
}

resource "aws_sns_topic_subscription" "email" {
  count = var.notification_email == "" ? 0 : 1

  topic_arn = aws_sns_topic.messages.arn
  protocol  = "email"
  endpoint  = var.notification_email
}
