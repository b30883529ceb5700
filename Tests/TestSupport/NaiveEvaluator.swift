package import LosslessJSON

/// Somebody who asks, with everything known of the request: what a Principal element may say to mean it, and the value
/// of each condition key (lower case) that the request carries.
package struct NaiveCaller {
    /// Certain matches, as `AWS arn:…`; the bare star is `* *`.
    package var names: [String]
    /// What AWS's documentation does not say of the match.
    package var doubtfulNames: [String]
    package var account: String?
    package var context: [String: String]

    package init(names: [String], doubtfulNames: [String], account: String?, context: [String: String]) {
        self.names = names
        self.doubtfulNames = doubtfulNames
        self.account = account
        self.context = context
    }

    package static func identity(_ arn: String, account: String, others: [String] = []) -> NaiveCaller {
        NaiveCaller(
            names: ["* *", "AWS *", "AWS \(account)", "AWS arn:aws:iam::\(account):root", "AWS \(arn)"] + others,
            doubtfulNames: [],
            account: account,
            context: [
                "aws:principalarn": arn, "aws:principalaccount": account, "aws:principalisawsservice": "false",
            ]
        )
    }

    package static func session(_ arn: String, role: String, account: String) -> NaiveCaller {
        identity(role, account: account, others: ["AWS \(arn)"])
    }

    package static func service(_ name: String) -> NaiveCaller {
        NaiveCaller(
            names: ["* *", "Service \(name)"],
            doubtfulNames: ["AWS *"],
            account: nil,
            context: ["aws:principalisawsservice": "true"]
        )
    }

    package static func federated(_ provider: String, isAnonymous: Bool) -> NaiveCaller {
        NaiveCaller(
            names: ["* *", "Federated \(provider)"],
            doubtfulNames: ["AWS *"],
            account: nil,
            context: isAnonymous ? ["aws:principalaccount": "anonymous"] : [:]
        )
    }
}

extension NaiveCaller {
    package static func anonymous() -> NaiveCaller {
        NaiveCaller(names: ["* *", "AWS *"], doubtfulNames: [], account: nil, context: [:])
    }
}

/// Whether a statement is about one request, written as directly as AWS's documentation says it and with nothing of the
/// evaluator that it judges; `nil` where the documentation does not say.
package struct NaiveEvaluator {
    package let caller: NaiveCaller
    package let action: String
    package let resource: String

    package init(caller: NaiveCaller, action: String, resource: String) {
        self.caller = caller
        self.action = action
        self.resource = resource
    }

    /// Whether a whole document lets the request through; `nil` where the documentation does not say.
    package func isAllowed(by statements: [JSONObject]) -> Bool? {
        let meant = statements.map { (isAllow: $0["Effect"]?.string == "Allow", isMeant: isMeant(by: $0)) }
        if meant.contains(where: { !$0.isAllow && $0.isMeant == true }) { return false }
        let allows = meant.filter(\.isAllow).map(\.isMeant)
        guard allows.contains(true) else { return allows.contains(nil) ? nil : false }
        return meant.contains { !$0.isAllow && $0.isMeant == nil } ? nil : true
    }

    package func isMeant(by statement: JSONObject) -> Bool? {
        var parts = [
            principal(statement), isNamed(action.lowercased(), statement, "Action", "NotAction") { $0.lowercased() },
        ]
        if statement["Resource"] != nil || statement["NotResource"] != nil {
            parts.append(isNamed(resource, statement, "Resource", "NotResource") { $0 })
        }
        for test in statement["Condition"]?.object?.members ?? [] {
            for key in test.value.object?.members ?? [] {
                parts.append(condition(test.key, key.key.lowercased(), key.value.array ?? [key.value]))
            }
        }
        if parts.contains(false) { return false }
        return parts.contains(nil) ? nil : true
    }

    private func principal(_ statement: JSONObject) -> Bool? {
        guard let element = statement["Principal"] else { return nil }
        var named: [String] = []
        if let text = element.string { named.append("\(text) \(text)") }
        for member in element.object?.members ?? [] {
            named += (member.value.array ?? [member.value]).compactMap(\.string).map { "\(member.key) \($0)" }
        }
        func holds(_ list: [String], _ name: String) -> Bool { list.contains { Array($0.utf8) == Array(name.utf8) } }
        let matches = named.filter { holds(caller.names, $0) }
        let isAccount = { (name: String) in name.hasSuffix(":root") || name.utf8.count == 16 }
        if matches.contains(where: { statement["Effect"]?.string == "Allow" || !isAccount($0) }) { return true }
        if !matches.isEmpty || named.contains(where: { holds(caller.doubtfulNames, $0) }) { return nil }
        return named.contains { $0.hasPrefix("Odd ") } ? nil : false
    }

    private func isNamed(
        _ value: String,
        _ statement: JSONObject,
        _ only: String,
        _ except: String,
        _ spelled: (String) -> String
    ) -> Bool {
        let list = statement[only] ?? statement[except] ?? []
        let isListed = (list.array ?? [list]).compactMap(\.string).contains { matches(spelled($0), value) }
        return statement[only] != nil ? isListed : !isListed
    }

    private func condition(_ test: String, _ key: String, _ values: [JSON]) -> Bool? {
        let texts = values.compactMap { $0.string ?? $0.bool.map { $0 ? "true" : "false" } }
        guard texts.count == values.count, !texts.contains(where: { $0.contains("${") }) else { return nil }
        let actual = caller.context[key]
        if test == "Null" { return texts == ["true"] ? actual == nil : texts == ["false"] ? actual != nil : nil }
        let ifExists = test.hasSuffix("IfExists")
        var name = ifExists ? String(test.dropLast(8)) : test
        let isNegated = name.contains("Not")
        name = name.replacing("Not", with: "")
        guard ["StringEquals", "StringLike", "StringEqualsIgnoreCase", "ArnEquals", "ArnLike", "Bool"].contains(name)
        else { return nil }
        guard !name.hasPrefix("Arn") || texts.allSatisfy({ $0.split(separator: ":").count >= 4 }) else { return nil }
        guard let actual else { return ifExists || isNegated }
        let isMatched = texts.contains { text in
            switch name {
            case "StringEquals": Array(text.utf8) == Array(actual.utf8)
            case "StringLike": matches(text, actual)
            case "StringEqualsIgnoreCase", "Bool": Array(text.lowercased().utf8) == Array(actual.lowercased().utf8)
            default: arnMatches(text, actual)
            }
        }
        return isMatched != isNegated
    }

    private func arnMatches(_ pattern: String, _ value: String) -> Bool {
        let patterns = pattern.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        let values = value.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        return patterns.count == values.count && zip(patterns, values).allSatisfy { matches(String($0), String($1)) }
    }

    private func matches(_ pattern: String, _ value: String) -> Bool {
        matches(Array(pattern.utf8)[...], Array(value.utf8)[...])
    }

    private func matches(_ pattern: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>) -> Bool {
        guard let first = pattern.first else { return value.isEmpty }
        if first == UInt8(ascii: "*") {
            return matches(pattern.dropFirst(), value) || (!value.isEmpty && matches(pattern, value.dropFirst()))
        }
        guard let byte = value.first, first == UInt8(ascii: "?") || first == byte else { return false }
        return matches(pattern.dropFirst(), value.dropFirst())
    }
}
