import AWSClient
import AWSOperations
import Basics
import Findings
import Ledger
import Logging
import LosslessJSON
import Policies

/// Gives a decided request to whoever carries it out: the workflow's task that waits, or the function that asked.
package enum HandingOn {
    /// How it went.
    package enum Answer: Sendable, Equatable {
        case handedOn
        /// Nobody has it: a retry, the sweep or the command line carries it out; with why, as a sentence's end.
        case notHandedOn(why: String)
    }

    /// What is decided is recorded: whatever happens here, nothing is lost.
    static func run(_ request: ApprovalRequest, _ environment: HandlerEnvironment) async -> Answer {
        do throws(HandlerError) {
            if let token = request.asker.taskToken {
                guard let region = request.asker.place(environment) else {
                    return .notHandedOn(why: "AWS_REGION is not set")
                }
                try await endTask(token, with: request.case, region, environment)
                return .handedOn
            }
            guard let function = request.asker.function, let arn = ARN(function), let region = try? Region(arn.region)
            else { return .notHandedOn(why: "no function is known that would carry it out") }
            let event = JSON.object(request.case).serialized()
            try await HandlerError.mapping { () async throws(AWSError) in
                try await environment.aws.call(
                    InvokeAsynchronously(functionARN: function, event: event, region: region)
                )
            }
            return .handedOn
        } catch {
            environment.logger.error(
                "a decision is recorded and was not handed on",
                metadata: ["findingId": .string(request.findingID), "why": .string(error.message)]
            )
            return .notHandedOn(why: error.message)
        }
    }

    /// Ends a workflow's task with a case.
    static func endTask(
        _ token: String,
        with json: JSONObject,
        _ region: Region,
        _ environment: HandlerEnvironment
    ) async throws(HandlerError) {
        let output = JSON.object(json).text()
        do throws(AWSError) {
            try await environment.aws.call(SendTaskSuccess(taskToken: token, output: output, region: region))
        } catch {
            // Step Functions' own words may quote the token.
            let code = error.code ?? error.kind.rawValue
            let waitsNoMore = ["TaskTimedOut", "TaskDoesNotExist", "InvalidToken"].contains(code)
            throw waitsNoMore
                ? HandlerError(.conflictingChange, "the workflow's task waits no more (\(code))")
                : HandlerError(HandlerError(error).kind, "Step Functions did not take the decision (\(code))")
        }
    }
}
