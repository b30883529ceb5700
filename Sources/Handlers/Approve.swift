import AWSClient
import Basics
import Findings
import Ledger
import Logging
import LosslessJSON

/// Asks people about a change for a workflow that waits, and serves the page where they decide.
enum Approving {
    /// The answer to one invocation: an HTTP response to a function URL's request, else the case.
    static func run(_ event: [UInt8], _ environment: HandlerEnvironment) async throws(HandlerError) -> JSONObject {
        let json = try HandlerError.decoding { () throws(InvalidEvent) in try Case.parse(event) }
        guard !FunctionURLRequest.isOne(json) else { return await ApprovalSite(environment).answer(json) }
        guard let token = json["taskToken"]?.string, !token.isEmpty else {
            throw HandlerError(
                InvalidEvent(
                    "taskToken",
                    "is missing: approve takes the request of a function URL, or {\"taskToken\", \"case\"} from the workflow"
                )
            )
        }
        guard let given = json["case"] else { throw HandlerError(InvalidEvent("case", "is missing")) }
        let input = try HandlerError.decoding { () throws(InvalidEvent) in try Case(given) }
        environment.metrics.began(input)
        return try await ask(about: input, token, environment).json
    }

    private static func ask(
        about input: Case,
        _ token: String,
        _ environment: HandlerEnvironment
    ) async throws(HandlerError) -> Case {
        guard input.outcome?.status == .awaitingApproval else {
            throw HandlerError(
                InvalidEvent("case.outcome", "is not AWAITING_APPROVAL: approve takes the case as resolve answers it")
            )
        }
        guard let asking = Asking(environment) else {
            throw HandlerError(.invalidConfiguration, "approvals need a ledger: set GATEHOUSE_LEDGER_TABLE")
        }
        guard
            let asked = try await asking.ask(
                about: input,
                ApprovalRequest.Asker(taskToken: token, region: environment.region?.name)
            )
        else {
            return try await goOn(input, token, environment)
        }
        let told = try await Notification.run(asked, comesAgain: true, environment)
        await environment.recordWord(on: told)
        return told
    }

    /// Somebody has decided since the change was planned: the workflow goes on at once, and finds out how.
    private static func goOn(
        _ input: Case,
        _ token: String,
        _ environment: HandlerEnvironment
    ) async throws(HandlerError) -> Case {
        guard let region = environment.region else {
            throw HandlerError(.invalidConfiguration, "AWS_REGION is not set: set it to the region of the workflow")
        }
        var json = input.json
        json["outcome"] = nil
        try await HandingOn.endTask(token, with: json, region, environment)
        return input
    }
}
