extension Outcome {
    /// How the summary begins where all changes were stopped.
    package static let pauseOpening = "Changes are paused since "
    /// What the summary holds where somebody has given the access back.
    package static let coolDownWords = " gave this access back on "
}

extension Reason {
    /// How a reason begins where too many changes were made in an hour.
    package static let brakeOpening = "The brake holds: "
}

extension Case {
    /// Whether the answer is the end of it, until the finding, the mode or the rules change: not where only a brake, a
    /// pause, a cool-down, a failure or an undecided request kept us from more.
    package var isAnsweredForGood: Bool {
        guard let outcome else {
            let isHeld = decision?.reasons.contains { $0.text.hasPrefix(Reason.brakeOpening) } ?? false
            return decision?.action == .ignore || (decision?.action == .notify && !isHeld)
        }
        switch outcome.status {
        case .failed, .awaitingApproval, .rolledBack: return false
        case .deniedApproval: return true
        case .refused:
            return !outcome.isStale && !outcome.summary.hasPrefix(Outcome.pauseOpening)
                && !outcome.summary.contains(Outcome.coolDownWords)
        case .archived, .resolved, .alreadyResolved, .observed, .ignored, .exempt, .protected, .conflict: return true
        }
    }
}
