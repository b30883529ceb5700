import AWSSigning
import Basics
import Findings
import LosslessJSON
import Messages

/// An audit as one HTML file for people who were not there: nothing in it is loaded from elsewhere.
struct AuditPage {
    /// More than this no browser sorts at ease; what is left out is counted and said.
    static let mostRows = 2000
    let report: AuditReport
    private let entries: ArraySlice<AuditEntry>
    private let spool: AuditSpool

    /// - Parameter entries: the most pressing first.
    init(_ report: AuditReport, _ entries: [AuditEntry], _ spool: AuditSpool) {
        self.report = report
        self.entries = entries.prefix(Self.mostRows)
        self.spool = spool
    }

    func write(to output: AuditOutput) throws(CommandError) {
        try output.write(head.text)
        for (index, entry) in entries.enumerated() {
            var row = HTML()
            row.add(row: try AuditRecord(entry, in: spool), number: index + 1)
            try output.write(row.text)
        }
        try output.write(foot.text)
    }

    private var head: HTML {
        var page = HTML()
        page.add("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
        page.add("<meta http-equiv=\"Content-Security-Policy\" content=\"")
        page.add(trusted: Self.policy)
        page.add("\">\n<title>Access Analyzer audit - Gatehouse</title>\n")
        page.add(
            """
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="robots" content="noindex, nofollow">
            <style>
            """
        )
        page.add(trusted: AuditPageStyle.text)
        page.add("</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#findings\">Skip to the findings</a>\n<header>\n")
        page.add("<p>Gatehouse</p>\n<h1>Who can reach our AWS resources</h1>\n<p>")
        page.add(text: "Findings of IAM Access Analyzer as they were on \(Self.day(report.subject.readAt)).")
        if report.subject.now != report.subject.readAt {
            page.add(text: " Ages and the end of rules are counted at \(report.subject.now.extended).")
        }
        page.add("</p>\n</header>\n<main>\n")
        page.add(summaryOf: report)
        page.add(chartsOf: report.tally)
        page.add(coverageOf: report)
        page.add(guideTo: report)
        page.add(findingsHeadOf: report, shown: entries.count)
        return page
    }

    private var foot: HTML {
        var page = HTML()
        if !entries.isEmpty { page.add("</table>\n") }
        page.add("</section>\n</main>\n<footer>\n<p>")
        page.add(
            text:
                "Made by gatehouse \(Release.version) audit at \(report.subject.readAt.extended), rules \(report.subject.rules)."
        )
        page.add(" Nothing was changed.</p>\n</footer>\n<script>")
        page.add(trusted: AuditPageScript.text)
        page.add("</script>\n</body>\n</html>\n")
        return page
    }

    /// Nothing but our own style and script, known by their digests.
    private static let policy: String = {
        func digest(_ text: String) -> String { "'sha256-\(String(base64: SHA256.digest(of: Array(text.utf8))))'" }
        return "default-src 'none'; style-src \(digest(AuditPageStyle.text)); "
            + "script-src \(digest(AuditPageScript.text)); base-uri 'none'; form-action 'none'"
    }()

    /// Such as `2026-11-27, 09:14 UTC`.
    private static func day(_ time: Timestamp) -> String {
        let text = time.extended
        return "\(text.prefix(10)), \(text.dropFirst(11).prefix(5)) UTC"
    }
}

extension HTML {
    fileprivate mutating func add(summaryOf report: AuditReport) {
        let tally = report.tally
        add("<section aria-labelledby=\"short\">\n<h2 id=\"short\">In short</h2>\n<ul class=\"figures\">\n")
        add(figure: tally.total, tally.total == 1 ? "finding" : "findings")
        add(figure: tally.isPublic, "open to everybody")
        add(figure: (tally.bySeverity.first { $0.name == "CRITICAL" }?.count ?? 0), "of critical severity")
        add(figure: tally.actions(.resolve), "would be blocked by the mode enforce")
        add("</ul>\n")
        if report.isBlind {
            add("<p class=\"note\"><strong>")
            add(text: AuditReport.blindness)
            add("</strong></p>\n")
        }
        if !report.isComplete {
            add("<p class=\"note\"><strong>This report is not complete.</strong> What could not be read is ")
            add("named under <a href=\"#coverage\">Where it looked</a>.</p>\n")
        }
        for line in report.summary where line != AuditReport.blindness { add("p", line) }
        add("</section>\n")
    }

    private mutating func add(figure count: Int, _ words: String) {
        add("<li><strong>")
        add(text: "\(count)")
        add("</strong> ")
        add(text: words)
        add("</li>\n")
    }

    fileprivate mutating func add(chartsOf tally: AuditTally) {
        guard tally.total > 0 else { return }
        add("<section aria-labelledby=\"counts\">\n<h2 id=\"counts\">Counts</h2>\n<div class=\"charts\">\n")
        add(AuditChart("By severity", tally.bySeverity, isRanked: false, classes: AuditChart.severityClasses))
        add(AuditChart("By age", tally.byAge, isRanked: false))
        add(AuditChart("By what the rules decide", tally.byAction, isRanked: false))
        add(AuditChart("By kind of finding", AuditTally.ranked(tally.kinds)))
        add(AuditChart("By type of resource", AuditTally.ranked(tally.types)))
        add(AuditChart("By account", AuditTally.ranked(tally.accounts)))
        add(AuditChart("By region", AuditTally.ranked(tally.regions)))
        add(AuditChart("By rule", AuditTally.ranked(tally.rules)))
        add("</div>\n</section>\n")
    }

    fileprivate mutating func add(coverageOf report: AuditReport) {
        add("<section aria-labelledby=\"coverage\">\n<h2 id=\"coverage\">Where it looked</h2>\n")
        let notes = report.coverage
        if !notes.isEmpty { add(list: notes) }
        add(
            "<table id=\"places\">\n<caption>Regions and analyzers</caption>\n<thead><tr><th scope=\"col\">Account</th><th scope=\"col\">Region</th><th scope=\"col\">Analyzer</th>"
        )
        add("<th scope=\"col\">Kind</th><th scope=\"col\">Findings</th></tr></thead>\n<tbody>\n")
        var quiet = 0
        for place in report.places {
            // Of an organization most regions are empty: those are in the list above.
            guard !place.analyzers.isEmpty || place.isFailed else {
                quiet += 1
                continue
            }
            if case .failed = place.state { add(place, "not read (see above)", "", nil) }
            for analyzer in place.analyzers { add(place, analyzer.name, analyzer.type, analyzer.findings) }
        }
        add("</tbody>\n</table>\n")
        if quiet > 0 {
            add("p", "The other regions (\(quiet)) have no analyzer or are not enabled; they are named above.")
        }
        add("</section>\n")
    }

    private mutating func add(_ place: AuditPlace, _ analyzer: String, _ type: String, _ findings: Int?) {
        add("<tr>")
        add(cell: "Account", place.account ?? "our own")
        add(cell: "Region", place.region)
        add(cell: "Analyzer", analyzer)
        add(cell: "Kind", type)
        add(cell: "Findings", findings.map(String.init) ?? "-")
        add("</tr>\n")
    }

    fileprivate mutating func add(guideTo report: AuditReport) {
        add(
            """
            <section aria-labelledby="guide">
            <h2 id="guide">How to read it</h2>
            <dl>
            <dt>Finding</dt><dd>IAM Access Analyzer proves from policies who can reach a resource. External access is
            access from outside of the account or organization that the analyzer watches; internal access is access from
            inside to a resource that is watched for it; unused access is a role, key, password or permission that nobody
            used for long.</dd>
            <dt>Severity</dt><dd>CRITICAL: everybody can reach it, or the score is 80 or more. HIGH: a score from 60,
            MEDIUM: from 30, else LOW. The score, 0 to 100, weighs what is reached, by whom and how; each finding shows its
            parts.</dd>
            <dt>Decision</dt><dd>What Gatehouse's rules say: RESOLVE blocks the access, APPROVE blocks it once a person
            agrees, NOTIFY tells a person, ARCHIVE marks it as intended, IGNORE does nothing. The first rule that matches
            decides.</dd>
            <dt>Not looked up</dt><dd>This report reads findings alone. A rule that needs a tag or another look-up cannot be
            decided here, and counts as NOTIFY with the reason. Before a change Gatehouse asks again, and spares what is
            exempt, protected, or could not be blocked safely: what is really blocked can be less than what is said
            here.</dd>
            <dt>Age</dt><dd>Days since Access Analyzer first reported the finding.</dd>
            </dl>
            </section>

            """
        )
    }

    fileprivate mutating func add(findingsHeadOf report: AuditReport, shown: Int) {
        add("<section aria-labelledby=\"findings\">\n<h2 id=\"findings\" tabindex=\"-1\">Findings</h2>\n")
        guard shown > 0 else { return add("<p>There are none.</p>\n") }
        if shown < report.tally.total {
            add("<p class=\"note\">")
            add(
                text:
                    "Of \(report.tally.total) findings the \(shown) most pressing are listed here; the counts above are of "
                    + "all. All of them: gatehouse audit --format csv."
            )
            add("</p>\n")
        }
        add("<form id=\"filter\" hidden>\n<div><label for=\"words\">Words that a finding must hold</label>")
        add("<input id=\"words\" type=\"search\" autocomplete=\"off\"></div>\n")
        add(choice: "severity", "Severity", report.tally.bySeverity.filter { $0.count > 0 }.map(\.name))
        add(choice: "decision", "Decision", report.tally.byAction.filter { $0.count > 0 }.map(\.name))
        add("<div><button type=\"reset\">Show all</button> <button type=\"button\" id=\"unfold\">")
        add("Open all reasons</button></div>\n</form>\n<p id=\"shown\" role=\"status\"></p>\n")
        add("<table id=\"list\">\n<caption>")
        add(text: "\(shown) findings, the most pressing first.")
        add("</caption>\n<thead><tr>")
        let columns: [StaticString] = ["Severity", "Decision", "Age in days", "Account", "Region", "Who", "Resource"]
        for column in columns {
            add("<th scope=\"col\">")
            add(column)
            add("</th>")
        }
        add("</tr></thead>\n")
    }

    private mutating func add(choice id: StaticString, _ label: StaticString, _ names: [String]) {
        add("<div><label for=\"")
        add(id)
        add("\">")
        add(label)
        add("</label><select id=\"")
        add(id)
        add("\"><option value=\"\">any</option>")
        for name in names {
            add("<option>")
            add(text: name)
            add("</option>")
        }
        add("</select></div>\n")
    }

    fileprivate mutating func add(row record: AuditRecord, number: Int) {
        add("<tbody>\n<tr><td data-label=\"Severity\" data-value=\"")
        add(trusted: "\(AuditChart.severityRank(record.severity))")
        add("\"><span class=\"")
        add(trusted: AuditChart.severityClasses[record.severity] ?? "low")
        add("\">")
        add(text: record.severity)
        add("</span></td>")
        add(cell: "Decision", record.action)
        add("<td data-label=\"Age in days\" data-value=\"")
        add(trusted: "\(record.ageDays ?? -1)")
        add("\" class=\"number\">")
        add(text: record.ageDays.map(String.init) ?? "-")
        add("</td>")
        add(cell: "Account", record["accountId"])
        add(cell: "Region", record["region"])
        let who = record.principals.map(\.name).joined(separator: ", ")
        add(cell: "Who", record.isPublic == true ? "everybody" : who.isEmpty ? "-" : who)
        add("<td data-label=\"Resource\">")
        add(text: record.typeWords)
        add("<br><code>")
        add(text: record["resource"])
        add("</code></td></tr>\n<tr><td colspan=\"7\"><details open><summary>")
        add(text: record.summary)
        add("</summary>\n")
        add(detailsOf: record)
        add("</details></td></tr>\n</tbody>\n")
    }

    private mutating func add(cell label: StaticString, _ text: String) {
        add("<td data-label=\"")
        add(label)
        add("\">")
        add(text: text, limit: 600)
        add("</td>")
    }

    private mutating func add(detailsOf record: AuditRecord) {
        add("<h3>Why ")
        add(text: record.action)
        add("</h3>\n")
        add(list: record.reasons)
        add("<dl>\n")
        add(term: "Rule", record.rule)
        if let risk = record.risk { add(term: "Score", "\(risk) of 100") }
        add(term: "Who has the access", each: record.principals.map { "\($0.kind): \($0.name)" })
        if !record.actions.isEmpty { add(term: "What it allows", record.actions.joined(separator: ", ")) }
        if !record.condition.isEmpty {
            add(
                term: "Under the conditions",
                each: record.condition.members.map { "\($0.key): \($0.value.string ?? $0.value.text())" }
            )
        }
        if !record.sources.isEmpty { add(term: "Given by", record.sources.joined(separator: ", ")) }
        if !record["error"].isEmpty { add(term: "Could not be analysed", record["error"]) }
        add(term: "Kind", record["kind"])
        add(term: "Status", record["status"])
        if !record["createdAt"].isEmpty { add(term: "First reported", record["createdAt"]) }
        if !record["updatedAt"].isEmpty { add(term: "Last changed", record["updatedAt"]) }
        add(term: "Analyzer", record["analyzerArn"], isCode: true)
        add(term: "Finding", record["id"], isCode: true)
        if let earlier = record.duplicateOf {
            add(term: "The same access as", "the finding \(earlier), reported by another analyzer")
        }
        add("</dl>\n")
    }
}

extension AuditPlace.ReadAnalyzer {
    /// Its name, and its status where that is not as it should be.
    fileprivate var name: String {
        let name = arn.split(separator: "/").last.map(String.init) ?? arn
        return status == "ACTIVE" || status.isEmpty ? name : "\(name) (\(status))"
    }
}
