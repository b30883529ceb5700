# The role that Access Analyzer reads CloudTrail with when it generates a policy from what a user or role did:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-policy-generation.html
# To generate one, choose "Use an existing service role" and this one.

resource "aws_iam_role" "policy_generation" {
  count = var.policy_generation == null ? 0 : 1

  name                 = "${local.global_name}-generation"
  path                 = "/service-role/"
  description          = "Lets IAM Access Analyzer read CloudTrail logs to generate policies"
  permissions_boundary = local.permission_boundary
  tags                 = { "gatehouse:component" = "policy-generation" }

  # The condition keeps Access Analyzer from using the role for anybody else's account.
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "access-analyzer.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:SourceAccount" = local.account } }
    }]
  })
}

resource "aws_iam_role_policy" "policy_generation" {
  count = var.policy_generation == null ? 0 : 1

  name = "read-trail"
  role = aws_iam_role.policy_generation[0].name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
        # The trail may be another account's: an organization has one for all.
        { Sid = "Trail", Effect = "Allow", Action = "cloudtrail:GetTrail", Resource = "arn:${local.partition}:cloudtrail:*:*:trail/*" },
        # As the documentation of policy generation asks for it.
        {
          Sid      = "LastAccessed"
          Effect   = "Allow"
          Action   = ["iam:GenerateServiceLastAccessedDetails", "iam:GetServiceLastAccessedDetails"]
          Resource = "*"
        },
        {
          Sid      = "ListLogs"
          Effect   = "Allow"
          Action   = "s3:ListBucket"
          Resource = "arn:${local.partition}:s3:::${var.policy_generation.trail_bucket}"
        },
        {
          Sid      = "ReadLogs"
          Effect   = "Allow"
          Action   = "s3:GetObject"
          Resource = "arn:${local.partition}:s3:::${var.policy_generation.trail_bucket}/*"
        }
      ],
      var.policy_generation.trail_key_arn == null ? [] : [
        {
          Sid       = "DecryptLogs"
          Effect    = "Allow"
          Action    = "kms:Decrypt"
          Resource  = var.policy_generation.trail_key_arn
          Condition = { StringLike = { "kms:ViaService" = "s3.*.${local.dns_suffix}" } }
        }
      ]
    )
  })
}
