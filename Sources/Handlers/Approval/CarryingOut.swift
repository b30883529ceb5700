import AWSClient
import AWSOperations
package import Findings
package import Ledger
import LosslessJSON

extension HandlerEnvironment {
    /// Gives a decided request to the workflow or the function that waits for it.
    package func handOn(_ request: ApprovalRequest) async -> HandingOn.Answer {
        await HandingOn.run(request, self)
    }

    /// Does here what somebody has agreed to, in every mode, and tells of it.
    package func carryOut(_ request: ApprovalRequest) async throws(HandlerError) -> Case {
        var acting = self
        // By what was decided, whatever mode and rules there are here.
        acting.settings.mode = .approve
        acting.asksAnew = false
        var input = try HandlerError.decoding { () throws(InvalidEvent) in try Case(.object(request.case)) }
        var decision = input.decision ?? Decision(.approve, rule: Decision.noRule, reasons: [])
        decision.action = .approve
        input.decide(decision)
        return try await Pipeline.carriedOut(input, acting.withOwnJournal())
    }

    /// A journal that knows these settings.
    private func withOwnJournal() -> HandlerEnvironment {
        ledger.map { with($0) } ?? self
    }

    /// The ARN of who we are. Throws where AWS does not tell it.
    package func knownIdentity() async throws(HandlerError) -> String {
        guard let region else {
            throw HandlerError(.invalidConfiguration, "AWS_REGION is not set: set it to the region to work in")
        }
        return try await HandlerError.mapping { () async throws(AWSError) in
            try await aws.call(GetCallerIdentity(region: region)).arn
        }
    }
}
