import Basics
import Findings
import LosslessJSON
import Messages
import ResourceTypes

/// One finding of an audit, with what the rules would decide: a case, and `audit` with what the audit adds.
struct AuditRecord {
    let json: JSON

    /// - Parameters:
    ///   - entry: where it is kept.
    init(_ entry: AuditEntry, in spool: AuditSpool) throws(CommandError) {
        let bytes = try Self.line(entry, in: spool)
        do {
            json = try JSON.parse(bytes)
        } catch {
            throw CommandError("the temporary file has changed: \(error)")
        }
    }

    /// The record as one line of JSON, without its end.
    static func line(_ entry: AuditEntry, in spool: AuditSpool) throws(CommandError) -> [UInt8] {
        var bytes = try spool.bytes(at: entry.offset, count: entry.length)
        if let earlier = entry.duplicateOf {
            bytes.append(contentsOf: #","duplicateOf":"#.utf8)
            JSON.write(string: earlier, into: &bytes)
        }
        bytes.append(contentsOf: "}}".utf8)
        return bytes
    }

    /// A text of the finding; empty where it says nothing.
    subscript(key: String) -> String { json["finding"]?[key]?.string ?? "" }

    var isPublic: Bool? { json["finding"]?["isPublic"]?.bool }
    var actions: [String] { (json["finding"]?["actions"]?.array ?? []).compactMap(\.string) }
    var condition: JSONObject { json["finding"]?["condition"]?.object ?? JSONObject() }
    /// Who has the access, by kind of principal.
    var principals: [(kind: String, name: String)] {
        (json["finding"]?["principal"]?.object?.members ?? []).map { ($0.key, $0.value.string ?? "") }
    }

    var sources: [String] { (json["context"]?["sources"]?.array ?? []).compactMap { $0["type"]?.string } }
    var action: String { json["decision"]?["action"]?.string ?? "" }
    var rule: String { json["decision"]?["rule"]?.string ?? "" }
    var risk: Int? { json["decision"]?["risk"]?.int }
    var reasons: [String] { (json["decision"]?["reasons"]?.array ?? []).compactMap(\.string) }
    var severity: String { json["audit"]?["severity"]?.string ?? "" }
    var ageDays: Int? { json["audit"]?["ageDays"]?.int }
    var summary: String { json["audit"]?["summary"]?.string ?? "" }
    var analyzerType: String { json["audit"]?["analyzerType"]?.string ?? "" }
    var duplicateOf: String? { json["audit"]?["duplicateOf"]?.string }

    /// The type as people call it.
    var typeWords: String { ResourceType(self["resourceType"])?.words ?? self["resourceType"] }
}

extension AuditRecord {
    /// Makes the text of a record.
    struct Writer {
        let `case`: Case
        let severity: Severity
        /// Whole days since Access Analyzer first reported it.
        let age: Int?
        private let analyzerType: String

        /// - Parameter decided: the case with its decision.
        init(_ decided: Case, analyzerType: String, now: Timestamp) {
            self.case = decided
            self.analyzerType = analyzerType
            severity = decided.finding.isActive ? Severity(decided) : .low
            age = decided.json["finding"]?["createdAt"]?.string.flatMap(Timestamp.init(iso8601:)).map { created in
                Int(max(0, now.secondsSinceEpoch - created.secondsSinceEpoch) / 86_400)
            }
        }

        /// Appends the record up to where an earlier report of the same access may be named.
        func write(into bytes: inout [UInt8]) {
            JSON.object(self.case.json).write(into: &bytes)
            bytes.removeLast()
            bytes.append(contentsOf: #","audit":{"severity":""#.utf8)
            bytes.append(contentsOf: severity.rawValue.utf8)
            bytes.append(contentsOf: #"","ageDays":\#(age.map(String.init) ?? "null"),"analyzerType":"#.utf8)
            JSON.write(string: analyzerType, into: &bytes)
            bytes.append(contentsOf: #","summary":"#.utf8)
            JSON.write(string: Lead.sentence(self.case, KnownResourceGuide()), into: &bytes)
        }
    }
}
