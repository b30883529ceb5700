import Findings
import Ledger
import Logging
import LosslessJSON
import Messages

extension Case {
    /// The last word that the ledger is to have on the finding.
    func word(mode: String) -> FindingWord {
        FindingWord(
            what: toldAs,
            mode: mode,
            updatedAt: json["finding"]?["updatedAt"]?.string ?? "",
            isFinal: isAnsweredForGood
        )
    }
}

extension HandlerEnvironment {
    /// Records how a finding was answered, for the sweep. Where that fails, a sweep looks at the finding once more.
    func recordWord(on answer: Case) async {
        guard let ledger, !isDryRun else { return }
        do throws(LedgerError) {
            try await ledger.record(answer.word(mode: settings.mode.rawValue), onFinding: answer.finding.id)
        } catch {
            logger.warning("how the finding was answered could not be recorded", metadata: ["why": .string("\(error)")])
        }
    }
}
