import ArgumentParser
import Basics
import Findings
import Handlers
import Logging
import LosslessJSON
import SimulatedAccount
import Testing

@testable import gatehouse

/// Sample events: each is one that the handlers take.
struct EventTests {
    struct Wanted: CustomTestStringConvertible, Sendable {
        let type: String
        let principal: String?
        let kind: String

        var testDescription: String { "\(type) \(kind) \(principal ?? "")" }
        var words: [String] { [type, "--kind", kind] + (principal.map { ["--principal", $0] } ?? []) }
    }

    static let all: [Wanted] = {
        guard let region = try? Region("us-east-1") else { return [] }
        return ResourceType.all.compactMap { SampleType.known($0, in: region, account: "123456789012") }.flatMap {
            type in
            type.kinds.flatMap { kind in
                kind == .externalAccess
                    ? type.principals.map {
                        Wanted(type: type.type.name, principal: $0.rawValue, kind: kind.rawValue)
                    } : [Wanted(type: type.type.name, principal: nil, kind: kind.rawValue)]
            }
        }
    }()

    private func sample(_ words: [String]) throws -> SampleEvent {
        try EventCommand.parse(words).sample()
    }

    /// The answer of a handler on the sample's own account.
    private func answer(_ handler: HandlerName, _ sample: SampleEvent) async throws -> Case {
        let account = try SimulatedAccount(sample.accountFile)
        let settings = try Settings(environment: account.environment)
        let environment = HandlerEnvironment.simulated(
            account,
            settings,
            RuleSource(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        return try Case(try await handler.run(sample.json.serialized(), environment))
    }

    @Test func everyTypeHasSamples() {
        for type in ResourceType.all { #expect(Self.all.contains { $0.type == type.name }, "\(type)") }
    }

    @Test(arguments: all)
    func isReadAndDecided(_ wanted: Wanted) async throws {
        let sample = try sample(wanted.words)
        let read = try Case(sample.json.serialized())
        #expect(read.isBareEvent)
        #expect(read.finding.kind.rawValue == wanted.kind)
        #expect(read.finding.resourceType.name == wanted.type)
        #expect(read.finding.isActive)
        #expect(read.finding.isPublic ?? false == (wanted.principal == "public"))
        let decided = try await answer(.evaluate, sample)
        #expect(decided.decision != nil)
        #expect(decided.json["context"]?["unavailable"]?.array ?? [] == [], "\(decided.json["context"]?.text() ?? "")")
    }

    /// The access is there in the account that is written with it: somebody is told of it, or it is blocked.
    @Test(arguments: all)
    func isAnsweredOnItsOwnAccount(_ wanted: Wanted) async throws {
        let answered = try await answer(.respond, try sample(wanted.words))
        #expect(answered.json["notification"]?["messageId"]?.string != nil, "\(JSON.object(answered.json).text())")
        if wanted.type == "AWS::IAM::Role", wanted.kind == "ExternalAccess" {
            #expect(answered.outcome?.status == .resolved, "\(answered.outcome?.summary ?? "")")
        }
    }

    @Test(arguments: ["aws", "cn", "us-gov"], ["s3express", "role", "key"])
    func isOfItsRegionsPartition(_ partition: String, _ type: String) throws {
        let region = ["aws": "eu-central-1", "cn": "cn-north-1", "us-gov": "us-gov-west-1"][partition] ?? ""
        let json = try sample([type, "--region", region]).json
        let wanted = partition == "aws" ? "arn:aws:" : "arn:aws-\(partition):"
        #expect(json["detail"]?["resource"]?.string?.hasPrefix(wanted) == true)
        #expect(json["region"]?.string == region)
        _ = try Case(json.serialized())
    }

    @Test func isNewEachTime() throws {
        let (first, second) = (try sample(["role"]).json, try sample(["role"]).json)
        #expect(first["detail"]?["id"] != second["detail"]?["id"])
        #expect(first["id"] != second["id"])
        #expect(first["detail"]?["id"]?.string?.isUUID == true)
    }

    @Test func isAsAskedFor() throws {
        let id = "a5018210-97c4-46c4-9456-0295898377b6"
        let json = try sample([
            "Queue", "--id", id, "--action", "sqs:SendMessage", "--action", "sqs:PurgeQueue", "--account-id",
            "999988887777",
        ]).json
        #expect(json["detail"]?["id"]?.string == id)
        #expect(json["detail"]?["action"] == ["sqs:SendMessage", "sqs:PurgeQueue"])
        #expect(json["detail"]?["accountId"]?.string == "999988887777")
        #expect(json["detail"]?["principal"]?["AWS"]?.string == "111122223333")
    }

    @Test(
        arguments: [
            (["s3", "--principal", "federated"], "Possible are account, user, role, canonical and public."),
            (["layer", "--principal", "user"], "Possible are account and public."),
            (["queue", "--principal", "canonical"], "canonical users are known to S3 buckets alone"),
            (["table", "--principal", "public"], "its Block Public Access is always on"),
            (["user", "--principal", "account"], "leave --principal out"),
            (["user", "--kind", "ExternalAccess"], "--kind may be UnusedIAMUserAccessKey"),
            (["AWS::S3::Buckets"], "Did you mean 'AWS::S3::Bucket'?"),
            (["buckte"], "Did you mean 'bucket'?"),
            (["AWS::Glacier::Vault"], "is not a type of resource that Access Analyzer reports"),
            (["role", "--action", "AssumeRole"], "such as sts:AssumeRole"),
            (["role", "--id", "x"], "--id must be a finding's id"),
            (["role", "--account-id", "1"], "must be 12 digits"),
            (["role", "--region", "Frankfurt"], "--region: "),
        ] as [([String], String)]
    )
    func isRefusedInWords(_ words: [String], _ wanted: String) throws {
        let error = #expect(throws: (any Error).self) { _ = try EventCommand.parse(words) }
        let message = error.map { EventCommand.message(for: $0) } ?? ""
        #expect(message.contains(wanted), "\(message)")
    }
}
