import Basics
import LosslessJSON

/// What the policy documents of one kind of resource are like: whose actions a Deny may name, on which resources, and
/// what the service takes.
package struct PolicyDialect: Sendable {
    /// In a sentence, such as `trust policy`.
    package let name: String
    /// The services whose actions a Deny may name, as actions begin: `sts`, `s3`.
    package let services: [String]
    /// The resources that a Deny names, as ARN patterns; empty where statements have no `Resource`.
    package let resources: [String]
    /// How many characters a document may have without white space, where nobody has raised the quota.
    package let defaultQuota: Int
    /// How many statements a document may have; `nil` for as many as fit.
    package let statementLimit: Int?

    package init(
        name: String,
        services: [String],
        resources: [String],
        defaultQuota: Int,
        statementLimit: Int? = nil
    ) {
        self.name = name
        self.services = services
        self.resources = resources
        self.defaultQuota = defaultQuota
        self.statementLimit = statementLimit
    }

    /// The trust policy of a role: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    package static let trustPolicy = PolicyDialect(
        name: "trust policy",
        services: ["sts"],
        resources: [],
        defaultQuota: 2048
    )

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

    /// Why the service would not take the document, but for its size; `nil` when it would.
    func objection(to document: PolicyDocument) -> String? {
        if let limit = statementLimit, document.statements.count > limit {
            return "the \(name) would have \(document.statements.count) statements, but may have \(limit)"
        }
        return document.hasOnlyLegalCharacters ? nil : "the document holds characters that IAM does not take back"
    }
}
