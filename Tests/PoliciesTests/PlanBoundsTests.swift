import LosslessJSON
import Policies
import Testing

/// Findings that are wider than any that Access Analyzer tells: an answer in bounded time and memory, and never a trap.
@Suite struct PlanBoundsTests {
    private let zone = ZoneOfTrust(account: "123456789012")
    private let other = Principal.account("999988887777")

    private static let queue = {
        var dialect = PolicyDialect(name: "queue policy", services: ["sqs"], resource: .fixed("*"), defaultQuota: 8192)
        dialect.actionLimit = 7
        return dialect
    }()

    private static let bucket = PolicyDialect(
        name: "bucket policy",
        services: ["s3"],
        resource: .granted(otherwise: ["*"]),
        defaultQuota: 20_480
    )

    /// Names of letters alone, all different.
    private static func actions(_ count: Int) -> [String] {
        (0..<count).map { number in
            let letters = String(number, radix: 26).utf8.map {
                UInt8(ascii: "a") + ($0 < 0x40 ? $0 - 0x30 : $0 - 0x61 + 10)
            }
            return "sqs:" + String(decoding: letters, as: UTF8.self)
        }
    }

    private func document(_ principal: String, _ action: String) throws -> PolicyDocument {
        try PolicyDocument(
            text: #"{"Statement":[{"Effect":"Allow","Principal":\#(principal),"Action":"\#(action)","Resource":"*"}]}"#
        )
    }

    private func planned(_ actions: [String]) throws -> [Deny] {
        let document = try document(#"{"AWS":"999988887777"}"#, "sqs:*")
        let access = try GrantedAccess(
            other,
            actions,
            condition: JSONObject(),
            in: document,
            zone: zone,
            dialect: Self.queue
        )
        return try Deny.planned(
            finding: "f-1",
            access,
            actions: actions,
            conditionKeys: [],
            in: document,
            zone: zone,
            dialect: Self.queue
        )
    }

    @Test func eachOfSeveralStatementsHasItsOwnSid() throws {
        let denies = try planned(Self.actions(182))
        #expect(denies.map(\.sid) == Deny.sids(forFinding: "f-1"))
        #expect(denies.prefix(3).map(\.sid) == ["Gatehousef1", "Gatehousef1b", "Gatehousef1c"])
        #expect(denies.flatMap(\.actions) == Self.actions(182))
    }

    @Test(arguments: [183, 1_200, 20_000])
    func moreActionsThanStatementsTakeAreRefused(_ count: Int) {
        #expect(throws: PolicyError.self) { try planned(Self.actions(count)) }
    }

    @Test func manyActionsAreLookedThroughOnce() {
        let actions = Self.actions(20_000)
        #expect(Deny.deniable(actions + actions.map { $0.uppercased() }, of: other, Self.queue) == actions)
    }

    @Test(arguments: [[60, 60, 60], [400, 400, 400], [50_001], Array(repeating: 1, count: 65)])
    func moreConditionsThanCanBeAskedForAreRefused(_ values: [Int]) throws {
        // Keys that differ by case alone are several in JSON.
        let condition = JSONObject(
            values.enumerated().map { number, count in
                let name = "sourcevpce".enumerated().map { number >> $0 & 1 == 1 ? $1.uppercased() : String($1) }
                return ("aws:\(name.joined())", .array((0..<count).map { .string("vpce-\($0)") }))
            }
        )
        let document = try document(#""*""#, "s3:GetObject")
        #expect(throws: PolicyError.self) {
            try GrantedAccess(
                .everyone,
                ["s3:GetObject"],
                condition: condition,
                in: document,
                zone: zone,
                dialect: Self.bucket
            )
        }
    }
}
