/// The handlers that this version has, by the name in `_HANDLER`.
package enum HandlerName: String, Sendable, CaseIterable {
    /// Finds out what the resource is.
    case enrich
    /// Decides by the rules.
    case evaluate
    /// Asks Access Analyzer beforehand.
    case preview
    /// Archives what is intended.
    case archive
    /// Blocks what is to be blocked.
    case resolve
    /// Tells people.
    case notify
    /// The whole way.
    case respond
    /// Asks whether what was blocked is gone.
    case verify
    /// Undoes a change.
    case rollback
    /// Asks a person, and serves the page where they decide.
    case approve
    /// Finds what events missed.
    case sweep
    /// Tells people what was answered in the last week.
    case report

    /// The handler of that name. Throws `InvalidConfiguration` naming those that there are.
    package init(setting: String?) throws(HandlerError) {
        guard let handler = setting.flatMap(HandlerName.init(rawValue:)) else {
            let names = HandlerName.allCases.map(\.rawValue).joined(separator: ", ")
            throw HandlerError(
                .invalidConfiguration,
                "_HANDLER, or a container image's command, is '\((setting ?? "").prefix(100))' "
                    + "but must be one of: \(names)"
            )
        }
        self = handler
    }
}
