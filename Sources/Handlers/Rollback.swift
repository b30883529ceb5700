import AWSOperations
import Basics
import Findings
import Logging
package import LosslessJSON
import Policies

/// Takes our statement for a finding out of the role's trust policy again, in every mode.
///
/// Takes out nothing but a statement that has the finding's Sid and one of our forms.
package func rollback(
    _ input: RollbackInput,
    _ environment: HandlerEnvironment
) async throws(HandlerError) -> JSONObject {
    let findingID = hyphenated(input.findingID)
    var resource = input.resource
    var known: (principal: Principal?, actions: [String])?
    if let finding = input.finding {
        known = (finding.principals.first, finding.actions)
    } else {
        let found: FindingRecord?
        do throws(HandlerError) {
            found = try await findFinding(findingID, analyzer: input.analyzerARN, environment)
        } catch {
            // With the role's ARN the statement is found all the same; it only cannot be compared.
            guard resource != nil else { throw error }
            // What passes by itself must not keep an edited statement from being seen.
            switch error.kind {
            case .throttled, .serviceUnavailable, .deadlineExceeded: throw error
            default: break
            }
            environment.logger.warning("the finding could not be read", metadata: ["why": .string(error.message)])
            found = nil
        }
        if let found, resource == nil || found.resource.map(normalised) == resource {
            resource = found.resource.map(normalised)
            known = (found.principals.first, found.actions ?? [])
        }
    }
    if resource == nil {
        return rollbackAnswer(
            input,
            nil,
            Outcome(
                .refused,
                "No analyzer that was asked knows the finding \(findingID): name the role's ARN as the resource.",
                mode: environment.settings.mode.rawValue
            )
        )
    }
    guard let role = RoleARN(resource ?? "") else {
        guard input.resource == nil || input.finding != nil else {
            throw HandlerError(
                InvalidEvent("resource", "'\((resource ?? "").printable(limit: 200))' is not the ARN of an IAM role")
            )
        }
        let what = "The finding is not about an IAM role, and this version changes nothing else: nothing to undo."
        return rollbackAnswer(input, nil, Outcome(.refused, what, mode: environment.settings.mode.rawValue))
    }
    guard let sid = Deny.sid(forFinding: findingID) else {
        throw HandlerError(InvalidEvent("findingId", "'\(findingID.prefix(200))' is not the id of a finding"))
    }
    let work = RoleRollback(
        findingID: findingID,
        sid: sid,
        role: role,
        input: input,
        known: known,
        environment: environment
    )
    let reader = try await RoleReader(role, environment)
    let (outcome, deny) = try await environment.locks.withLock(role.description) {
        () async throws(HandlerError) -> (Outcome, Deny?) in
        try await work.run(reader)
    }
    return rollbackAnswer(input, (findingID, role, deny), outcome)
}

/// The input with a `finding` that says what is known, so that the answer is a case, and the outcome.
func rollbackAnswer(_ input: RollbackInput, _ known: (id: String, role: RoleARN, deny: Deny?)?, _ outcome: Outcome)
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
