import Basics
import Findings
import LosslessJSON
import Policies

/// Everything that was found about a policy, by whom, and what follows.
struct CheckReport {
    /// One line of it.
    struct Entry {
        let code: CheckCode
        /// ValidatePolicy's own code.
        var issue: String?
        let message: String
        let line: Int
        let column: Int
        /// From 0.
        var statement: Int?
        var access: OutsideAccess?
        /// Whether the policy that it was compared with has it as well.
        var isKnown = false

        var weight: CheckCode.Weight { isKnown ? .told : code.weight }
    }

    /// As it was given.
    let path: String
    let type: CheckedType
    let side: OwnSide
    private(set) var entries: [Entry] = []
    let aws: AskedAWS

    /// The file is no policy.
    init(_ path: String, _ type: CheckedType, _ side: OwnSide, _ fault: CheckedPolicy.NotAPolicy) {
        self.path = path
        self.type = type
        self.side = side
        aws = AskedAWS(nothing: "there is no policy to ask about")
        let message = "the file \(fault.reason)"
        entries = [Entry(code: .notAPolicy, message: message, line: fault.line, column: fault.column)]
    }

    init(_ policy: CheckedPolicy, reference: CheckedPolicy?, _ type: CheckedType, _ side: OwnSide, _ aws: AskedAWS) {
        path = policy.path
        self.type = type
        self.side = side
        self.aws = aws
        let examination = PolicyExamination(policy.document, type, side)
        var earlier = reference.map { EarlierPolicy($0.document, comparedWith: policy.document) }
        for access in examination.accesses {
            let statement = policy.document.statements[access.statement]
            var entry = Entry(
                code: access.isPublic ? .publicAccess : .outsideAccess,
                message: access.words(policy.document),
                line: policy.places[access.statement].line,
                column: policy.places[access.statement].column
            )
            entry.statement = access.statement
            entry.access = access
            entry.isKnown = earlier?.permits(access, of: statement) ?? false
            entries.append(entry)
        }
        for gap in examination.notJudged {
            let place = policy.places[gap.statement]
            let message = "\(policy.document.name(ofStatement: gap.statement)) cannot be judged: \(gap.reason)"
            var entry = Entry(code: .notJudged, message: message, line: place.line, column: place.column)
            entry.statement = gap.statement
            entry.isKnown = earlier?.has(policy.document.statements[gap.statement]) ?? false
            entries.append(entry)
        }
        for finding in aws.findings {
            let statement = finding.statement.flatMap { policy.places.indices.contains($0) ? $0 : nil }
            let place = finding.place ?? statement.map { policy.places[$0] } ?? (1, 1)
            let words = finding.message.isEmpty ? finding.check.title : finding.message
            var entry = Entry(
                code: finding.check,
                issue: finding.issue,
                message: "AWS: \(words)",
                line: place.line,
                column: place.column
            )
            entry.statement = statement
            if finding.check == .awsPublicAccess, earlier != nil {
                let meant = statement.map { [policy.document.statements[$0]] } ?? policy.document.statements
                entry.isKnown = meant.allSatisfy { $0.effect == .deny || earlier?.has($0) == true }
            }
            entries.append(entry)
        }
        entries.sort { ($0.line, $0.column) < ($1.line, $1.column) }
    }

    /// What follows: a finding would be made, or else something could not be judged.
    var verdict: CheckCode.Weight { entries.map(\.weight).max() ?? .told }

    /// A line each, as compilers write them.
    var lines: [String] {
        let name = path == "-" ? path : Terminal.name(path)
        return entries.map { entry in
            let word = Terminal.styled(entry.code.rawValue, entry.weight == .told ? "33" : "31")
            let known = entry.isKnown ? " (the reference has it too)" : ""
            return "\(name):\(entry.line):\(entry.column): \(word) \(entry.message.printable(limit: 4096))\(known)"
        }
    }

    var json: JSON {
        let verdict: JSON =
            switch verdict {
            case .told: "NOTHING"
            case .open: "NOT_JUDGED"
            case .finding: "FINDING"
            }
        return [
            "file": .string(path), "type": .string(type.type.name), "account": side.account.map(JSON.string) ?? .null,
            "organization": side.organization.map(JSON.string) ?? .null,
            "trusted": .array(side.trusted.map(JSON.string)),
            "verdict": verdict, "results": .array(entries.map(\.json)),
            "aws": [
                "asked": .array(aws.asked.map(JSON.string)),
                "notAsked": .array(
                    aws.notAsked.map { ["operation": .string($0.operation), "why": .string($0.why)] }
                ),
            ],
        ]
    }

    var sarif: JSON {
        let codes = CheckCode.allCases.filter { code in entries.contains { $0.code == code } }
        return SARIFLog(
            tool: "gatehouse check",
            rules: codes.map { code in
                SARIFLog.Rule(
                    id: code.rawValue,
                    name: code.name,
                    title: code.title,
                    text: code.title + ".",
                    help: (code.help, code.help),
                    level: code.level
                )
            },
            results: entries.map { entry in
                SARIFLog.Result(
                    ruleID: entry.code.rawValue,
                    level: entry.isKnown ? .note : entry.code.level,
                    message: entry.message + (entry.isKnown ? " (the reference has it too)" : ""),
                    path: path == "-" ? "stdin" : path,
                    line: entry.line,
                    column: entry.column
                )
            }
        ).json
    }
}

extension CheckReport.Entry {
    fileprivate var json: JSON {
        let source = code.rawValue.hasPrefix("AWS_") ? "aws" : "gatehouse"
        var object = JSONObject([
            ("code", .string(code.rawValue)), ("source", .string(source)), ("line", .int(line)),
            ("column", .int(column)),
            ("statement", statement.map { .int($0 + 1) } ?? .null), ("message", .string(message)),
            ("known", .bool(isKnown)),
        ])
        if let issue { object["issue"] = .string(issue) }
        if let access {
            let (key, value) = access.principal.element
            object["principal"] = .object(JSONObject([(key, .string(value))]))
            object["actions"] = .array(access.actions.map(JSON.string))
            object["condition"] = access.condition ?? .object(JSONObject())
            object["isPublic"] = .bool(access.isPublic)
        }
        return .object(object)
    }
}

extension OutsideAccess {
    /// A sentence about it.
    fileprivate func words(_ document: PolicyDocument) -> String {
        let listed =
            actions.prefix(8).joined(separator: ", ") + (actions.count > 8 ? " and \(actions.count - 8) more" : "")
        let who: String =
            switch principal {
            case .everyone: "everybody"
            case .federated(let provider): "whoever comes by the identity provider \(provider)"
            default: principal.element.value
            }
        let keys = document.statements[statement].conditions.map(\.key)
        let condition = keys.isEmpty ? "" : ", under a condition on \(keys.prefix(8).joined(separator: ", "))"
        let name = document.name(ofStatement: statement)
        return "\(name) lets in \(who): \(listed)\(condition)\(isPublic ? "; that is public" : "")"
    }
}
