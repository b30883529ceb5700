/// The actions whose name does not tell their level, by service.
///
/// Source: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
let exceptionalLevels: [(service: String, level: AccessLevel, actions: String)] = [
    (
        "s3", .permissions,
        """
        AssociateAccessGrantsIdentityCenter BypassGovernanceRetention CreateAccessGrant \
        CreateAccessGrantsInstance CreateAccessGrantsLocation DeleteAccessGrant DeleteAccessGrantsInstance \
        DeleteAccessGrantsLocation DeleteAccessPointPolicyForObjectLambda DissociateAccessGrantsIdentityCenter \
        ObjectOwnerOverrideToBucketOwner PutAccessPointPolicyForObjectLambda PutAccessPointPublicAccessBlock \
        PutAccountPublicAccessBlock PutBucketOwnershipControls PutBucketPublicAccessBlock \
        UpdateAccessGrantsLocation
        """
    ),
    (
        "s3express", .permissions,
        """
        DeleteAccessPointScope PutAccessPointScope
        """
    ),
    (
        "iam", .list,
        """
        GetAccountSummary GetLoginProfile
        """
    ),
    (
        "iam", .read,
        """
        GenerateCredentialReport GenerateOrganizationsAccessReport GenerateServiceLastAccessedDetails
        """
    ),
    (
        "iam", .write,
        """
        AcceptDelegationRequest AssociateDelegationRequest CreateDelegationRequest DeleteCloudFrontPublicKey \
        DisableOrganizationsRootCredentialsManagement DisableOrganizationsRootSessions \
        DisableOutboundWebIdentityFederation EnableOrganizationsRootCredentialsManagement \
        EnableOrganizationsRootSessions EnableOutboundWebIdentityFederation RejectDelegationRequest \
        SendDelegationToken SetSTSRegionalEndpointStatus UpdateAccountEmailAddress UpdateAccountName \
        UpdateCloudFrontPublicKey UploadCloudFrontPublicKey
        """
    ),
    (
        "sts", .write,
        """
        GetDelegatedAccessToken GetWebIdentityToken
        """
    ),
    (
        "sqs", .read,
        """
        ListDeadLetterSourceQueues ListMessageMoveTasks ListQueueTags ListQueues
        """
    ),
    (
        "sqs", .permissions,
        """
        CreateQueue SetQueueAttributes
        """
    ),
    (
        "lambda", .read,
        """
        ListTags
        """
    ),
    (
        "lambda", .permissions,
        """
        DisableReplication EnableReplication
        """
    ),
    (
        "kms", .permissions,
        """
        CreateGrant RetireGrant RevokeGrant
        """
    ),
    (
        "secretsmanager", .list,
        """
        BatchGetSecretValue
        """
    ),
    (
        "secretsmanager", .read,
        """
        ListSecretVersionIds
        """
    ),
    (
        "elasticfilesystem", .list,
        """
        DescribeAccessPoints DescribeAccountPreferences DescribeFileSystems DescribeReplicationConfigurations
        """
    ),
    (
        "elasticfilesystem", .read,
        """
        ClientMount ListTagsForResource ReplicationRead
        """
    ),
    (
        "elasticfilesystem", .write,
        """
        PutBackupPolicy
        """
    ),
    (
        "ec2", .permissions,
        """
        DisableSnapshotBlockPublicAccess EnableSnapshotBlockPublicAccess ModifySnapshotAttribute \
        ResetSnapshotAttribute
        """
    ),
    (
        "ebs", .read,
        """
        ListChangedBlocks ListSnapshotBlocks
        """
    ),
    (
        "ecr", .list,
        """
        DescribeImages DescribePullThroughCacheRules
        """
    ),
    (
        "ecr", .read,
        """
        ListTagsForResource ValidatePullThroughCacheRule
        """
    ),
    (
        "ecr", .write,
        """
        DeleteLifecyclePolicy PutLifecyclePolicy
        """
    ),
    (
        "rds", .read,
        """
        DescribeRecommendationGroups DescribeRecommendations ListTagsForResource
        """
    ),
    (
        "rds", .tagging,
        """
        AddTagsToResource RemoveTagsFromResource
        """
    ),
    (
        "rds", .permissions,
        """
        AuthorizeDBSecurityGroupIngress ModifyDBClusterSnapshotAttribute ModifyDBSnapshotAttribute
        """
    ),
    (
        "sns", .read,
        """
        CheckIfPhoneNumberIsOptedOut ListPhoneNumbersOptedOut ListTagsForResource
        """
    ),
    (
        "sns", .write,
        """
        PutDataProtectionPolicy
        """
    ),
    (
        "sns", .permissions,
        """
        CreateTopic SetTopicAttributes
        """
    ),
    (
        "dynamodb", .read,
        """
        ConditionCheckItem ListStreams ListTagsOfResource PartiQLSelect ReadDataForReplication
        """
    ),
    (
        "dynamodb", .permissions,
        """
        UpdateAbacStatus
        """
    ),
]
