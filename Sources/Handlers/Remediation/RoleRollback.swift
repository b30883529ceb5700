import Findings
import LosslessJSON
import Messages
import Policies

/// Takes our Deny for one finding out of one role's trust policy.
struct RoleRollback {
    let findingID: String
    let sid: String
    let role: RoleARN
    let input: RollbackInput
    /// What the finding is about, where a case or Access Analyzer said it.
    let known: (principal: Principal?, actions: [String])?
    let environment: HandlerEnvironment

    /// What is to be written, or why nothing is.
    private enum Plan {
        case edit(after: PolicyDocument, Deny)
        case over(Outcome, Deny?)
    }

    private var mode: String { environment.settings.mode.rawValue }

    /// The outcome, and the Deny that it is about where there is one.
    func run(_ reader: RoleReader) async throws(HandlerError) -> (Outcome, Deny?) {
        var trusted: TrustedRole
        switch try await reader.read() {
        case .read(let role): trusted = role
        case .refused(let why): return (refused(why), nil)
        case .gone: return (refused("The role \(role.name) does not exist: there is nothing to take out."), nil)
        }
        let writer = TrustPolicyWriter(reader: reader, environment: environment)
        var lostWrites = 0
        for _ in 0..<RoleRemediation.attempts {
            let before = trusted.document
            let after: PolicyDocument
            let deny: Deny
            switch plan(before) {
            case .over(let outcome, let deny): return (outcome, deny)
            case .edit(let edited, let found): (after, deny) = (edited, found)
            }
            if environment.isDryRun { return (outcome(.observed, "would be taken", before, after), deny) }
            let done = outcome(.rolledBack, "was taken", before, after)
            try checkSize(ofAnswer: rollbackAnswer(input, (findingID, role, deny), done))
            switch try await writer.write(after, over: before, isDone: { $0.index(ofSid: sid) == nil }) {
            case .confirmed: return (done, deny)
            case .gone: return (refused("The role \(role.name) no longer exists."), deny)
            case .refused(let why): return (refused(why), deny)
            case .unmodifiable(let why): return (refused("IAM does not let us edit \(role.name): \(why)"), deny)
            case .overwritten(let other): trusted = other
            case .notMade(let same, let error):
                lostWrites += 1
                guard lostWrites < RoleRemediation.lostWrites else {
                    throw HandlerError(
                        .serviceUnavailable,
                        "the statement \(sid) is still in \(role): IAM did not answer the write and shows the document "
                            + "from before; try again. Last: \(error)"
                    )
                }
                trusted = same
            }
        }
        throw HandlerError(.conflictingChange, "somebody keeps writing the statement \(sid) back into \(role)")
    }

    private func plan(_ document: PolicyDocument) -> Plan {
        guard let index = document.index(ofSid: sid) else {
            let why = "holds no statement with the Sid \(sid): there is nothing of ours to take out"
            return .over(refused("The trust policy of \(role.name) \(why)."), nil)
        }
        guard let deny = Deny(recognising: document.statements[index].json, .trustPolicy) else {
            return .over(conflict("it is not as we write it: somebody has edited it"), nil)
        }
        if deniesSomethingElse(deny) {
            return .over(conflict("it denies another principal or other actions than the finding's"), deny)
        }
        if let why = deadPrincipal(in: document, of: role) { return .over(refused(why), deny) }
        do {
            return .edit(after: try document.removing(at: index), deny)
        } catch {
            return .over(refused("The statement \(sid) was not taken out: \(error)."), deny)
        }
    }

    /// Whether the statement differs from what the finding says we wrote. Settings may have been others at that time or
    /// elsewhere, so only the principal and the actions count.
    private func deniesSomethingElse(_ deny: Deny) -> Bool {
        guard let known, let principal = known.principal else { return false }
        if case .everyoneOutside(let accounts) = deny.target {
            guard principal == .everyone, accounts.contains(role.account) else { return true }
        } else if deny.principal != principal {
            return true
        }
        // What Access Analyzer leaves out cannot differ.
        guard !known.actions.isEmpty else { return false }
        let actions = Deny.deniable(known.actions, of: principal, .trustPolicy)
        return Set(actions.map { $0.lowercased() }) != Set(deny.actions.map { $0.lowercased() })
    }

    // MARK: Outcomes

    private func refused(_ why: String) -> Outcome {
        Outcome(.refused, why, mode: mode)
    }

    private func conflict(_ why: String) -> Outcome {
        let what = "The statement \(sid) in the trust policy of \(role.name) was left as it is"
        return Outcome(.conflict, "\(what), because \(why).", mode: mode)
    }

    private func outcome(
        _ status: Outcome.Status,
        _ verb: String,
        _ before: PolicyDocument,
        _ after: PolicyDocument
    ) -> Outcome {
        let left = after.statements.count
        let compared =
            known == nil ? " Access Analyzer could not tell what the finding was about, so nothing was compared." : ""
        return Outcome(
            status,
            "Our Deny (Sid \(sid)) \(verb) out of the trust policy of \(role.name); "
                + (left == 1 ? "1 statement is left as it was." : "\(left) statements are left as they were.")
                + compared + (status == .rolledBack ? " \(OutcomeWords.undone)" : ""),
            mode: mode,
            changes: [trustPolicyChange(role, before, after)]
        )
    }
}
