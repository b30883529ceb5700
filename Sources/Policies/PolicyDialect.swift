import Basics
import LosslessJSON

/// What the policy documents of one kind of resource are like: whose actions a Deny may name, on which resources, and
/// what the service takes.
package struct PolicyDialect: Sendable {
    /// What stands in a Deny's `Resource`.
    package enum ResourceElement: Sendable {
        /// There is none.
        case none
        /// Always this.
        case fixed(String)
        /// What the statements name that give the access; these where one of them does not say.
        case granted(otherwise: [String])
    }

    /// A way into a resource on which the service tells nobody apart.
    package struct OpenWay: Sendable {
        /// What every other way fulfils.
        let elsewhere: Deny.Test
        /// Who comes by it, in the middle of a sentence.
        package let whoComes: String

        /// - Parameter key: a condition key that is `true` on this way, and `false` on every other.
        package init(key: String, whoComes: String) {
            elsewhere = Deny.Test("Bool", key, ["false"])
            self.whoComes = whoComes
        }
    }

    /// In a sentence, such as `trust policy`.
    package let name: String
    /// The services whose actions a Deny may name, as actions begin: `sts`, `s3`.
    package let services: [String]
    package let resource: ResourceElement
    /// How many characters a document may have without white space, where nobody has raised the quota.
    package let defaultQuota: Int
    /// How many statements a document may have; `nil` for as many as fit.
    package var statementLimit: Int?
    /// How many actions a statement may have; `nil` for any number.
    package var actionLimit: Int?
    /// The actions that the service takes in a policy; `nil` for all of `services`.
    package var legalActions: [String]?
    /// What a Deny of everybody spares besides, because the service itself lets it in.
    package var spared: [Deny.Test] = []
    /// Whether an account, a user or a role is named by `Principal`, because the service knows no condition for it.
    package var namesByPrincipal = false
    /// A way in on which nobody can be told apart, and that a Deny of everybody leaves as it is; `nil` for none.
    package var openWay: OpenWay?
    /// Whether S3's canonical ids are known.
    package var knowsCanonicalUsers = false
    /// Whether the service refuses a statement in which an action fits none of the resources.
    package var needsFittingActions = false
    /// Whether it is the trust policy of a role.
    package var isTrustPolicy = false
    /// Whether the document may hold characters of ISO 8859-1 alone.
    package var isLatin = true

    package init(name: String, services: [String], resource: ResourceElement, defaultQuota: Int) {
        self.name = name
        self.services = services
        self.resource = resource
        self.defaultQuota = defaultQuota
    }

    /// The trust policy of a role: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    package static let trustPolicy = {
        var dialect = PolicyDialect(name: "trust policy", services: ["sts"], resource: .none, defaultQuota: 2048)
        dialect.isTrustPolicy = true
        return dialect
    }()

    /// Whether the action is one of the dialect's services.
    package func isOfService(_ action: String) -> Bool {
        let action = action.lowercasedASCII
        return services.contains { action.hasPrefix($0 + ":") }
    }

    /// Whether a Deny of ours may name the action: a service and letters, or all actions of the service.
    package func isDeniable(_ action: String) -> Bool {
        let action = action.lowercasedASCII
        guard let service = services.first(where: { action.hasPrefix($0 + ":") }) else { return false }
        let name = action.utf8.dropFirst(service.utf8.count + 1)
        return name.elementsEqual("*".utf8) || (!name.isEmpty && name.allSatisfy(\.isLetterASCII))
    }

    /// The action as the service takes it in a policy: what it means by a star, where only some are taken.
    func legal(_ action: String) -> [String] {
        guard let legalActions else { return [action] }
        let pattern = action.lowercasedASCII
        return legalActions.filter { Wildcards.match(pattern, $0.lowercasedASCII) }
    }

    /// Why the service would not take the document, but for its size; `nil` when it would.
    func objection(to document: PolicyDocument) -> String? {
        if let limit = statementLimit, document.statements.count > limit {
            return "the \(name) would have \(document.statements.count) statements, but may have \(limit)"
        }
        return !isLatin || document.hasOnlyLegalCharacters
            ? nil : "the document holds characters that the service does not take back"
    }
}
