import AWSClient
import AWSOperations
import Basics
import LosslessJSON
import SimulatedAccount
import Testing

/// Lists come two to a page, so that whoever asks has to turn pages.
@Suite struct PageTests {
    private func tags(_ count: Int) -> JSON {
        .object(JSONObject((0..<count).map { ("k\($0)", .string("v\($0)")) }))
    }

    /// All pages of a key's tags, by size.
    private func sizes(_ count: Int) async throws -> [Int] {
        let caller = try simulated([("resources", .object(JSONObject([(keyARN, ["tags": tags(count)])])))]).caller()
        var (pages, seen, marker): ([Int], _, String?) = ([], TagPage([]).tags, nil)
        repeat {
            let region = Partition.aws.globalRegion
            let page = try await caller.call(ListResourceTags(keyARN: keyARN, marker: marker, region: region))
            pages.append(page.tags.count)
            seen += page.tags
            marker = page.nextToken
        } while marker != nil && pages.count < 10
        #expect(seen == (0..<count).map { Tag("k\($0)", "v\($0)") })
        return pages
    }

    @Test(arguments: [(0, [0]), (1, [1]), (2, [2]), (3, [2, 1]), (4, [2, 2]), (5, [2, 2, 1])])
    func tagsComeTwoToAPage(_ count: Int, _ expected: [Int]) async throws {
        #expect(try await sizes(count) == expected)
    }

    @Test func aliasesComeTwoToAPage() async throws {
        let key: JSON = ["keyAliases": ["alias/a", "alias/b", "alias/c"]]
        let caller = try simulated([("resources", .object(JSONObject([(keyARN, key)])))]).caller()
        let region = Partition.aws.globalRegion
        let first = try await caller.call(ListAliases(keyARN: keyARN, marker: nil, region: region))
        #expect(first.names == ["alias/a", "alias/b"])
        let second = try await caller.call(ListAliases(keyARN: keyARN, marker: first.nextMarker, region: region))
        #expect(second == AliasPage(names: ["alias/c"], nextMarker: nil))
    }

    @Test func aFindingsDetailsComeTwoToAPage() async throws {
        let details: JSON = [["a": 1], ["b": 2], ["c": 3]]
        let caller = try simulated([("findings", [finding("1", [("findingDetails", details)])])]).caller()
        let region = Partition.aws.globalRegion
        let first = try await caller.call(GetFindingV2(id: "1", analyzerARN: analyzer, region: region))
        #expect(first.details == [["a": 1], ["b": 2]])
        let rest = GetFindingV2(id: "1", analyzerARN: analyzer, nextToken: first.nextToken, region: region)
        let second = try await caller.call(rest)
        #expect(second.details == [["c": 3]] && second.nextToken == nil)
    }

    @Test(arguments: ["x", "-3", "99"]) func aTokenOfNobodysLeadsNowhereElse(_ token: String) async throws {
        let caller = try simulated([("resources", .object(JSONObject([(keyARN, ["tags": tags(3)])])))]).caller()
        let region = Partition.aws.globalRegion
        let page = try await caller.call(ListResourceTags(keyARN: keyARN, marker: token, region: region))
        #expect(page.tags.count == (token == "99" ? 0 : 2))
    }
}
