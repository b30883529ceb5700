import Basics
import Findings
import Logging
import LosslessJSON

extension HandlerName {
    /// Runs the handler on the bytes of one invocation and gives the answer's bytes.
    package func run(_ event: [UInt8], _ environment: HandlerEnvironment) async throws(HandlerError) -> [UInt8] {
        func input() throws(HandlerError) -> Case {
            let input = try HandlerError.decoding { () throws(InvalidEvent) in try Case(event) }
            environment.metrics.began(input)
            return input
        }
        let answer: JSONObject
        switch self {
        case .enrich, .evaluate, .preview, .archive, .resolve, .verify, .notify:
            answer = try await Pipeline.run(self, on: try input(), environment).json
        case .respond:
            let json = try HandlerError.decoding { () throws(InvalidEvent) in try Case.parse(event) }
            if let batch = try HandlerError.decoding({ () throws(InvalidEvent) in try Batch(json) }) {
                answer = await BatchRun.run(batch, environment)
            } else {
                let input = try HandlerError.decoding { () throws(InvalidEvent) in try Case(json) }
                environment.metrics.began(input)
                answer = try await Pipeline.run(.respond, on: input, environment).json
            }
        case .rollback:
            let input = try HandlerError.decoding { () throws(InvalidEvent) in try RollbackInput(event) }
            answer = try await RollbackRun(input, environment).run()
        case .approve: answer = try await Approving.run(event, environment)
        case .sweep where (try? JSON.parse(event))?["finding"] != nil:
            // What a sweep has asked about comes back to it, once it is decided.
            answer = try await Pipeline.run(.respond, on: try input(), environment).json
        case .sweep:
            var sweep = try SweepRun(
                try HandlerError.decoding { () throws(InvalidEvent) in try Case.parse(event) },
                environment
            )
            answer = try await sweep.run()
        case .report:
            let event = try HandlerError.decoding { () throws(InvalidEvent) in try Case.parse(event) }
            answer = try await ReportRun(event, environment).run()
        }
        OutcomeLog.write(answer, to: environment.logger)
        environment.metrics.answered(answer)
        return JSON.object(answer).serialized()
    }
}
