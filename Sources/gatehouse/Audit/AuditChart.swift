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

    func write(into page: inout HTML) {
        let most = max(1, bars.map(\.count).max() ?? 1)
        let (row, width, barBegin, barWidth) = (26, 360, 164, 146)
        page.add("<figure>\n<svg viewBox=\"0 0 ")
        page.add(trusted: "\(width) \(row * bars.count)")
        page.add("\" role=\"img\" aria-label=\"")
        page.add(text: "\(title): " + bars.map { "\($0.name) \($0.count)" }.joined(separator: ", "))
        page.add("\">\n")
        for (index, bar) in bars.enumerated() {
            let top = index * row
            let length = bar.count == 0 ? 0 : max(2, bar.count * barWidth / most)
            page.add(trusted: "<text class=\"name\" x=\"\(barBegin - 8)\" y=\"\(top + 17)\">")
            page.add(text: bar.name, limit: 23)
            page.add("</text>")
            page.add(trusted: "<rect class=\"\(classes[bar.name] ?? "bar")\" x=\"\(barBegin)\" y=\"\(top + 4)\" ")
            page.add(trusted: "width=\"\(length)\" height=\"18\"/>")
            page.add(trusted: "<text x=\"\(barBegin + length + 6)\" y=\"\(top + 17)\">\(bar.count)</text>\n")
        }
        page.add("</svg>\n<figcaption>")
        page.add(text: title)
        page.add("</figcaption>\n</figure>\n")
    }
}

extension HTML {
    mutating func add(_ chart: AuditChart) {
        chart.write(into: &self)
    }
}
