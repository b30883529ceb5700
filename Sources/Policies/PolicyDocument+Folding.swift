import Basics
import LosslessJSON

/// Several Denies of ours in one statement, where a trust policy would be too long with one for each.
///
/// The Sid is `Gatehouse` and the findings' ids one after the other, 32 digits each; the condition names their principals in
/// the same order. So a folded statement says by itself which principal is whose, and each can be taken out alone.
extension PolicyDocument {
    /// The same with a statement for each of our Denies.
    package var unfolded: PolicyDocument {
        var isFolded = false
        let statements = statements.flatMap { statement -> [Statement] in
            guard let parts = Deny.unfolded(statement.json) else { return [statement] }
            isFolded = true
            return parts
        }
        return isFolded ? keeping(statements) : self
    }

    /// The same with those of our Denies in one statement that differ in whom they deny alone.
    package var folded: PolicyDocument {
        var groups: [Int: [Int]] = [:]
        var first: [String: Int] = [:]
        for index in statements.indices {
            guard let key = Deny.foldingKey(statements[index].json) else { continue }
            let place = first[key] ?? index
            first[key] = place
            groups[place, default: []].append(index)
        }
        var result: [Statement] = []
        var gone: Set<Int> = []
        for index in statements.indices where !gone.contains(index) {
            guard let members = groups[index], members.count > 1,
                let statement = Deny.folded(members.map { statements[$0].json })
            else {
                result.append(statements[index])
                continue
            }
            gone.formUnion(members)
            result.append(statement)
        }
        return gone.isEmpty ? self : keeping(result)
    }
}

extension Deny {
    private static let prefix = "Gatehouse"
    private static let idLength = 32

    /// The ids in a Sid of ours; `nil` where it is none of whole ids.
    private static func ids(inSid sid: String) -> [String]? {
        guard sid.hasPrefix(prefix) else { return nil }
        let digits = Array(sid.utf8.dropFirst(prefix.utf8.count))
        let isHex = digits.allSatisfy { $0.isDigitASCII || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0) }
        guard !digits.isEmpty, digits.count.isMultiple(of: idLength), isHex else { return nil }
        return stride(from: 0, to: digits.count, by: idLength).map { start in
            String(decoding: digits[start..<start + idLength], as: UTF8.self)
        }
    }

    /// The test of a condition that names whom we deny, and its values.
    private static func whom(_ json: JSONObject) -> (test: String, key: String, values: [String])? {
        for (test, key) in [("ArnEquals", "aws:PrincipalArn"), ("StringEquals", "aws:PrincipalAccount")] {
            guard let value = json["Condition"]?[test]?[key] else { continue }
            let values = (value.array ?? [value]).compactMap(\.string)
            return values.count == value.array?.count ?? 1 ? (test, key, values) : nil
        }
        return nil
    }

    private static func replacing(
        _ whom: (test: String, key: String, values: [String]),
        by values: [String],
        sid: String,
        in json: JSONObject
    ) -> JSONObject? {
        guard var condition = json["Condition"]?.object, var tests = condition[whom.test]?.object else { return nil }
        tests[whom.key] = values.count == 1 ? .string(values[0]) : .array(values.map(JSON.string))
        condition[whom.test] = .object(tests)
        var result = json
        result["Sid"] = .string(sid)
        result["Condition"] = .object(condition)
        return result
    }

    /// The Denies of a folded statement, in their order; `nil` for every other statement.
    fileprivate static func unfolded(_ json: JSONObject) -> [Statement]? {
        guard let ids = json["Sid"]?.string.flatMap(ids(inSid:)), ids.count > 1, Set(ids).count == ids.count,
            let whom = whom(json), whom.values.count == ids.count
        else { return nil }
        var parts: [Statement] = []
        for (id, value) in zip(ids, whom.values) {
            guard let part = replacing(whom, by: [value], sid: prefix + id, in: json),
                Deny(recognising: part, .trustPolicy) != nil, let statement = try? Statement(part)
            else { return nil }
            parts.append(statement)
        }
        return parts
    }

    /// What statements have in common that can be folded; `nil` for one that cannot be.
    fileprivate static func foldingKey(_ json: JSONObject) -> String? {
        guard let sid = json["Sid"]?.string, ids(inSid: sid)?.count == 1, Deny(recognising: json, .trustPolicy) != nil,
            let whom = whom(json), whom.values.count == 1,
            let rest = replacing(whom, by: [""], sid: prefix, in: json)
        else { return nil }
        return JSON.object(rest).text()
    }

    /// One statement for several that have the same key.
    fileprivate static func folded(_ statements: [JSONObject]) -> Statement? {
        guard let first = statements.first, let whom = whom(first) else { return nil }
        let values = statements.compactMap { self.whom($0)?.values.first }
        let ids = statements.compactMap { $0["Sid"]?.string.flatMap(ids(inSid:))?.first }
        guard values.count == statements.count, ids.count == statements.count,
            let json = replacing(whom, by: values, sid: prefix + ids.joined(), in: first),
            let statement = try? Statement(json), unfolded(statement.json)?.map(\.json) == statements
        else { return nil }
        return statement
    }
}
