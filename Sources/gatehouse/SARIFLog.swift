import Basics
import LosslessJSON

/// What a check found, as SARIF 2.1.0, which code scanning reads.
///
/// Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
struct SARIFLog {
    /// How bad a result is.
    enum Level: String {
        case error, warning, note
    }

    /// What results may be about.
    struct Rule {
        let id: String
        /// In Pascal or camel case, as code scanning shows it.
        let name: String
        let title: String
        let text: String
        /// How it is mended, in plain text and in Markdown.
        let help: (text: String, markdown: String)
        let level: Level
    }

    /// One thing that was found.
    struct Result {
        let ruleID: String
        let level: Level
        let message: String
        /// The file as it was given, a path.
        let path: String
        /// Both from 1, columns in Unicode scalars.
        let line: Int
        let column: Int
    }

    /// The command that found it.
    let tool: String
    /// Those that results are about.
    let rules: [Rule]
    let results: [Result]

    /// The whole log.
    var json: JSON {
        let ids = rules.map(\.id)
        let rules = rules.map { rule -> JSON in
            [
                "id": .string(rule.id), "name": .string(rule.name), "shortDescription": ["text": .string(rule.title)],
                "fullDescription": ["text": .string(rule.text)],
                "help": ["text": .string(rule.help.text), "markdown": .string(rule.help.markdown)],
                "defaultConfiguration": ["level": .string(rule.level.rawValue)],
            ]
        }
        let results = results.map { result -> JSON in
            let region: JSON = ["startLine": .int(result.line), "startColumn": .int(result.column)]
            let place: JSON = ["artifactLocation": ["uri": .string(Self.uri(result.path))], "region": region]
            return [
                "ruleId": .string(result.ruleID), "ruleIndex": .int(ids.firstIndex(of: result.ruleID) ?? -1),
                "level": .string(result.level.rawValue),
                "message": ["text": .string(result.message.printable(limit: 4096))],
                "locations": [["physicalLocation": place]],
            ]
        }
        let driver: JSON = ["name": .string(tool), "version": .string(Release.version), "rules": .array(rules)]
        let run: JSON = ["tool": ["driver": driver], "columnKind": "unicodeCodePoints", "results": .array(results)]
        return ["$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]]
    }

    /// The path as a URI reference (RFC 3986).
    private static func uri(_ path: String) -> String {
        var text = path.utf8.first == UInt8(ascii: "/") ? "file://" : ""
        for byte in path.utf8 {
            let isPlain = byte | 0x20 &- 0x61 < 26 || byte &- 0x30 < 10 || Array("-._~/".utf8).contains(byte)
            if isPlain {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                text += "%" + (digits.utf8.count == 1 ? "0" : "") + digits
            }
        }
        return text
    }
}
