import Basics
import Findings
import Messages

/// Counts as horizontal bars: each with its name and its number, so that no colour has to be told from another.
struct AuditChart {
    private let title: String
    private let bars: [(name: String, count: Int)]
    private let classes: [String: String]
    /// Of long lists so many bars are shown, and one for the rest.
    private static let mostBars = 12
    static let severityClasses = ["CRITICAL": "critical", "HIGH": "high", "MEDIUM": "medium", "LOW": "low"]

    /// - Parameters:
    ///   - isRanked: whether the last ones are the least and may be taken together.
    ///   - classes: the style's class of a bar by its name.
    init(
        _ title: String,
        _ counts: [(name: String, count: Int)],
        isRanked: Bool = true,
        classes: [String: String] = [:]
    ) {
        self.title = title
        self.classes = classes
        if isRanked, counts.count > Self.mostBars {
            let rest = counts.dropFirst(Self.mostBars - 1)
            bars =
                counts.prefix(Self.mostBars - 1)
                + [("\(rest.count) others", rest.reduce(0) { $0 + $1.count })]
        } else {
            bars = counts
        }
    }

    static func severityRank(_ name: String) -> Int {
        Severity(rawValue: name).flatMap { Severity.allCases.firstIndex(of: $0) } ?? -1
    }

    /// A table, so that each number is read with its name; the bars are drawn beside them.
    func write(into page: inout HTML) {
        let most = max(1, bars.map(\.count).max() ?? 1)
        page.add("<table class=\"chart\">\n<caption>")
        page.add(text: title)
        page.add("</caption>\n<tbody>\n")
        for bar in bars {
            let length = bar.count == 0 ? 0 : max(1, bar.count * 100 / most)
            page.add("<tr><th scope=\"row\">")
            page.add(text: bar.name, limit: 60)
            page.add(
                "</th><td><svg viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect class=\""
            )
            page.add(trusted: "\(classes[bar.name] ?? "bar")\" width=\"\(length)\" height=\"10\"/></svg></td>")
            page.add("<td class=\"number\">")
            page.add(text: "\(bar.count)")
            page.add("</td></tr>\n")
        }
        page.add("</tbody>\n</table>\n")
    }
}

extension HTML {
    mutating func add(_ chart: AuditChart) {
        chart.write(into: &self)
    }
}
