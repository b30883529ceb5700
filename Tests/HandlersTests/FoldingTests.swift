import AWSClient
import Findings
import Handlers
import Ledger
import LosslessJSON
import Policies
import SimulatedAccount
import Testing

/// A role whose trust policy has no room for a Deny for each finding.
@Suite struct FoldingTests {
    private let zone = ZoneOfTrust(account: account)

    private func block(_ world: LedgerWorld, _ number: Int) async throws -> Outcome? {
        try await resolve(try bareCase(number).toBeResolved(), world.environment()).outcome
    }

    private func undo(_ world: LedgerWorld, _ number: Int) async throws -> Outcome? {
        let input = RollbackInput(findingID: findingID(number), resource: nil)
        return try Case(.object(try await RollbackRun(input, world.environment()).run())).outcome
    }

    /// Who is denied in the document as it stands.
    private func denied(_ world: LedgerWorld, of count: Int) throws -> [Int] {
        let document = try PolicyDocument(text: world.trustPolicy)
        return (0..<count).filter { number in
            document.denies(Principal(key: "AWS", value: outsider(number)), ["sts:AssumeRole"], zone: zone)
        }
    }

    @Test(arguments: [UInt64(1), 2])
    func eachIsBlockedAndUndoneAlone(_ seed: UInt64) async throws {
        let count = 9
        let world = try LedgerWorld(outsiders: count, quota: 2048)
        var numbers = SeededNumbers(seed: seed)
        let before = world.trustPolicy
        for number in 0..<count {
            let outcome = try await block(world, number)
            #expect(outcome?.status == .resolved, "\(outcome?.summary ?? "")")
            #expect(try PolicyDocument(text: world.trustPolicy).size <= 2048)
            #expect(try denied(world, of: count) == Array(0...number))
        }
        #expect(try JSON.parse(text: world.trustPolicy)["Statement"]?.array?.count == 2)
        // A second event of each finds its own.
        for number in 0..<count {
            let again = try await block(world, number)
            #expect(again?.status == .alreadyResolved && again?.rollback != nil)
        }
        var left = Set(0..<count)
        for number in (0..<count).shuffled(using: &numbers) {
            let outcome = try await undo(world, number)
            #expect(outcome?.status == .rolledBack, "\(outcome?.summary ?? "")")
            left.remove(number)
            #expect(try denied(world, of: count) == left.sorted())
        }
        #expect(try JSON.parse(text: world.trustPolicy) == JSON.parse(text: before))
        #expect(try await world.ledger.known(of: roleARN).changes.isEmpty)
    }

    @Test func whatIsTooLongEvenSoIsRefusedWithTheSizes() async throws {
        let world = try LedgerWorld(outsiders: 47, quota: 2048)
        let outcome = try await block(world, 0)
        #expect(outcome?.status == .refused)
        #expect(outcome?.summary.contains("the account's quota is 2048") == true)
    }

    @Test func whatSomebodyHasEditedIsNotTakenApart() async throws {
        let world = try LedgerWorld(outsiders: 9, quota: 2048)
        for number in 0..<9 { _ = try await block(world, number) }
        let edited = world.trustPolicy.replacing("sts:AssumeRole\",\"Condition", with: "sts:*\",\"Condition")
        try await world.simulated.write(edited)
        let outcome = try await undo(world, 3)
        #expect(outcome?.status == .conflict, "\(outcome?.summary ?? "")")
        #expect(world.trustPolicy == edited)
    }

    @Test func foldingAndUnfoldingGiveTheSame() throws {
        let document = try PolicyDocument(
            text: """
                {"Version":"2012-10-17","Statement":[
                {"Sid":"A","Effect":"Allow","Principal":{"AWS":["111122223333","999988887777"]},"Action":"sts:AssumeRole"},
                {"Sid":"Gatehouse00000000000000000000000000000001","Effect":"Deny","Principal":{"AWS":"*"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"aws:PrincipalAccount":"111122223333"}}},
                {"Sid":"Gatehouse00000000000000000000000000000002","Effect":"Deny","Principal":{"AWS":"*"},"Action":["sts:AssumeRole","sts:TagSession"],"Condition":{"StringEquals":{"aws:PrincipalAccount":"111122223333"}}},
                {"Sid":"B","Effect":"Deny","Principal":{"AWS":"*"},"Action":"sts:TagSession"},
                {"Sid":"Gatehouse00000000000000000000000000000003","Effect":"Deny","Principal":{"AWS":"*"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"aws:PrincipalAccount":"999988887777"}}}
                ]}
                """
        )
        let folded = document.folded
        #expect(
            folded.statements.map(\.sid) == [
                "A", "Gatehouse0000000000000000000000000000000100000000000000000000000000000003",
                "Gatehouse00000000000000000000000000000002", "B",
            ]
        )
        #expect(Set(folded.unfolded.statements.compactMap(\.sid)) == Set(document.statements.compactMap(\.sid)))
        #expect(document.unfolded == document && folded.folded == folded)
    }
}
