import AWSClient
import AWSOperations
import Basics
import Findings
import Ledger
import Logging
import LosslessJSON
import Policies

extension SweepRun {
    mutating func handOn(_ input: Case) async throws(HandlerError) {
        guard handed.insert(input.finding.id).inserted else { return }
        guard let machine = environment.settings.stateMachine else {
            let answer = try await Pipeline.run(.respond, on: input, environment).json
            OutcomeLog.write(answer, to: environment.logger)
            environment.metrics.counted(answer, after: input)
            counts.started += 1
            return
        }
        let name = try await executionName(input)
        let region: Region
        do {
            region = try Region(machine.region)
        } catch {
            throw HandlerError(.invalidConfiguration, "GATEHOUSE_STATE_MACHINE_ARN: \(error.message)")
        }
        let aws = environment.aws
        do throws(AWSError) {
            try await aws.call(
                StartExecution(
                    stateMachineARN: machine.description,
                    executionName: name,
                    input: JSON.object(input.json).text(),
                    region: region
                )
            )
            counts.started += 1
        } catch {
            guard error.isAnswer("ExecutionAlreadyExists", to: StartExecution.self) else { throw HandlerError(error) }
            counts.known += 1
        }
    }

    /// The same for the same attempt at the same state of a finding, so that nothing is started twice.
    func executionName(_ input: Case) async throws(HandlerError) -> String {
        let id = input.finding.id
        var attempt = 1
        if let ledger = environment.ledger {
            attempt = try await HandlerError.ofLedger { () async throws(LedgerError) in
                try await ledger.attempt(onFinding: id)
            }
        }
        let updated = input.json["finding"]?["updatedAt"]?.string ?? ""
        let name = "sweep-\(id)-\(updated)-\(attempt)"
        let plain = String(
            name.unicodeScalars.map { scalar in
                let isPlain = scalar.isASCII && (scalar.properties.isAlphabetic || (48...57).contains(scalar.value))
                return isPlain || scalar == "-" ? Character(scalar) : "_"
            }
        )
        // As long as Step Functions takes it; the end tells attempts apart.
        return String(plain.suffix(80))
    }

    mutating func report(_ why: String, _ finding: String) {
        counts.failed += 1
        environment.logger.error(
            "a finding could not be swept",
            metadata: ["findingId": .string(finding.printable(limit: 200)), "why": .string(why.printable(limit: 2000))]
        )
    }
}
