package import Findings
package import LosslessJSON

/// What of a finding says which remedies close its access.
package struct AccessToClose: Sendable {
    /// Where Access Analyzer says that it comes from; empty where it does not say.
    package let sources: [JSON]
    package let isPublic: Bool
    /// How the rule wants it closed; `nil` where it does not say.
    package let means: Decision.Means?

    package init(sources: [JSON], isPublic: Bool, means: Decision.Means?) {
        self.sources = sources
        self.isPublic = isPublic
        self.means = means
    }
}

/// A remedy, and which of an access's sources it closes.
package struct ChosenRemedy: Sendable {
    package let remedy: any Remedy
    package let sources: [JSON]

    package init(_ remedy: any Remedy, closes sources: [JSON]) {
        self.remedy = remedy
        self.sources = sources
    }
}
