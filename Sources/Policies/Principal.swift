import Basics
import LosslessJSON

/// Who is meant by one value of a `Principal` element, or by a finding's `principal`.
///
/// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
///
/// Two principals are equal when they are written alike byte by byte, as AWS compares them: `==` on strings would take
/// the Kelvin sign for a K.
package enum Principal: Sendable {
    /// `*`: everybody.
    case everyone
    /// Every identity of an account: twelve digits or the ARN of its `root`.
    case account(String)
    /// An IAM user.
    case user(ARN)
    /// An IAM role, with all its sessions.
    case role(ARN)
    /// One session of a role: `arn:…:sts::account:assumed-role/role/session`.
    case session(ARN, role: String)
    /// What IAM shows in the place of a user or role that has been deleted: `AIDA…`, `AROA…`.
    case uniqueID(String)
    /// An identity provider: an ARN (SAML, OpenID Connect) or a host name.
    case federated(String)
    /// An AWS service, such as `lambda.amazonaws.com`.
    case service(String)
    /// An S3 canonical user id.
    case canonicalUser(String)
    /// Anything that we do not know: the key and the value as they were.
    case unknown(String, String)

    /// Reads `{key: value}` as a policy or a finding writes it.
    package init(key: String, value: String) {
        switch key {
        case "AWS": self = Principal(aws: value)
        case "Federated": self = .federated(value)
        case "Service": self = .service(value)
        case "CanonicalUser": self = .canonicalUser(value)
        default: self = .unknown(key, value)
        }
    }

    private init(aws value: String) {
        if value == "*" {
            self = .everyone
        } else if value.isAccountID {
            self = .account(value)
        } else if isUniqueID(value) {
            self = .uniqueID(value)
        } else if let arn = ARN(value), arn.account.isAccountID {
            self = Principal(arn: arn)
        } else {
            self = .unknown("AWS", value)
        }
    }

    private init(arn: ARN) {
        // Bytes and not characters: a slash with an accent on it is no separator, but not what AWS knows either.
        switch arn.service {
        case "iam" where arn.resource == "root": self = .account(arn.account)
        case "iam" where arn.resource.hasPrefix("user/"): self = .user(arn)
        case "iam" where arn.resource.hasPrefix("role/"): self = .role(arn)
        case "sts" where arn.resource.hasPrefix("assumed-role/"):
            let parts = arn.resource.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            self =
                parts.count == 3 ? .session(arn, role: String(Substring(parts[1]))) : .unknown("AWS", arn.description)
        default: self = .unknown("AWS", arn.description)
        }
    }

    /// The account that the principal belongs to, where its name says so.
    package var account: String? {
        switch self {
        case .account(let id): id
        case .user(let arn), .role(let arn), .session(let arn, _): arn.account
        case .federated(let provider): ARN(provider).map(\.account)
        case .everyone, .uniqueID, .service, .canonicalUser, .unknown: nil
        }
    }

    /// Whether the value was taken as it is, without an account being read from it.
    package var isUnread: Bool {
        switch self {
        case .everyone, .account, .user, .role, .session, .uniqueID: false
        case .federated, .service, .canonicalUser, .unknown: true
        }
    }

    /// Whether it stands for AWS principals, and not for people who come by an identity provider or for services.
    package var isAWS: Bool {
        element.key == "AWS"
    }

    /// The principal as a policy writes it: key and value.
    package var element: (key: String, value: String) {
        switch self {
        case .everyone: ("AWS", "*")
        case .account(let id): ("AWS", id)
        case .user(let arn), .role(let arn), .session(let arn, _): ("AWS", arn.description)
        case .uniqueID(let id): ("AWS", id)
        case .federated(let provider): ("Federated", provider)
        case .service(let name): ("Service", name)
        case .canonicalUser(let id): ("CanonicalUser", id)
        case .unknown(let key, let value): (key, value)
        }
    }
}

extension Principal: Hashable {
    /// Whether both stand for the same, byte by byte.
    package static func == (left: Principal, right: Principal) -> Bool {
        let (left, right) = (left.element, right.element)
        return left.key.hasSameBytes(as: right.key) && left.value.hasSameBytes(as: right.value)
    }

    /// Hashes the principal as a policy writes it.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(element.value)
    }
}

/// Whether the text is one of IAM's unique ids for users and roles.
///
/// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
private func isUniqueID(_ text: String) -> Bool {
    text.utf8.count >= 16 && (text.hasPrefix("AIDA") || text.hasPrefix("AROA"))
        && text.utf8.allSatisfy { $0.isDigitASCII || $0 &- 0x41 < 26 }
}
