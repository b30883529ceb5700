import AWSClient
import AWSOperations
import Basics
import Findings
import Handlers
import Ledger
import Policies
import Rules

/// Whether rules are there to decide by, and people to be told.
extension Examination {
    /// Every topic that messages go to is there, and somebody has confirmed to get them.
    func topics() async -> [CheckResult] {
        guard let settings = environment?.settings else { return [] }
        var results: [CheckResult] = []
        if let topic = settings.topic {
            results.append(await self.topic(topic, "topic"))
        } else {
            let mend = deployment.stack == nil ? "export GATEHOUSE_TOPIC_ARN=ARN" : "deploy/install"
            results.append(.warning("topic", "GATEHOUSE_TOPIC_ARN is not set: nobody is told of anything", mend: mend))
        }
        if let urgent = settings.urgentTopic { results.append(await topic(urgent, "urgent topic")) }
        if let chat = settings.chatTopic {
            let mend = "join it to a channel in Amazon Q Developer in chat applications"
            results.append(await topic(chat, "chat topic", mend: mend))
        }
        return results
    }

    /// - Parameter mend: how somebody gets what the topic is sent, where that is not by mail.
    private func topic(_ topic: ARN, _ check: String, mend: String? = nil) async -> CheckResult {
        let found: [TopicSubscription]
        do {
            let region = try Region(topic.region)
            found = try await aws.everyPage(of: ListSubscriptions.self) { (token) async throws(AWSError) in
                try await aws.call(
                    ListSubscriptions(region: region, topicARN: topic.description, nextToken: token)
                )
            }
        } catch let error as AWSError {
            guard error.kind == .notFound else { return .unknown(check, error, of: "the topic \(topic)") }
            return .failed(check, "\(topic) is not there: nobody is told of anything", mend: "deploy/install")
        } catch {
            return .failed(check, "\(topic) is in no region that is known", mend: "deploy/install")
        }
        let confirmed = found.filter(\.isConfirmed)
        let pending = found.filter(\.isPending)
        let addresses = pending.prefix(5).map(\.endpoint).joined(separator: ", ")
        let subscribe = mend ?? "deploy/install --region \(region) --stack \(deployment.name) --email ADDRESS"
        if confirmed.isEmpty, pending.isEmpty {
            let what = "\(topic.resource) has no subscription: nobody gets messages or alarms"
            return .failed(check, what, mend: subscribe)
        }
        if confirmed.isEmpty {
            return .failed(
                check,
                "nobody gets messages or alarms before the subscription is confirmed by \(addresses)",
                mend: "the link in AWS's mail, within three days; after that \(subscribe)"
            )
        }
        var protocols: [String] = []
        for name in confirmed.map(\.protocolName) where !protocols.contains(name) { protocols.append(name) }
        let count = confirmed.count == 1 ? "1 confirmed subscription" : "\(confirmed.count) confirmed subscriptions"
        let what = "\(topic.resource) has \(count) (\(protocols.joined(separator: ", ")))"
        guard pending.isEmpty else {
            return .warning(check, "\(what); not confirmed yet by \(addresses)", mend: "the link in AWS's mail")
        }
        return .ok(check, what)
    }

    /// The rules can be read, and are rules.
    func rules() async -> [CheckResult] {
        guard let environment else { return [] }
        let place = environment.settings.rules ?? "builtin"
        let shown = place.utf8.count > 200 ? "GATEHOUSE_RULES" : place
        do throws(HandlerError) {
            let rules = try await environment.rules.rules(environment.access)
            let count = rules.rules.count == 1 ? "1 rule" : "\(rules.rules.count) rules"
            let what = "\(shown): \(count), default \(rules.fallback.rawValue)"
            let warnings = rules.warnings(
                blockedTypes: environment.settings.blockedTypes?.map(\.name),
                now: environment.now()
            )
            // Those of ours are as they are.
            guard place.hasPrefix("builtin") || warnings.isEmpty else {
                let noun = warnings.count == 1 ? "warning" : "warnings"
                return [
                    .warning(
                        "rules",
                        "\(what); \(warnings.count) \(noun) of rules check",
                        mend: "gatehouse rules check FILE with the file that was deployed"
                    )
                ]
            }
            return [.ok("rules", what)]
        } catch {
            // The functions' own role may read them all the same.
            let isOurs = error.message.holds("AccessDenied")
            guard isOurs, deployment.stack != nil else {
                return [
                    .failed(
                        "rules",
                        error.message,
                        mend: "gatehouse rules check FILE, then deploy/install --rules FILE"
                    )
                ]
            }
            let permission = place.hasPrefix("s3://") ? "s3:GetObject" : "ssm:GetParameter"
            return [
                .warning(
                    "rules",
                    "could not be checked: your credentials may not call \(permission) on \(shown)",
                    mend: "credentials that are allowed \(permission)"
                )
            ]
        }
    }

    /// The ledger's table is one, and says whether changes are paused.
    func ledger() async -> [CheckResult] {
        guard let environment else { return [] }
        guard let table = environment.settings.ledgerTable else {
            return [
                .warning(
                    "ledger",
                    "there is none: no change is recorded, and nothing limits how much is changed",
                    mend: "deploy/install --ledger"
                )
            ]
        }
        let region = table.region ?? region
        do throws(AWSError) {
            let described = try await aws.call(DescribeTable(region: region, table: table.name))
            guard described.keys == ["pk", "sk"] else {
                return [
                    .failed(
                        "ledger",
                        "\(table.name) has the keys \(described.keys.joined(separator: ", ")), and a ledger has pk, sk",
                        mend: "deploy/install --ledger, which makes a table; or LedgerTableArn of the right one"
                    )
                ]
            }
            guard described.status == "ACTIVE" || described.status == "UPDATING" else {
                let what = "\(table.name) is \(described.status)"
                return [.failed("ledger", what, mend: "DynamoDB, Tables, in the console")]
            }
        } catch {
            guard error.kind == .notFound else { return [.unknown("ledger", error, of: "the table \(table.name)")] }
            return [
                .failed(
                    "ledger",
                    "the table \(table.name) is not there: findings end FAILED",
                    mend: "restore it from a backup, or deploy/install --ledger for a new one"
                )
            ]
        }
        let odd = await [expiry(table.name, region), recovery(table.name, region), pause(environment)].compactMap { $0 }
        return odd.isEmpty ? [.ok("ledger", "\(table.name) is there, with its keys, expiry and recovery")] : odd
    }

    private func expiry(_ table: String, _ region: Region) async -> CheckResult? {
        do throws(AWSError) {
            let attribute = try await aws.call(DescribeTimeToLive(region: region, table: table))
            guard attribute != "expires" else { return nil }
            let what = attribute.map { "expire by \($0), and must by expires" } ?? "do not expire, so it only grows"
            let command =
                "dynamodb update-time-to-live --table-name \(table) --time-to-live-specification Enabled=true,AttributeName=expires"
            return .warning("ledger", "items of \(table) \(what)", mend: cli(command, in: region))
        } catch {
            return .unknown("ledger", error, of: "when items of \(table) expire")
        }
    }

    private func recovery(_ table: String, _ region: Region) async -> CheckResult? {
        do throws(AWSError) {
            guard try await !aws.call(DescribeContinuousBackups(region: region, table: table)) else { return nil }
            let command =
                "dynamodb update-continuous-backups --table-name \(table) --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true"
            return .warning("ledger", "\(table) has no point-in-time recovery", mend: cli(command, in: region))
        } catch {
            return .unknown("ledger", error, of: "whether \(table) can be restored")
        }
    }

    private func pause(_ environment: HandlerEnvironment) async -> CheckResult? {
        guard let ledger = environment.ledger else { return nil }
        do throws(LedgerError) {
            guard let pause = try await ledger.pause() else { return nil }
            let why = pause.reason.map { ": \($0)" } ?? ""
            return .warning(
                "ledger",
                "changes are PAUSED since \(pause.at.extended) by \(pause.by)\(why)",
                mend: "gatehouse resume"
            )
        } catch {
            guard case .aws(let error) = error else {
                return .failed("ledger", "\(error)", mend: "gatehouse resume, which takes what stands there away")
            }
            return .unknown("ledger", error, of: "whether changes are paused")
        }
    }
}
