import Basics

/// What AWS's error codes mean, by the names that the service models and SDKs use for it. A code decides before the
/// status does: services answer throttling with 400, 429, 503 and others.
enum ErrorCodes {
    /// https://docs.aws.amazon.com/general/latest/gr/api-retries.html and the throttling codes of the SDKs.
    static let throttling: Set<String> = [
        "BandwidthLimitExceeded", "EC2ThrottledException", "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException", "RequestLimitExceeded", "RequestThrottled",
        "RequestThrottledException", "SlowDown", "ThrottledException", "Throttling", "ThrottlingException",
        "TooManyRequestsException", "TooManyRequests", "TransactionInProgressException", "KMSThrottlingException",
        "RequestThrottledFault", "Throttled", "TransactionConflictException", "ReplicatedWriteConflictException",
    ]

    /// Why DynamoDB cancels a transaction that may well be taken when it is sent again.
    static let passingCancellations: Set<String> = [
        "None", "TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded",
    ]

    static let denied: Set<String> = [
        "AccessDenied", "AccessDeniedException", "AuthorizationError", "AuthorizationErrorException", "AuthFailure",
        "UnauthorizedOperation", "UnauthorizedAccess", "NotAuthorized", "NotAuthorizedException", "Forbidden",
        "ForbiddenException", "OptInRequired", "InvalidClientTokenId", "UnrecognizedClientException",
        "MissingAuthenticationToken", "MissingAuthenticationTokenException", "IncompleteSignature",
        "IncompleteSignatureException", "InvalidAccessKeyId", "InvalidSignatureException", "SignatureDoesNotMatch",
        "AllAccessDisabled", "AccountProblem", "KMSAccessDenied", "KMSAccessDeniedException", "InvalidSecurity",
    ]

    /// What a service says of a thing that is not there. Only a code means that: a status of 404 or 410 without one
    /// comes from a proxy, another service, or a wrong path.
    static let notFound: Set<String> = [
        "NoSuchEntity", "NoSuchEntityException", "NotFound", "NotFoundException", "ResourceNotFoundException",
        "ResourceNotFound", "NoSuchBucket", "NoSuchKey", "NoSuchBucketPolicy", "NoSuchPublicAccessBlockConfiguration",
        "NoSuchTagSet", "QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue", "PolicyNotFound",
        "PolicyNotFoundException", "RepositoryNotFoundException", "RepositoryPolicyNotFoundException",
        "FileSystemNotFound", "InvalidSnapshot.NotFound", "DBSnapshotNotFound", "DBSnapshotNotFoundFault",
        "DBClusterSnapshotNotFoundFault", "ParameterNotFound", "OwnershipControlsNotFoundError",
    ]

    static let unavailable: Set<String> = [
        "InternalError", "InternalFailure", "InternalServerError", "InternalServerException", "InternalServiceError",
        "InternalErrorException", "ServiceUnavailable", "ServiceUnavailableException", "ServiceFailure",
        "ServiceFailureException", "RequestTimeout", "RequestTimeoutException", "TransientError", "Unavailable",
        "KMSInternal", "KMSInternalException", "IDPCommunicationError",
    ]

    /// The session token is past its end: others may do.
    static let expiredCredentials: Set<String> = [
        "ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired",
    ]

    /// The signature's date is too far from the service's clock.
    static let clockSkew: Set<String> = [
        "RequestTimeTooSkewed", "RequestInTheFuture", "RequestExpired", "ClockSkew",
    ]

    /// An answer that means the date was wrong although its code says something wider.
    static func meansClockSkew(code: String, message: String) -> Bool {
        if clockSkew.contains(code) { return true }
        guard ["SignatureDoesNotMatch", "InvalidSignatureException", "AuthFailure", "AccessDenied"].contains(code)
        else {
            return false
        }
        return message.holds("Signature expired") || message.holds("Signature not yet current")
            || message.holds("is too far in the future") || message.holds("Request has expired")
    }

    /// Codes whose messages show how the request was signed.
    static let aboutSignature: Set<String> = [
        "SignatureDoesNotMatch", "InvalidSignatureException", "InvalidSignature", "IncompleteSignature",
        "IncompleteSignatureException", "AuthorizationHeaderMalformed", "AuthorizationQueryParametersError",
        "MissingAuthenticationToken", "MissingAuthenticationTokenException",
    ]

    /// Whether a code only ever means that a call failed, so that it may be believed whoever says it.
    static func isFailureAlone(_ code: String) -> Bool {
        throttling.contains(code) || denied.contains(code) || unavailable.contains(code)
            || expiredCredentials.contains(code) || clockSkew.contains(code)
    }

    /// What an answer that says no means.
    ///
    /// - Parameter reasons: those of a cancelled transaction.
    static func kind(code: String?, status: Int, reasons: [String] = []) -> AWSError.Kind {
        if let code {
            if code == "TransactionCanceledException", !reasons.isEmpty,
                reasons.allSatisfy(passingCancellations.contains)
            {
                return .throttled
            }
            if throttling.contains(code) { return .throttled }
            if denied.contains(code) || expiredCredentials.contains(code) || clockSkew.contains(code) {
                return .accessDenied
            }
            if notFound.contains(code) { return .notFound }
            if unavailable.contains(code) { return .unavailable }
        }
        switch status {
        case 429: return .throttled
        case 401, 403, 407: return .accessDenied
        case 408, 500...: return .unavailable
        case 404, 410: return code == nil ? .unavailable : .rejected
        default: return .rejected
        }
    }
}
