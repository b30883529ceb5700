# What may be changed: by its type, what is read of it and what is written to it.

locals {
  changeable = {
    "AWS::DynamoDB::Stream" = {
      sid      = "Stream"
      service  = "dynamodb"
      resource = "table/*/stream/*"
      read     = ["dynamodb:GetResourcePolicy"]
      write    = ["dynamodb:PutResourcePolicy"]
    }
    "AWS::DynamoDB::Table" = {
      sid      = "Table"
      service  = "dynamodb"
      resource = "table/*"
      read     = ["dynamodb:GetResourcePolicy", "dynamodb:ListTagsOfResource"]
      write    = ["dynamodb:PutResourcePolicy"]
    }
    "AWS::EC2::Snapshot" = {
      sid      = "Snapshot"
      service  = "ec2"
      resource = "snapshot/*"
      read     = ["ec2:DescribeSnapshotAttribute"]
      write    = ["ec2:ModifySnapshotAttribute"]
    }
    "AWS::ECR::Repository" = {
      sid      = "Repository"
      service  = "ecr"
      resource = "repository/*"
      read     = ["ecr:GetRepositoryPolicy", "ecr:ListTagsForResource"]
      write    = ["ecr:SetRepositoryPolicy"]
    }
    "AWS::EFS::FileSystem" = {
      sid      = "FileSystem"
      service  = "elasticfilesystem"
      resource = "file-system/*"
      read     = ["elasticfilesystem:DescribeFileSystemPolicy", "elasticfilesystem:DescribeFileSystems"]
      write    = ["elasticfilesystem:PutFileSystemPolicy"]
    }
    "AWS::IAM::Role" = {
      sid      = "Role"
      service  = "iam"
      resource = "role/*"
      read     = ["iam:GetRole"]
      write    = ["iam:UpdateAssumeRolePolicy"]
    }
    "AWS::KMS::Key" = {
      sid      = "Key"
      service  = "kms"
      resource = "key/*"
      read     = ["kms:DescribeKey", "kms:GetKeyPolicy", "kms:ListResourceTags"]
      write    = ["kms:PutKeyPolicy"]
    }
    "AWS::Lambda::Function" = {
      sid      = "Function"
      service  = "lambda"
      resource = "function:*"
      read     = ["lambda:GetPolicy", "lambda:GetResourcePolicy", "lambda:ListTags"]
      write    = ["lambda:AddPermission", "lambda:PutResourcePolicy", "lambda:RemovePermission"]
    }
    "AWS::Lambda::LayerVersion" = {
      sid      = "Layer"
      service  = "lambda"
      resource = "layer:*"
      read     = ["lambda:GetLayerVersionPolicy"]
      write    = ["lambda:RemoveLayerVersionPermission"]
    }
    "AWS::RDS::DBClusterSnapshot" = {
      sid      = "ClusterSnapshot"
      service  = "rds"
      resource = "cluster-snapshot:*"
      read     = ["rds:DescribeDBClusterSnapshotAttributes", "rds:ListTagsForResource"]
      write    = ["rds:ModifyDBClusterSnapshotAttribute"]
    }
    "AWS::RDS::DBSnapshot" = {
      sid      = "DatabaseSnapshot"
      service  = "rds"
      resource = "snapshot:*"
      read     = ["rds:DescribeDBSnapshotAttributes", "rds:ListTagsForResource"]
      write    = ["rds:ModifyDBSnapshotAttribute"]
    }
    "AWS::S3::Bucket" = {
      sid      = "Bucket"
      service  = "s3"
      resource = "*"
      read     = ["s3:GetBucketAcl", "s3:GetBucketOwnershipControls", "s3:GetBucketPolicy", "s3:GetBucketPublicAccessBlock", "s3:GetBucketTagging"]
      write    = ["s3:PutBucketAcl", "s3:PutBucketPolicy", "s3:PutBucketPublicAccessBlock"]
    }
    "AWS::S3Express::DirectoryBucket" = {
      sid      = "DirectoryBucket"
      service  = "s3express"
      resource = "bucket/*"
      read     = ["s3express:GetBucketPolicy", "s3express:ListTagsForResource"]
      write    = ["s3express:PutBucketPolicy"]
    }
    "AWS::SNS::Topic" = {
      sid      = "Topic"
      service  = "sns"
      resource = "*"
      read     = ["sns:GetTopicAttributes", "sns:ListTagsForResource"]
      write    = ["sns:SetTopicAttributes"]
    }
    "AWS::SQS::Queue" = {
      sid      = "Queue"
      service  = "sqs"
      resource = "*"
      read     = ["sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ListQueueTags"]
      write    = ["sqs:SetQueueAttributes"]
    }
    "AWS::SecretsManager::Secret" = {
      sid      = "Secret"
      service  = "secretsmanager"
      resource = "secret:*"
      read     = ["secretsmanager:DescribeSecret", "secretsmanager:GetResourcePolicy"]
      write    = ["secretsmanager:PutResourcePolicy"]
    }
  }
  changed = { for type, what in local.changeable : type => what if contains(var.blocked_types, type) }

  # Buckets' ARNs have neither region nor account, snapshots' no account, roles' no region.
  changed_arn = {
    for type, what in local.changed : type => join(":", [
      "arn:${local.partition}",
      what.service,
      contains(["iam", "s3"], what.service) ? "" : local.where,
      contains(["ec2", "s3"], what.service) ? "" : local.account,
      what.resource
    ])
  }
  owned_by_us = {
    for type, what in local.changed : type => contains(["ec2", "s3"], what.service) ? {
      StringEquals = { "aws:ResourceAccount" = local.account }
    } : {}
  }
  tables = "arn:${local.partition}:dynamodb:${local.where}:${local.account}:table/*"

  # What is read of resources that may be changed.
  read_changed = concat(
    [
      for type, what in local.changed : merge(
        { Sid = what.sid, Effect = "Allow", Action = what.read, Resource = local.changed_arn[type] },
        [for condition in [local.owned_by_us[type]] : { Condition = condition } if length(condition) > 0]...
      )
    ],
    !contains(var.blocked_types, "AWS::DynamoDB::Stream") ? [] : [
      { Sid = "StreamTags", Effect = "Allow", Action = "dynamodb:ListTagsOfResource", Resource = local.tables }
    ],
    # table/* holds the streams too.
    !contains(var.blocked_types, "AWS::DynamoDB::Table") || contains(var.blocked_types, "AWS::DynamoDB::Stream") ? [] : [{
      Sid      = "NoStreams"
      Effect   = "Deny"
      Action   = ["dynamodb:GetResourcePolicy", "dynamodb:PutResourcePolicy"]
      Resource = "${local.tables}/stream/*"
    }],
    # These have no resources.
    !contains(var.blocked_types, "AWS::EC2::Snapshot") ? [] : [
      { Sid = "Snapshots", Effect = "Allow", Action = "ec2:DescribeSnapshots", Resource = "*" }
    ],
    !contains(var.blocked_types, "AWS::S3::Bucket") ? [] : [
      { Sid = "AccountBlock", Effect = "Allow", Action = "s3:GetAccountPublicAccessBlock", Resource = "*" }
    ]
  )

  # What else is looked up while a change is planned.
  plan_change = concat(
    # A quota of the account.
    !contains(var.blocked_types, "AWS::IAM::Role") ? [] : [
      { Sid = "Quota", Effect = "Allow", Action = "iam:GetAccountSummary", Resource = "*" }
    ],
    !contains(var.blocked_types, "AWS::KMS::Key") ? [] : [
      { Sid = "Grants", Effect = "Allow", Action = "kms:ListGrants", Resource = local.changed_arn["AWS::KMS::Key"] }
    ]
  )

  # What undoing writes, where that is other than what blocking writes.
  undone_by = tomap({
    "AWS::Lambda::LayerVersion" = tolist(["lambda:AddLayerVersionPermission"])
    "AWS::S3::Bucket"           = tolist(concat(["s3:DeleteBucketPolicy"], local.changeable["AWS::S3::Bucket"].write))
  })
  write_changed = {
    for name in ["resolve", "rollback"] : name => concat(
      [
        for type, what in local.changed : {
          Sid       = "Change${what.sid}"
          Effect    = "Allow"
          Action    = name == "rollback" && contains(keys(local.undone_by), type) ? local.undone_by[type] : tolist(what.write)
          Resource  = local.changed_arn[type]
          Condition = merge(local.by_itself[name], local.owned_by_us[type])
        }
      ],
      !local.revokes_sessions ? [] : [{
        Sid       = "ChangeRoleSessions"
        Effect    = "Allow"
        Action    = tolist([name == "resolve" ? "iam:PutRolePolicy" : "iam:DeleteRolePolicy"])
        Resource  = local.changed_arn["AWS::IAM::Role"]
        Condition = merge(local.by_itself[name], {})
      }]
    )
  }
}
