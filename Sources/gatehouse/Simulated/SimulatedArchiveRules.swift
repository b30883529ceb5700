import AWSClient
import AWSOperations
import Basics
import LosslessJSON
import SimulatedAccount

extension ListArchiveRules: AddedOperation {
    func answer(in caller: SimulatedCaller) throws(AWSError) -> Output {
        caller.record(Self.name, [("analyzerName", .string(analyzer))])
        let rules = try caller.archiveRules(of: try caller.arn(ofAnalyzer: analyzer, region))
        return (rules.map { ArchiveRule(name: $0.name, filter: $0.filter, createdAt: nil, updatedAt: nil) }, nil)
    }
}

extension CreateArchiveRule: AddedOperation {
    func answer(in caller: SimulatedCaller) throws(AWSError) -> Output {
        let arn = try caller.arn(ofAnalyzer: analyzer, region)
        guard try !caller.archiveRules(of: arn).contains(where: { $0.name == rule }) else {
            throw caller.refusal("ConflictException", "a rule of that name is there", 409)
        }
        caller.put(rule, filter, in: arn)
        caller.record(Self.name, isWrite: true, [("analyzerName", .string(analyzer)), ("ruleName", .string(rule))])
    }
}

extension UpdateArchiveRule: AddedOperation {
    func answer(in caller: SimulatedCaller) throws(AWSError) -> Output {
        let arn = try caller.arn(ofAnalyzer: analyzer, region)
        _ = try caller.archiveRule(rule, of: arn)
        caller.put(rule, filter, in: arn)
        caller.record(Self.name, isWrite: true, [("analyzerName", .string(analyzer)), ("ruleName", .string(rule))])
    }
}

extension ApplyArchiveRule: AddedOperation {
    func answer(in caller: SimulatedCaller) throws(AWSError) -> Output {
        let filter = try caller.archiveRule(rule, of: analyzerARN)
        let matching = caller.findings(of: analyzerARN).filter {
            $0["status"]?.string == "ACTIVE" && filter.matches($0)
        }
        caller.archive(matching.compactMap { $0["id"]?.string }, of: analyzerARN)
        caller.record(Self.name, isWrite: true, [("analyzerArn", .string(analyzerARN)), ("ruleName", .string(rule))])
    }
}

extension ListMatchingFindings: AddedOperation {
    func answer(in caller: SimulatedCaller) throws(AWSError) -> Output {
        caller.record(Self.name, [("analyzerArn", .string(analyzerARN)), ("filter", filter.json)])
        let found = caller.findings(of: analyzerARN).filter { finding in
            status.map { finding["status"]?.string == $0 } ?? true && filter.matches(finding)
        }
        return (found.compactMap { $0["id"]?.string }, nil)
    }
}

extension SimulatedCaller {
    fileprivate func arn(ofAnalyzer name: String, _ region: Region) throws(AWSError) -> String {
        guard let arn = analyzer(named: name, in: region) else {
            throw refusal("ResourceNotFoundException", "Analyzer not found", 404)
        }
        return arn
    }

    fileprivate func archiveRules(of analyzer: String) throws(AWSError) -> [(name: String, filter: ArchiveFilter)] {
        var rules: [(String, ArchiveFilter)] = []
        for member in added(AddedKeys.archiveRules, { $0[analyzer] })?.object?.members ?? [] {
            guard let filter = ArchiveFilter(member.value) else {
                throw refusal("ValidationException", "archiveRules.\(analyzer).\(member.key) is not a filter", 400)
            }
            rules.append((member.key, filter))
        }
        return rules
    }

    fileprivate func archiveRule(_ name: String, of analyzer: String) throws(AWSError) -> ArchiveFilter {
        guard let rule = try archiveRules(of: analyzer).first(where: { $0.name == name }) else {
            throw refusal("ResourceNotFoundException", "ArchiveRule not found", 404)
        }
        return rule.filter
    }

    fileprivate func put(_ name: String, _ filter: ArchiveFilter, in analyzer: String) {
        let json = filter.json
        added(AddedKeys.archiveRules) { rules in
            var own = rules[analyzer]?.object ?? JSONObject()
            own[name] = json
            rules[analyzer] = .object(own)
        }
    }
}

extension ArchiveFilter {
    /// Whether a finding in AWS's shape is one that it wants.
    func matches(_ finding: JSON) -> Bool {
        criteria.allSatisfy { key, criterion in criterion.holds(Self.values(of: key, in: finding)) }
    }

    private static func values(of key: String, in finding: JSON) -> [String] {
        var value = finding[key]
        if let dot = key.utf8.firstIndex(of: UInt8(ascii: ".")) {
            value = finding[String(key[..<dot])]?[String(key[key.utf8.index(after: dot)...])]
        }
        return (value?.array ?? [value].compactMap(\.self)).compactMap { one in
            one.string ?? one.bool.map { $0 ? "true" : "false" }
        }
    }
}

extension ArchiveFilter.Criterion {
    fileprivate func holds(_ values: [String]) -> Bool {
        if let exists, exists == values.isEmpty { return false }
        if let eq, !values.contains(where: eq.contains) { return false }
        if let neq, values.contains(where: neq.contains) { return false }
        if let contains, !values.contains(where: { value in contains.contains { value.holds($0) } }) { return false }
        return true
    }
}
