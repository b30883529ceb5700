import AWSClient
import AWSOperations
import Basics
import LosslessJSON

/// Whether findings come in.
extension Examination {
    /// An analyzer of external access is there in every region whose findings are answered.
    func analyzers() async -> [CheckResult] {
        var results: [CheckResult] = []
        let others = (deployment.stack?.parameters["OtherRegions"] ?? "").split(separator: ",")
        for region in [region] + others.compactMap({ try? Region(String($0)) }) {
            results.append(await analyzers(in: region))
        }
        return results
    }

    private func analyzers(in region: Region) async -> CheckResult {
        let found: [Analyzer]
        do throws(AWSError) {
            found = try await aws.everyPage(of: ListAnalyzers.self) { (token) async throws(AWSError) in
                let page = try await aws.call(ListAnalyzers(nextToken: token, region: region))
                return (page.analyzers, page.nextToken)
            }
        } catch {
            return .unknown("analyzer", error, of: "the analyzers of \(region)")
        }
        // Those of unused and internal access do not see who is let in.
        let external = found.filter { $0.type == "ACCOUNT" || $0.type == "ORGANIZATION" }
        let active = external.filter { $0.status == "ACTIVE" }
        let create = cli("accessanalyzer create-analyzer --analyzer-name gatehouse --type ACCOUNT", in: region)
        guard let first = active.first else {
            if let other = external.first {
                let what = "\(name(other)) in \(region) is \(other.status)"
                return other.status == "CREATING"
                    ? .warning("analyzer", what, mend: "gatehouse doctor, a few minutes later")
                    : .failed("analyzer", "\(what): no findings come in", mend: "IAM, Access Analyzer, in the console")
            }
            let others = found.isEmpty ? "" : " (of other kinds: \(found.count))"
            return .failed(
                "analyzer",
                "there is none in \(region) that looks for external access\(others): no findings come in",
                mend: "\(create); for an organization deploy/analyzer.yaml with Zone=ORGANIZATION"
            )
        }
        let seesAll = active.contains { $0.type == "ORGANIZATION" }
        if deployment.settings["GATEHOUSE_MEMBER_ROLE"] != nil, !seesAll {
            return .warning(
                "analyzer",
                "\(name(first)) in \(region) sees this account alone, and there is a role for other accounts",
                mend: "deploy/analyzer.yaml with Zone=ORGANIZATION (deploy/README.md, An organization)"
            )
        }
        let kind = seesAll ? "the organization's" : "the account's"
        let shown = name(active.first { $0.type == "ORGANIZATION" } ?? first)
        return .ok("analyzer", "\(shown) in \(region), \(kind) external access")
    }

    private func name(_ analyzer: Analyzer) -> String {
        analyzer.arn.split(separator: "/").last.map(String.init) ?? analyzer.arn
    }

    /// The rule that hands findings on is there and enabled, lets a finding through, and has a target.
    func eventRule() async -> [CheckResult] {
        guard deployment.resources != nil else { return [] }
        guard let rule = deployment.resource("FindingRule") else {
            return [.failed("event rule", "the stack has none", mend: "deploy/install")]
        }
        let described: EventRule
        let targets: [String]
        do throws(AWSError) {
            described = try await aws.call(DescribeEventRule(region: region, rule: rule))
            guard described.state.hasPrefix("ENABLED") else {
                return [
                    .failed(
                        "event rule",
                        "\(rule) is \(described.state): no findings come in",
                        mend: cli("events enable-rule --name \(rule)")
                    )
                ]
            }
            targets = try await aws.call(ListRuleTargets(region: region, rule: rule))
        } catch {
            guard error.kind == .notFound else { return [.unknown("event rule", error, of: "the rule \(rule)")] }
            return [.failed("event rule", "\(rule) was deleted: no findings come in", mend: remade)]
        }
        let wanted = ["Workflow", "FindingQueue"].compactMap { deployment.resource($0) }
        // A queue is known by its URL, and a target by its ARN: both end in the queue's name.
        let names = wanted.compactMap { $0.split(whereSeparator: { $0 == "/" || $0 == ":" }).last }
        guard targets.contains(where: { target in names.contains { target.hasSuffix(":\($0)") } }) else {
            let others = "has other targets than the stack's: \(targets.joined(separator: ", "))"
            let what = targets.isEmpty ? "has no target" : others
            return [.failed("event rule", "\(rule) \(what): findings are answered by nobody", mend: remade)]
        }
        return [await pattern(of: rule, described)]
    }

    /// CloudFormation looks at what it has written, and not at what somebody has changed since.
    private var remade: String {
        "deploy/uninstall and deploy/install, which make it again (the ledger and its table stay)"
    }

    private func pattern(of rule: String, _ described: EventRule) async -> CheckResult {
        guard let pattern = described.pattern else {
            return .failed("event rule", "\(rule) has no event pattern: findings do not start it", mend: remade)
        }
        do throws(AWSError) {
            let event = TestEventPattern(region: region, pattern: pattern, event: SampleFinding.event(account, region))
            guard try await aws.call(event) else {
                return .failed("event rule", "the pattern of \(rule) does not let a finding through", mend: remade)
            }
        } catch {
            return .warning(
                "event rule",
                "\(rule) is enabled and has its target; whether its pattern fits could not be checked: \(reason(error))",
                mend: "credentials that are allowed \(error.permission)"
            )
        }
        return .ok("event rule", "\(rule) is enabled, lets findings through and has its target")
    }

    /// An error in a few words.
    func reason(_ error: AWSError) -> String {
        error.kind == .accessDenied ? "your credentials may not call \(error.permission)" : "\(error)"
    }

    /// Nothing waits where undelivered events go.
    func undelivered() async -> [CheckResult] {
        guard deployment.resources != nil else { return [] }
        guard let queue = deployment.resource("UndeliveredQueue") else {
            return [.warning("undelivered", "the stack has no queue of undelivered events", mend: "deploy/install")]
        }
        do throws(AWSError) {
            let count = try await aws.call(CountQueueMessages(region: region, queueURL: queue))
            guard count == 0 else {
                let these = count == 1 ? "about 1 event waits" : "about \(count) events wait"
                return [
                    .warning(
                        "undelivered",
                        "\(these) that were not answered",
                        mend: "deploy/replay --region \(region) --stack \(deployment.name) --dry-run, which says why"
                    )
                ]
            }
            return [.ok("undelivered", "no events wait")]
        } catch {
            return [.unknown("undelivered", error, of: "the queue \(queue)")]
        }
    }
}

/// A finding to try a pattern with.
enum SampleFinding {
    /// An event as Access Analyzer puts it on the bus.
    static func event(_ account: String, _ region: Region) -> JSON {
        let partition = region.partition.rawValue
        let time = "2026-11-21T08:40:00Z"
        return [
            "version": "0", "id": "00000000-0000-4000-8000-000000000000", "detail-type": "Access Analyzer Finding",
            "source": "aws.access-analyzer", "account": .string(account), "time": .string(time),
            "region": .string(region.name),
            "resources": [.string("arn:\(partition):access-analyzer:\(region):\(account):analyzer/gatehouse-doctor")],
            "detail": [
                "version": "1.0", "id": "00000000-0000-4000-8000-000000000000", "status": "ACTIVE",
                "resourceType": "AWS::SQS::Queue",
                "resource": .string("arn:\(partition):sqs:\(region):\(account):gatehouse-doctor"),
                "createdAt": .string(time), "analyzedAt": .string(time), "updatedAt": .string(time),
                "accountId": .string(account), "region": .string(region.name), "principal": ["AWS": "*"],
                "action": ["sqs:SendMessage"], "condition": [:], "isPublic": true, "isDeleted": false,
            ],
        ]
    }
}
