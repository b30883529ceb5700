import AWSClient
import AWSOperations
import Basics
import Findings
import Handlers
import Ledger
import LosslessJSON
import SimulatedAccount
import Testing

/// One part of an organization, as a map over accounts and regions hands it to the sweep.
@Suite struct SweepScopeTests {
    private func sweep(_ world: LedgerWorld, _ input: JSON) async throws -> JSON {
        var environment = world.environment()
        environment.rules = try RuleSource(setting: "builtin:strict")
        return try JSON.parse(try await HandlerName.sweep.run(input.serialized(), environment))
    }

    @Test func ofOneAccountItsResourcesAloneAreLookedAt() async throws {
        let world = try LedgerWorld(outsiders: 2)
        let others = try await sweep(world, ["scope": ["account": "111122223333", "region": "us-east-1"]])
        #expect(others["findings"]?.int == 0 && world.changes == 0)
        let ours = try await sweep(world, ["scope": ["account": .string(account), "region": "us-east-1"]])
        #expect(ours["findings"]?.int == 2 && ours["started"]?.int == 2 && world.changes == 2)
        let asked = world.simulated.calls.filter {
            $0.operation == "ListFindings" && $0.parameters["status"] == "ACTIVE"
        }
        #expect(asked.compactMap { $0.parameters["resourceOwnerAccount"]?.string } == ["111122223333", account])
    }

    @Test(arguments: [JSON.null, ""])
    func withoutAnAccountTheWholeRegionIs(_ none: JSON) async throws {
        let world = try LedgerWorld(outsiders: 2)
        let answer = try await sweep(world, ["scope": ["account": none, "region": "us-east-1"]])
        #expect(answer["findings"]?.int == 2)
    }

    /// Others run at the same time, and the region's own sweep goes on where it was.
    @Test func itLeavesChangesAndThePlaceAlone() async throws {
        let world = try LedgerWorld()
        let dying = DyingCaller(world.simulated.caller(), after: "UpdateAssumeRolePolicy")
        _ = try? await resolve(try bareCase(0).toBeResolved(), world.environment(aws: dying))
        world.advance(400)
        try await world.ledger.record(sweepPlace: ["change": "somewhere"], ofRegion: "us-east-1")
        let answer = try await sweep(world, ["scope": ["account": "111122223333", "region": "us-east-1"]])
        #expect(answer["completed"]?.int == 0)
        #expect(try await world.ledger.known(of: roleARN).changes.map(\.state) == [.intended])
        #expect(try await world.ledger.sweepPlace(ofRegion: "us-east-1") == ["change": "somewhere"])
    }

    /// EventBridge's own events name a region and an account, and are no part of anything.
    @Test func anEventOfAScheduleIsTheWhole() async throws {
        let world = try LedgerWorld()
        let event: JSON = ["source": "aws.events", "account": "111122223333", "region": "eu-west-3", "detail": [:]]
        let answer = try await sweep(world, event)
        #expect(answer["findings"]?.int == 1)
    }

    @Test(
        arguments: [
            (#"{"scope": "us-east-1"}"#, "scope: must be an object"),
            (#"{"scope": {}}"#, "scope.region: must be the name of a region"),
            (#"{"scope": {"region": 7}}"#, "scope.region: must be the name of a region"),
            (#"{"scope": {"region": "evil.example/us-east-1"}}"#, "scope.region: 'evil.example/us-east-1' is not"),
            (#"{"scope": {"region": "us-east-1", "account": "12"}}"#, "scope.account: must be an account id"),
            (#"{"scope": {"region": "us-east-1", "account": 123456789012}}"#, "scope.account: must be an account id"),
            (#"{"scope": {"region": "us-east-1", "regions": []}}"#, "scope.regions: is unknown"),
        ]
    )
    func whatIsNoScopeIsRefused(_ text: String, _ says: String) async throws {
        let world = try LedgerWorld()
        let error = await #expect(throws: HandlerError.self) { try await sweep(world, try JSON.parse(text: text)) }
        #expect(error?.kind == .invalidEvent)
        #expect(error?.message.contains(says) == true, "\(error?.message ?? "")")
        #expect(world.changes == 0)
    }

    @Test func bothListsAreFilteredByTheService() throws {
        let region = try Region("us-east-1")
        let first = ListFindings(
            analyzerARN: analyzer,
            resource: nil,
            ownerAccount: account,
            status: "ACTIVE",
            region: region
        )
        let second = ListFindingsV2(
            analyzerARN: analyzer,
            ownerAccount: account,
            status: "ACTIVE",
            nextToken: nil,
            region: region
        )
        let bodies = [try first.wireRequest().body, try second.wireRequest().body]
        for body in bodies {
            let filter = try JSON.parse(body)["filter"]
            #expect(filter == ["resourceOwnerAccount": ["eq": [.string(account)]], "status": ["eq": ["ACTIVE"]]])
        }
    }
}
