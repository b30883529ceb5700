/// What a check of a policy may come to.
enum CheckCode: String, CaseIterable {
    case publicAccess = "PUBLIC_ACCESS"
    case outsideAccess = "OUTSIDE_ACCESS"
    case notJudged = "NOT_JUDGED"
    case notAPolicy = "NOT_A_POLICY"
    case awsPublicAccess = "AWS_PUBLIC_ACCESS"
    case awsNewAccess = "AWS_NEW_ACCESS"
    case awsError = "AWS_ERROR"
    case awsSecurityWarning = "AWS_SECURITY_WARNING"
    case awsWarning = "AWS_WARNING"
    case awsSuggestion = "AWS_SUGGESTION"

    /// What it means for the whole.
    enum Weight: Comparable {
        /// Nothing follows from it.
        case told
        /// It could not be judged.
        case open
        /// It would make a finding.
        case finding
    }

    var weight: Weight {
        switch self {
        case .publicAccess, .outsideAccess, .awsPublicAccess, .awsNewAccess, .awsSecurityWarning: .finding
        case .notJudged, .notAPolicy, .awsError: .open
        case .awsWarning, .awsSuggestion: .told
        }
    }

    /// How code scanning shows it.
    var level: SARIFLog.Level {
        switch self {
        case .awsWarning: .warning
        case .awsSuggestion: .note
        default: .error
        }
    }

    /// In camel case, as code scanning wants it.
    var name: String { "\(self)" }

    var title: String {
        switch self {
        case .publicAccess: "The policy lets in everybody"
        case .outsideAccess: "The policy lets in somebody outside the zone of trust"
        case .notJudged: "A statement cannot be judged"
        case .notAPolicy: "The file is not a policy of a resource"
        case .awsPublicAccess: "AWS says that the policy lets in the public"
        case .awsNewAccess: "AWS says that the policy lets in more than the one it was compared with"
        case .awsError: "AWS says that the policy is none that it takes"
        case .awsSecurityWarning: "AWS warns of what the policy permits"
        case .awsWarning: "AWS warns of how the policy is written"
        case .awsSuggestion: "AWS suggests to write the policy otherwise"
        }
    }

    var help: String {
        switch self {
        case .publicAccess:
            "Name the accounts, users or roles that are meant in Principal, or add a condition on who they are, such as "
                + "aws:PrincipalOrgID. Access Analyzer would report the access as public."
        case .outsideAccess:
            "Access Analyzer would report the access. If it is meant, let a rule of yours archive its finding; if the account "
                + "is one of yours, name it with --trusted."
        case .notJudged:
            "What decides is unknown here: write the condition so that it can be judged, give --account, or let AWS be asked "
                + "by credentials that may."
        case .notAPolicy:
            "Give the JSON text of a resource's policy: an object with Version and Statement, each statement with Principal."
        case .awsPublicAccess: "CheckNoPublicAccess of IAM Access Analyzer answered FAIL."
        case .awsNewAccess: "CheckNoNewAccess of IAM Access Analyzer answered FAIL."
        case .awsError, .awsSecurityWarning, .awsWarning, .awsSuggestion:
            "A finding of IAM Access Analyzer's ValidatePolicy; the address in the message explains it."
        }
    }
}
