import Basics

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

extension Outcome {
    /// How it is said that only a part of a change was made.
    package static let partOpening = "The rest was not done"
    /// How the summary of a request begins that nobody has decided about in time.
    package static let lapsedOpening = "Too late: nobody decided"
    /// What the summary holds where somebody overwrites our change again and again.
    package static let overwrittenWords = " times within a day, so it is left."
}

extension Outcome {
    /// Whether a change that was agreed to is still to be made, or the rest of it.
    package var waitsToBeCarriedOut: Bool {
        status == .failed || isHeldBack
            || (status == .refused && approval == nil
                && (isStale || summary.hasPrefix(Outcome.pauseOpening) || summary.holds(Outcome.partOpening)))
    }
}

extension Case {
    /// Which reason nothing was done for, where several may follow each other; empty where nothing was refused.
    package var refusal: String {
        guard let outcome else {
            return decision?.reasons.contains { $0.text.hasPrefix(Reason.brakeOpening) } ?? false ? " brake" : ""
        }
        guard outcome.status == .refused else { return "" }
        if outcome.approval == .isOutdated { return " outdated" }
        if outcome.isStale { return " stale" }
        if outcome.summary.hasPrefix(Outcome.pauseOpening) { return " pause" }
        if outcome.summary.holds(Outcome.coolDownWords) { return " cool-down" }
        if outcome.summary.holds(Outcome.overwrittenWords) { return " overwritten" }
        return outcome.summary.holds(Outcome.partOpening) ? " part" : " other"
    }

    /// Whether the answer is the end of it, until the finding, the mode or the rules change: not where only a brake, a
    /// pause, a cool-down, a failure or a request for approval kept us from more.
    package var isAnsweredForGood: Bool {
        guard let outcome else {
            let isHeld = decision?.reasons.contains { $0.text.hasPrefix(Reason.brakeOpening) } ?? false
            return decision?.action == .ignore || (decision?.action == .notify && !isHeld)
        }
        switch outcome.status {
        case .failed, .awaitingApproval, .deniedApproval, .rolledBack: return false
        case .refused:
            return outcome.approval != .isOutdated && !outcome.isStale
                && !outcome.summary.hasPrefix(Outcome.pauseOpening)
                && !outcome.summary.holds(Outcome.coolDownWords)
                && !outcome.summary.holds(Outcome.partOpening)
        case .archived, .resolved, .alreadyResolved, .observed, .ignored, .exempt, .protected, .conflict: return true
        }
    }
}
