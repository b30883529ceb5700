import AWSClient
import AWSOperations
import Policies

/// How a write of a trust policy ended.
enum WriteResult {
    /// Written, and read back.
    case confirmed
    /// Our change is not there: somebody else's document is.
    case overwritten(TrustedRole)
    /// The answer was lost and the document is the one from before: the write was not made.
    case notMade(TrustedRole, AWSError)
    /// The role is no longer there.
    case gone
    /// IAM takes no such document, or no edit of this role; nothing was changed.
    case refused(String)
    /// Only AWS may edit this role; nothing was changed.
    case unmodifiable(String)
}

/// Writes a role's trust policy and reads back until it is there.
struct TrustPolicyWriter {
    let reader: RoleReader
    let environment: HandlerEnvironment

    /// IAM is eventually consistent: a change shows after a moment. In all about six seconds; when the
    /// write's answer was lost, a second and a half, because it may never have been made and can be made again.
    private static let pauses: [Duration] = [
        .zero, .milliseconds(100), .milliseconds(200), .milliseconds(400), .milliseconds(800), .milliseconds(1600),
        .milliseconds(3200),
    ]

    /// Writes `after` in the place of `before`.
    ///
    /// - Parameter isDone: whether a document that was read back holds what was to be done.
    func write(
        _ after: PolicyDocument,
        over before: PolicyDocument,
        isDone: (PolicyDocument) -> Bool
    ) async throws(HandlerError) -> WriteResult {
        var lost: AWSError?
        do throws(AWSError) {
            _ = try await reader.iam.call(
                UpdateAssumeRolePolicy(
                    roleName: reader.arn.name,
                    policyDocument: after.text,
                    partition: reader.partition
                )
            )
        } catch {
            if let result = result(of: error) { return result }
            // The answer was lost: whether the change was made shows when it is read back.
            guard error.outcomeUnknown else { throw HandlerError(error) }
            lost = error
        }
        return try await readBack(
            before: before,
            lost: lost,
            isDone: isDone
        )
    }

    private func result(of error: AWSError) -> WriteResult? {
        // What another call says, such as AssumeRole for the credentials, is nothing about the document.
        guard error.operation == UpdateAssumeRolePolicy.name, error.service == AWSService.iam.id else { return nil }
        switch error.code {
        case "NoSuchEntity":
            return .gone
        case "MalformedPolicyDocument", "ValidationError", "InvalidInput":
            return .refused("IAM rejected the new trust policy (\(error.message)). Nothing was changed.")
        case "LimitExceeded":
            return .refused("IAM says that the new trust policy is too long (\(error.message)). Nothing was changed.")
        case "UnmodifiableEntity":
            return .unmodifiable(error.message)
        default:
            return nil
        }
    }

    private func readBack(
        before: PolicyDocument,
        lost: AWSError?,
        isDone: (PolicyDocument) -> Bool
    ) async throws(HandlerError) -> WriteResult {
        var last: Result<RoleReading, HandlerError>?
        // A replica may be behind and answer any older document: only what is still there at the end counts.
        for pause in lost != nil ? Self.pauses.prefix(5) : Self.pauses[...] {
            if pause > .zero { try await environment.wait(pause, for: "the change of \(reader.arn)") }
            do throws(HandlerError) {
                let reading = try await reader.read()
                if case .read(let role) = reading, isDone(role.document) { return .confirmed }
                last = .success(reading)
            } catch {
                // The change may be there: one answer that fails is no reason to stop looking.
                guard error.kind != .deadlineExceeded else { throw error }
                last = .failure(error)
            }
        }
        let role: TrustedRole
        switch last {
        case .success(.read(let read)): role = read
        case .success(.gone): return .gone
        case .success(.refused(let why)): throw HandlerError(.conflictingChange, "after the write: \(why)")
        case .failure(let error): throw unread(error, wasAnswered: lost == nil)
        case nil: throw HandlerError(.internalError, "the trust policy was never read back")
        }
        guard role.document == before else { return .overwritten(role) }
        guard let lost else {
            throw HandlerError(
                .serviceUnavailable,
                "IAM took the change of \(reader.arn) but shows the document from before: it is late, or somebody wrote "
                    + "that document back; a retry finds out"
            )
        }
        return .notMade(role, lost)
    }

    /// A retry finds out, and tells: so whatever kept us from reading, it is an error that is retried.
    private func unread(_ error: HandlerError, wasAnswered: Bool) -> HandlerError {
        let what =
            wasAnswered ? "IAM took the change of \(reader.arn)" : "the change of \(reader.arn) may have been made"
        let kind: HandlerError.Kind = error.kind == .throttled ? .throttled : .serviceUnavailable
        return HandlerError(kind, "\(what), but it could not be read back: \(error.message); a retry finds out")
    }
}
