import Basics
import Findings
import Handlers
import LosslessJSON
import Messages
import Synchronization

/// What an invocation does besides answering, kept to be shown.
final class HeardNews: Sendable {
    private let heard = Mutex<[InvocationNews]>([])

    /// All of it so far, in order.
    var all: [InvocationNews] { heard.withLock { $0 } }

    /// How an answer reads that a dry run gave.
    func dryRun(_ answer: JSON) -> Report.DryRun {
        Report.DryRun(of: answer, wouldBe: wouldBe)
    }

    /// What the outcome would be without the dry run, where that is another one.
    var wouldBe: Outcome.Status? {
        all.compactMap { if case .wouldBe(let status) = $0 { status } else { nil } }.last
    }

    /// The environment that tells us.
    func listening(_ environment: HandlerEnvironment) -> HandlerEnvironment {
        var environment = environment
        environment.listener = { news in self.heard.withLock { $0.append(news) } }
        return environment
    }
}

/// An invocation's answer for people: a case, or each of a batch, and what people are told.
struct InvocationReport {
    let answer: JSON
    let heard: HeardNews
    let isDryRun: Bool
    let showsMessage: Bool

    private var news: [InvocationNews] { heard.all }

    var text: String {
        var parts =
            answer["batchItemFailures"]?.array.map(batch) ?? [
                Report.text(answer, dryRun: isDryRun ? heard.dryRun(answer) : nil)
            ]
        if showsMessage, answer["batchItemFailures"] == nil { parts += messages }
        return parts.joined(separator: "\n\n")
    }

    // MARK: A batch

    private func batch(_ failures: [JSON]) -> [String] {
        var parts: [String] = []
        var wouldBe: Outcome.Status?
        for event in news {
            switch event {
            case .wouldBe(let status): wouldBe = status
            case .answered(let records, let answer):
                let json = JSON.object(answer.json)
                let dryRun = isDryRun ? Report.DryRun(of: json, wouldBe: wouldBe) : nil
                parts.append(
                    heading(records, records.count == 1 ? "was answered" : "were answered") + "\n"
                        + Report.text(json, dryRun: dryRun)
                )
                wouldBe = nil
            case .failed(let records, let error):
                parts.append(heading(records, "FAILED") + "\n\(error.type): \(error.message)".printable(lines: 2048))
                wouldBe = nil
            case .skipped(let records, let why):
                parts.append(
                    heading(records, records.count == 1 ? "was not begun" : "were not begun") + "\nbecause \(why)"
                )
            case .message, .notTold: if showsMessage { parts.append(text(event, wouldBe)) }
            }
        }
        guard !failures.isEmpty else { return parts + ["No record failed."] }
        let ids = failures.map { ($0["itemIdentifier"]?.string ?? "-").printable(limit: 200) }
        return parts + ["Failed, and to be tried again by the queue: \(ids.joined(separator: ", "))"]
    }

    private func heading(_ records: [String], _ what: String) -> String {
        let ids = records.map { $0.printable(limit: 200) }.joined(separator: ", ")
        return Terminal.heading("\(records.count == 1 ? "Record" : "Records") \(ids) \(what)")
    }

    // MARK: What people are told

    private var messages: [String] {
        let told = news.filter {
            switch $0 {
            case .message, .notTold: true
            default: false
            }
        }
        guard told.isEmpty else { return told.map { text($0, heard.wouldBe) } }
        return ["Nobody \(isDryRun ? "would be" : "is") told: \(whyNobody)."]
    }

    /// - Parameter wouldBe: what the outcome would be without a dry run: the message that was made speaks of another.
    private func text(_ news: InvocationNews, _ wouldBe: Outcome.Status?) -> String {
        if isDryRun, case .message = news {
            switch wouldBe {
            case nil: break
            case .archived: return "Nobody would be told: what is archived is in the log and the metrics alone."
            case let status?:
                return "People would be told that it is \(status.rawValue), once it is: on an account from a file "
                    + "(--account), which is not changed, --show-message shows the message without --dry-run."
            }
        }
        switch news {
        case .message(let message, let fate):
            let heading =
                switch fate {
                case .sent: "The message that was sent"
                case .noTopic: "The message that nobody gets: GATEHOUSE_TOPIC_ARN is not set"
                case .dryRun: "The message, which is not sent here"
                }
            // A link that decides is for the one who is asked.
            let body = message.secret.map { message.body.replacing(every: $0, with: "(a link)") } ?? message.body
            return "\(Terminal.heading(heading))\nSubject: \(message.subject)\n\n\(body)".printable(lines: 200_000)
        case .notTold(let why): return "Nobody is told: \(why)."
        case .wouldBe, .answered, .failed, .skipped: return ""
        }
    }

    private var whyNobody: String {
        if answer["batchItemFailures"] != nil || answer["finding"] == nil { return "the answer is not about a finding" }
        if let status = answer["outcome"]?["status"]?.string {
            return "\(status.printable(limit: 100)) is in the log and the metrics alone"
        }
        switch answer["decision"]?["action"]?.string {
        case nil: return "nothing is decided yet, which 'gatehouse invoke evaluate' does"
        case "ARCHIVE": return "what is archived is in the log and the metrics alone"
        case "IGNORE": return "a finding that is ignored is in the log and the metrics alone"
        case let action?:
            return
                "people are told what becomes of \(action.printable(limit: 100)), which 'gatehouse invoke resolve' says"
        }
    }
}

extension String {
    /// The text with its line feeds, each line printable.
    fileprivate func printable(lines limit: Int) -> String {
        split(separator: "\n", omittingEmptySubsequences: false).map { line in
            // The escape is ours alone where it stands in a heading.
            line.hasPrefix("\u{1B}[1m==") ? String(line) : String(line).printable(limit: limit)
        }.joined(separator: "\n")
    }
}
