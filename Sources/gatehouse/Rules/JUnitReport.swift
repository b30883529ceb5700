import Basics

/// The outcomes of tests in the XML that CI systems read.
///
/// Source: https://github.com/testmoapp/junitxml
enum JUnitReport {
    /// The whole document.
    static func text(_ outcomes: [TestOutcome], suite: String) -> String {
        let failed = outcomes.count { !$0.lines.isEmpty }
        let counts = "tests=\"\(outcomes.count)\" failures=\"\(failed)\" errors=\"0\""
        var lines = [
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "<testsuites \(counts)>",
            "  <testsuite name=\"\(escaped(suite))\" \(counts)>",
        ]
        for outcome in outcomes {
            let name = outcome.about ?? outcome.file
            let head = "    <testcase classname=\"\(escaped(outcome.file))\" name=\"\(escaped(name))\""
            guard let first = outcome.lines.first else {
                lines.append("\(head)/>")
                continue
            }
            lines.append("\(head)>")
            let why = outcome.lines.map(escaped).joined(separator: "\n")
            lines.append("      <failure message=\"\(escaped(first))\">\(why)</failure>")
            lines.append("    </testcase>")
        }
        return (lines + ["  </testsuite>", "</testsuites>"]).joined(separator: "\n")
    }

    /// Text as it may stand in an attribute or an element: `printable` leaves none of the characters that XML forbids.
    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text.printable(limit: 4096).unicodeScalars {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "\u{FFFE}", "\u{FFFF}": escaped += "\u{FFFD}"
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }
}
