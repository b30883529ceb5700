import AWSClient
import Findings
import LosslessJSON
import SimulatedAccount
import Testing

@testable import Handlers

@Suite struct BatchTests {
    /// A finding that nobody has a rule for, so that a person is told.
    private func event(_ number: Int, bucket: String = "b", updatedAt: String = "2026-11-20T03:14:32Z") -> JSON {
        [
            "detail-type": "Access Analyzer Finding", "source": "aws.access-analyzer", "region": "us-east-1",
            "resources": [.string(analyzer)],
            "detail": [
                "id": .string(findingID(number)), "status": "ACTIVE", "resourceType": "AWS::S3::Bucket",
                "resource": .string("arn:aws:s3:::\(bucket)"), "accountId": .string(account),
                "principal": ["AWS": .string(outsider(number))], "action": ["s3:GetObject"], "condition": [:],
                "isPublic": false, "isDeleted": false, "updatedAt": .string(updatedAt),
            ],
        ]
    }

    /// An account in which Access Analyzer has the findings of these events.
    private func knowing(_ events: [JSON], faults: JSON = []) throws -> SimulatedAccount {
        let findings = try events.map { event in
            var finding = try #require(event["detail"]?.object)
            finding["analyzerArn"] = .string(analyzer)
            return JSON.object(finding)
        }
        return try SimulatedAccount([
            "account": .string(account), "topics": [.string(topic)], "findings": .array(findings), "faults": faults,
        ])
    }

    private func roleEvent(_ number: Int) throws -> JSON {
        .object(try bareCase(number).json)
    }

    private func record(_ id: String, _ body: JSON, group: String? = nil) -> JSON {
        var json = JSONObject([("messageId", .string(id)), ("body", .string(body.string ?? body.text()))])
        if let group { json["attributes"] = ["MessageGroupId": .string(group)] }
        return .object(json)
    }

    /// The ids of the records that failed.
    private func failures(_ records: [JSON], _ environment: HandlerEnvironment) async throws -> [String] {
        let batch = JSON.object(JSONObject([("Records", .array(records))]))
        let answer = try JSON.parse(try await HandlerName.respond.run(batch.serialized(), environment))
        return (answer["batchItemFailures"]?.array ?? []).compactMap { $0["itemIdentifier"]?.string }
    }

    private func telling(_ simulated: SimulatedAccount) throws -> HandlerEnvironment {
        var result = environment(simulated)
        result.settings = try Settings(environment: ["GATEHOUSE_MODE": "enforce", "GATEHOUSE_TOPIC_ARN": topic])
        return result
    }

    private func messages(_ simulated: SimulatedAccount) -> [String] {
        simulated.calls.filter { $0.operation == "Publish" }.compactMap { $0.parameters["Message"]?.string }
    }

    @Test func theCasesOfABatchHoldNoMoreValuesThanOneEvent() async throws {
        let simulated = try knowing([event(1), event(2, bucket: "c"), event(3, bucket: "d")])
        func ballast(_ event: JSON, _ count: Int) throws -> JSON {
            var held = try Case(event).json
            held["x"] = .array(Array(repeating: .null, count: count))
            return .object(held)
        }
        let half = JSONLimits.mostValues / 2
        let records = [
            record("1", try ballast(event(1), half)), record("2", try ballast(event(2, bucket: "c"), half)),
            record("3", event(3, bucket: "d")),
        ]
        // The second is too much beside the first; it comes again alone.
        #expect(try await failures(records, try telling(simulated)) == ["2"])
    }

    @Test func anEventOfTooManyValuesIsRefused() async throws {
        let simulated = try knowing([])
        let bytes = Array(("[" + Array(repeating: "[1]", count: 1_500_000).joined(separator: ",") + "]").utf8)
        for handler in HandlerName.allCases {
            let error = await #expect(throws: HandlerError.self) {
                try await handler.run(bytes, environment(simulated))
            }
            #expect(error?.kind == .invalidEvent)
            #expect(error?.message.contains("more than \(JSONLimits.mostValues) values") == true)
        }
    }

    @Test func aPoisonMessageBlocksNobody() async throws {
        let simulated = try knowing([event(1), event(2, bucket: "c")])
        let records = [
            record("1", "not JSON"), record("2", event(1)), record("3", ["Records": []]),
            .object(JSONObject([("messageId", "4")])),
            record("5", event(2, bucket: "c")),
        ]
        #expect(try await failures(records, try telling(simulated)) == ["1", "3", "4"])
        #expect(messages(simulated).count == 2)
    }

    @Test func aResourcesFindingsAreOneMessage() async throws {
        let simulated = try knowing([event(1), event(2, bucket: "other"), event(3), event(4)])
        let records = [
            record("1", event(1)), record("2", event(2, bucket: "other")), record("3", event(3)), record("4", event(4)),
        ]
        #expect(try await failures(records, try telling(simulated)) == [])
        let sent = messages(simulated)
        #expect(sent.count == 2)
        #expect(sent[0].contains(findingID(2)) && !sent[0].contains(findingID(1)))
        for number in [1, 3, 4] { #expect(sent[1].contains("Finding id: \(findingID(number))\n")) }
    }

    @Test func aFindingSentTwiceIsDoneOnce() async throws {
        let simulated = try knowing([event(1)])
        let records = [
            record("1", event(1)), record("2", event(1, updatedAt: "2026-11-20T04:00:00.123Z")), record("3", event(1)),
        ]
        let environment = try telling(simulated)
        #expect(try await failures(records, environment) == [])
        #expect(messages(simulated).count == 1)
        #expect(try #require(messages(simulated).first).contains(" Gatehouse changed nothing (rule "))
        #expect(environment.metrics.ends.count == 2)
    }

    @Test func aChangeIsMadeOnceForARecordThatComesTwice() async throws {
        let simulated = try world(outsiders: 2)
        let records = [
            record("1", try roleEvent(0)), record("2", try roleEvent(0)), record("3", try roleEvent(1)),
            record("4", try roleEvent(0)),
        ]
        #expect(try await failures(records, try telling(simulated)) == [])
        #expect(simulated.calls.count { $0.operation == "UpdateAssumeRolePolicy" } == 2)
        #expect(messages(simulated).count == 1)
        #expect(try #require(messages(simulated).first).hasPrefix("Gatehouse has 2 findings"))
    }

    @Test func aDoubleOfWhatFailedFailsToo() async throws {
        let fault: JSON = [["operation": "UpdateAssumeRolePolicy", "kind": "throttled", "times": 1]]
        let simulated = try world(outsiders: 2, faults: fault)
        let records = [
            record("1", try roleEvent(0)), record("2", try roleEvent(0)), record("3", try roleEvent(1)),
        ]
        #expect(try await failures(records, try telling(simulated)) == ["1", "2"])
        // The other finding of the role is told of all the same.
        #expect(messages(simulated).count == 1)
        #expect(try #require(messages(simulated).first).contains(findingID(1)))
    }

    @Test func whoCouldNotBeToldComesAgainAndIsToldThen() async throws {
        let fault: JSON = [["operation": "Publish", "kind": "unavailable", "times": 1]]
        let simulated = try world(outsiders: 2, faults: fault)
        let records = [
            record("1", try roleEvent(0)), record("2", try roleEvent(1)), record("3", try roleEvent(0)),
        ]
        #expect(try await failures(records, try telling(simulated)) == ["1", "2", "3"])
        #expect(messages(simulated).isEmpty)
        #expect(try await failures(records, try telling(simulated)) == [])
        #expect(simulated.calls.count { $0.operation == "UpdateAssumeRolePolicy" } == 2)
        let sent = messages(simulated)
        #expect(sent.count == 1)
        #expect(sent[0].contains(findingID(0)) && sent[0].contains(findingID(1)))
    }

    @Test func aQueueWithGroupsKeepsTheirOrder() async throws {
        let simulated = try knowing([
            event(1, bucket: "a"), event(2, bucket: "b"), event(3, bucket: "c"), event(4, bucket: "d"),
        ])
        let records = [
            record("1", event(1, bucket: "a"), group: "g"), record("2", "poison", group: "g"),
            record("3", event(2, bucket: "b"), group: "g"), record("4", event(3, bucket: "c"), group: "h"),
            record("5", event(4, bucket: "d"), group: "g"),
        ]
        #expect(try await failures(records, try telling(simulated)) == ["2", "3", "5"])
        #expect(messages(simulated).count == 2)
    }

    @Test func aMessageThatFailsHoldsItsGroupBack() async throws {
        let fault: JSON = [["operation": "Publish", "kind": "throttled", "times": 1]]
        let simulated = try knowing(
            [event(1, bucket: "a"), event(2, bucket: "b"), event(3, bucket: "c")],
            faults: fault
        )
        let records = [
            record("1", event(1, bucket: "a"), group: "g"), record("2", event(2, bucket: "b"), group: "g"),
            record("3", event(3, bucket: "c"), group: "h"),
        ]
        #expect(try await failures(records, try telling(simulated)) == ["1", "2"])
        #expect(messages(simulated).count == 1)
    }

    @Test func whatIsNotBegunInTimeComesAgain() async throws {
        let simulated = try SimulatedWorld.topics([topic])
        var environment = try telling(simulated)
        environment.deadline = .now - .seconds(1)
        #expect(try await failures([record("1", event(1)), record("2", event(2))], environment) == ["1", "2"])
        #expect(simulated.calls.isEmpty)
    }

    @Test func thousandsOfRecordsAreNotQuadratic() async throws {
        let simulated = try knowing((0..<2000).map { event($0, bucket: "b\($0 % 2)") })
        var records: [JSON] = []
        for number in 0..<2000 { records.append(record("a\(number)", event(number, bucket: "b\(number % 2)"))) }
        for number in 0..<2000 { records.append(record("b\(number)", event(number, bucket: "b\(number % 2)"))) }
        var environment = try telling(simulated)
        // What was said of the organization is kept for minutes; here none pass.
        environment.now = { messageTime }
        #expect(try await failures(records, environment) == [])
        // Each finding is read and judged once, however many records and findings of its resource there are.
        let counts = Dictionary(grouping: simulated.calls, by: \.operation).mapValues(\.count)
        #expect(
            counts == [
                "GetFindingV2": 2000, "GetBucketTagging": 2000, "GetPublicAccessBlock": 2000,
                "GetBucketOwnershipControls": 2000, "DescribeAccount": 2, "ListParents": 1, "ListTagsForResource": 1,
                "Publish": 16,
            ]
        )
        // One for each finding and one for the batch.
        #expect(environment.metrics.ends.count == 2001)
        var told: Set<Substring> = []
        for message in messages(simulated) { told.formUnion(message.split(separator: "\n")) }
        #expect((0..<2000).allSatisfy { told.contains("Finding id: \(findingID($0))") })
    }
}
