import AWSOperations
import Basics
import Findings
import Logging
package import LosslessJSON
import Policies
import ResourceTypes

/// Takes our change for a finding back, in every mode; never more than what is ours.
package struct RollbackRun: Sendable {
    let input: RollbackInput
    let environment: HandlerEnvironment
    private let findingID: String

    package init(_ input: RollbackInput, _ environment: HandlerEnvironment) {
        self.input = input
        self.environment = environment
        findingID = input.hyphenatedFindingID
    }

    /// The input as a case with what came of it.
    package func run() async throws(HandlerError) -> JSONObject {
        let (resource, known) = try await lookedUp()
        guard let resource else {
            return refused(
                "No analyzer that was asked knows the finding \(findingID): name the role's ARN as the resource."
            )
        }
        if let name = ARN(resource)?.partition, Partition(rawValue: name) == nil {
            return refused(Partition.unsupported(name))
        }
        guard let arn = ARN(resource), let partition = Partition(rawValue: arn.partition),
            let (type, remedy) = KnownResourceTypes.remedy(for: arn, partition)
        else {
            guard input.resource == nil || input.finding != nil else {
                throw HandlerError(
                    InvalidEvent("resource", "'\(resource.printable(limit: 200))' is not the ARN of an IAM role")
                )
            }
            return refused(
                "The finding is not about an IAM role, and this version changes nothing else: nothing to undo."
            )
        }
        guard Deny.sid(forFinding: findingID) != nil else {
            throw HandlerError(InvalidEvent("findingId", "'\(findingID.prefix(200))' is not the id of a finding"))
        }
        return try await undo(known, type, remedy)
    }

    private func undo(
        _ known: ClosedAccess?,
        _ type: ResourceType,
        _ remedy: some Remedy
    ) async throws(HandlerError) -> JSONObject {
        let undo = Undo(
            findingID: findingID,
            input: input,
            known: known,
            type: type,
            remedy: remedy,
            environment: environment
        )
        return try await undo.run()
    }

    private func refused(_ why: String) -> JSONObject {
        input.result(Outcome(.refused, why, mode: environment.settings.mode.rawValue))
    }

    /// The resource, and what the finding is about: from the input, else from Access Analyzer.
    private func lookedUp() async throws(HandlerError) -> (resource: String?, known: ClosedAccess?) {
        if let finding = input.finding {
            return (input.resource, ClosedAccess(principal: finding.principals.first, actions: finding.actions))
        }
        guard let found = try await record() else { return (input.resource, nil) }
        let resource = found.resource.map(\.normalised)
        guard input.resource == nil || resource == input.resource else { return (input.resource, nil) }
        return (resource, ClosedAccess(principal: found.principals.first, actions: found.actions ?? []))
    }

    private func record() async throws(HandlerError) -> FindingRecord? {
        do throws(HandlerError) {
            return try await FindingSearch(environment: environment).finding(findingID, of: input.analyzerARN)
        } catch {
            // With the resource's ARN what is ours is found all the same; it only cannot be compared.
            guard input.resource != nil else { throw error }
            // What passes by itself must not keep an edited statement from being seen.
            switch error.kind {
            case .throttled, .serviceUnavailable, .deadlineExceeded: throw error
            default: break
            }
            environment.logger.warning("the finding could not be read", metadata: ["why": .string(error.message)])
            return nil
        }
    }
}

extension RollbackInput {
    /// The finding's id as AWS writes it: a UUID typed without hyphens gets them back, everything else stays as typed.
    fileprivate var hyphenatedFindingID: String {
        let bytes = Array(findingID.utf8)
        guard bytes.count == 32, bytes.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else {
            return findingID
        }
        let ends = [0, 8, 12, 16, 20, 32]
        let parts = zip(ends, ends.dropFirst()).map { String(decoding: bytes[$0..<$1], as: UTF8.self) }
        return parts.joined(separator: "-")
    }
}
