import AWSOperations
import Findings
package import LosslessJSON
import Policies

/// Takes our statement for a finding out of the role's trust policy again, in every mode.
///
/// Takes out nothing but a statement that has the finding's Sid and one of our forms.
package func rollback(
    _ input: RollbackInput,
    _ environment: HandlerEnvironment
) async throws(HandlerError) -> JSONObject {
    var findingID = input.findingID
    var resource = input.resource
    if resource == nil {
        guard let found = try await findFinding(input, environment) else {
            return answer(
                input,
                nil,
                Outcome(
                    .refused,
                    "No analyzer that was asked knows the finding \(findingID): name the role's ARN as the resource.",
                    mode: environment.settings.mode.rawValue
                )
            )
        }
        findingID = found.id
        resource = found.resource.map(normalised)
    }
    guard let role = RoleARN(resource ?? "") else {
        guard input.resource == nil || input.finding != nil else {
            throw HandlerError(
                InvalidEvent("resource", "'\(plain(resource ?? "", limit: 200))' is not the ARN of an IAM role")
            )
        }
        let what = "The finding is not about an IAM role, and this version changes nothing else: nothing to undo."
        return answer(input, nil, Outcome(.refused, what, mode: environment.settings.mode.rawValue))
    }
    guard let sid = Deny.sid(forFinding: findingID) else {
        throw HandlerError(InvalidEvent("findingId", "'\(findingID.prefix(200))' is not the id of a finding"))
    }
    let work = RoleRollback(findingID: findingID, sid: sid, role: role, input: input, environment: environment)
    let reader = try await RoleReader(role, environment)
    let (outcome, deny) = try await environment.locks.withLock(role.description) {
        () async throws(HandlerError) -> (Outcome, Deny?) in
        try await work.run(reader)
    }
    return answer(input, (findingID, role, deny), outcome)
}

/// The input with a `finding` that says what is known, so that the answer is a case, and the outcome.
private func answer(_ input: RollbackInput, _ known: (id: String, role: RoleARN, deny: Deny?)?, _ outcome: Outcome)
    -> JSONObject
{
    var json = input.json
    if input.finding == nil, let known {
        var finding = JSONObject([
            ("id", .string(known.id)), ("kind", .string(FindingKind.externalAccess.rawValue)),
            ("status", "UNKNOWN"), ("resource", .string(known.role.description)),
            ("resourceType", .string(Finding.roleType)), ("accountId", .string(known.role.account)),
        ])
        if let analyzer = input.analyzerARN { finding["analyzerArn"] = .string(analyzer.description) }
        if let deny = known.deny {
            let (key, value) = deny.principal.element
            finding["principal"] = .object(JSONObject([(key, .string(value))]))
            finding["actions"] = .array(deny.actions.map(JSON.string))
        }
        json["finding"] = .object(finding)
    }
    json["outcome"] = .object(outcome.json)
    return json
}

/// The rollback of one finding on one role.
private struct RoleRollback {
    let findingID: String
    let sid: String
    let role: RoleARN
    let input: RollbackInput
    let environment: HandlerEnvironment

    private var mode: String { environment.settings.mode.rawValue }

    /// The outcome, and the Deny that it is about where there is one.
    func run(_ reader: RoleReader) async throws(HandlerError) -> (Outcome, Deny?) {
        guard case .read(var trusted) = try await reader.read() else {
            return (try await unreadable(reader), nil)
        }
        for _ in 0..<4 {
            let document = trusted.document
            guard let index = document.index(ofSid: sid) else {
                return (
                    refused(
                        "The trust policy of \(role.name) holds no statement with the Sid \(sid): "
                            + "there is nothing of ours to take out."
                    ), nil
                )
            }
            guard let deny = Deny(recognising: document.statements[index].json) else {
                return (conflict("it is not as we write it: somebody has edited it"), nil)
            }
            if let why = difference(deny) { return (conflict(why), deny) }
            if let dead = document.deadPrincipals.first {
                return (
                    refused(
                        "The trust policy of \(role.name) names \(dead.id), the id of a deleted user or role, in "
                            + "\(dead.statement), and IAM refuses every write of such a document: clean that up first."
                    ), deny
                )
            }
            let after: PolicyDocument
            do {
                after = try document.removing(at: index)
            } catch {
                return (refused("The statement \(sid) was not taken out: \(error)."), deny)
            }
            if environment.isDryRun { return (outcome(.observed, "would be taken", document, after), deny) }
            let done = outcome(.rolledBack, "was taken", document, after)
            if let finding = input.finding, let whole = try? Case(.object(input.json)), finding == whole.finding {
                try checkAnswerSize(whole, with: done)
            }
            let writer = TrustPolicyWriter(reader: reader, environment: environment)
            let result = try await writer.write(after, over: document) { $0.index(ofSid: sid) == nil }
            switch result {
            case .confirmed(let now): return (outcome(.rolledBack, "was taken", document, now), deny)
            case .gone: return (refused("The role \(role.name) no longer exists."), deny)
            case .refused(let why): return (refused(why), deny)
            case .unmodifiable(let why): return (refused("IAM does not let us edit \(role.name): \(why)"), deny)
            case .overwritten(let other): trusted = other
            }
        }
        throw HandlerError(.conflictingChange, "somebody keeps writing the statement \(sid) back into \(role)")
    }

    private func unreadable(_ reader: RoleReader) async throws(HandlerError) -> Outcome {
        switch try await reader.read() {
        case .refused(let why): refused(why)
        case .gone: refused("The role \(role.name) does not exist: there is nothing to take out.")
        case .read: throw HandlerError(.conflictingChange, "the role \(role) appeared only now; try again")
        }
    }

    /// How the statement differs from what a case says we wrote.
    private func difference(_ deny: Deny) -> String? {
        guard let finding = input.finding, finding.isResolvable, let principal = finding.principals.first else {
            return nil
        }
        let actions = finding.actions.filter(Deny.isDeniableAction)
        let planned = try? Deny.planned(
            finding: finding.id,
            principal: principal,
            actions: actions,
            conditionKeys: [],
            zone: environment.settings.zone(of: role.account)
        )
        guard let planned, case .everyoneOutside = planned.target else {
            return planned.map { $0.deniesTheSame(as: deny) } == false
                ? "it denies another principal or other actions than the finding's" : nil
        }
        return nil
    }

    private func refused(_ why: String) -> Outcome {
        Outcome(.refused, why, mode: mode)
    }

    private func conflict(_ why: String) -> Outcome {
        Outcome(
            .conflict,
            "The statement \(sid) in the trust policy of \(role.name) was left as it is, because \(why).",
            mode: mode
        )
    }

    private func outcome(
        _ status: Outcome.Status,
        _ verb: String,
        _ before: PolicyDocument,
        _ after: PolicyDocument
    ) -> Outcome {
        let left = after.statements.count
        return Outcome(
            status,
            "Our Deny (Sid \(sid)) \(verb) out of the trust policy of \(role.name); "
                + "\(left) \(left == 1 ? "statement is" : "statements are") left as they were.",
            mode: mode,
            changes: [trustPolicyChange(role, before, after)]
        )
    }
}
