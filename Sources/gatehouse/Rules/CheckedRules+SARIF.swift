import Basics
import LosslessJSON
import Rules

extension CheckedRules {
    /// The problems of all files as SARIF 2.1.0, which code scanning reads.
    ///
    /// Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
    static func sarif(_ checks: [CheckedRules], isStrict: Bool) -> JSON {
        let codes = Set(checks.flatMap { $0.problems.map(\.problem.code.rawValue) }).sorted()
        let rules = codes.compactMap(RuleCode.init(rawValue:)).map { code -> JSON in
            let level: JSON = code.isError || isStrict ? "error" : "warning"
            return [
                "id": .string(code.rawValue), "name": .string("\(code)"),
                "shortDescription": ["text": .string(code.page.title)],
                "fullDescription": ["text": .string(code.page.text)],
                "help": ["text": .string(code.page.plainText), "markdown": .string(code.pageMarkdown)],
                "defaultConfiguration": ["level": level],
            ]
        }
        let results = checks.flatMap { check in
            check.problems.map { located -> JSON in
                let code = located.problem.code
                let region: JSON = ["startLine": .int(located.line), "startColumn": .int(located.column)]
                let place: JSON = ["artifactLocation": ["uri": .string(check.uri)], "region": region]
                return [
                    "ruleId": .string(code.rawValue),
                    "ruleIndex": .int(codes.firstIndex(of: code.rawValue) ?? -1),
                    "level": code.isError || isStrict ? "error" : "warning",
                    "message": ["text": .string(located.problem.description.printable(limit: 4096))],
                    "locations": [["physicalLocation": place]],
                ]
            }
        }
        let driver: JSON = [
            "name": "gatehouse rules check", "version": .string(Release.version), "rules": .array(rules),
        ]
        let run: JSON = ["tool": ["driver": driver], "columnKind": "unicodeCodePoints", "results": .array(results)]
        return [
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run],
        ]
    }

    /// The path as a URI reference (RFC 3986).
    private var uri: String {
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
