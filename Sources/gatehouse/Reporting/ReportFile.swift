import Basics
import Handlers
import LosslessJSON
import Rules

/// What the functions logged, or cases, from a file: a line each.
struct ReportFile {
    private(set) var tally: ReportTally
    private var lines = 0
    private var cases = 0
    private var others = 0

    /// Counts all lines of the file at `path`; `-` is standard input.
    init(_ path: String, since: Timestamp?, until: Timestamp?) throws {
        tally = ReportTally(since: since, until: until)
        let source = try BlockReader(path)
        var splitter = LineSplitter(limit: Replay.lineLimit)
        var isAtEnd = false
        while !isAtEnd {
            isAtEnd = try source.next { (block) throws(CommandError) in
                splitter.feed(block) { (line) in take(line) }
            }
        }
        splitter.finish { (line) in take(line) }
        guard lines == others else { return }
        throw CommandError(
            "\(Terminal.name(path)) holds no line that the functions log about a finding, and no case: give lines as "
                + "'aws logs tail GROUP --since 7d' or 'gatehouse rules run' print them"
        )
    }

    /// Where the figures are from.
    func source(_ path: String) -> ActivityReport.Source {
        var notes = ["What is not in the file, such as what its log group no longer held."]
        if cases > 0 {
            notes.append(
                "When the \(cases) cases were answered: a case does not say it, so that they count for every period."
            )
        }
        if others > 0 {
            notes.append("What the \(others) other lines say: they are no metric lines about a finding, and no cases.")
        }
        return ActivityReport.Source(name: "\(Terminal.name(path)): \(lines) lines", lines: lines, notes: notes)
    }

    private mutating func take(_ line: Line) {
        guard case .whole(let bytes) = line else {
            lines += 1
            others += 1
            return
        }
        // 'aws logs tail' writes a time and a stream before what was logged.
        guard let begin = bytes.firstIndex(of: UInt8(ascii: "{")) else {
            if bytes.contains(where: { $0 > 0x20 }) {
                lines += 1
                others += 1
            }
            return
        }
        lines += 1
        guard var json = try? JSON.parse(Array(bytes[begin...])) else {
            others += 1
            return
        }
        // An event as 'aws logs filter-log-events' has it.
        if json["_aws"] == nil, let message = json["message"]?.string, message.hasPrefix("{"),
            let inner = try? JSON.parse(Array(message.utf8))
        {
            json = inner
        }
        if let entry = ReportEntry(metricLine: json) {
            tally.take(entry)
        } else if let entry = ReportEntry(case: json) {
            cases += 1
            tally.take(entry)
        } else {
            others += 1
        }
    }
}
