import AWSClient
import AWSOperations
import Basics
import Testing

@Suite struct OrganizationsTests {
    private let version = "application/x-amz-json-1.1 AWSOrganizationsV20161128"

    @Test func describesAnAccount() throws {
        let operation = DescribeAccount(accountID: "555555555555", partition: .china)
        #expect(operation.region.name == "cn-northwest-1")
        #expect(try target(operation) == "\(version).DescribeAccount")
        #expect(try body(operation) == #"{"AccountId":"555555555555"}"#)
        let answer = #"{"Account":{"Id":"555555555555","Name":"Beta account","Status":"ACTIVE"}}"#
        #expect(try read(operation, answer) == OrganizationAccount(id: "555555555555", name: "Beta account"))
        #expect(refusal(operation, #"{"Account":{"Id":"111111111111"}}"#) == .unavailable)
        #expect(refusal(operation, "{}") == .unavailable)
    }

    @Test func listsAnAccountsTags() throws {
        let operation = ListTagsForAccount(accountID: "555555555555", nextToken: nil, partition: .aws)
        #expect(operation.region.name == "us-east-1")
        #expect(try target(operation) == "\(version).ListTagsForResource")
        #expect(try body(operation) == #"{"ResourceId":"555555555555"}"#)
        #expect(
            try read(operation, #"{"Tags":[{"Key":"k","Value":"v"}],"NextToken":"n"}"#)
                == TagPage([Tag("k", "v")], nextToken: "n")
        )
    }

    @Test func climbsToTheRoot() throws {
        let operation = ListParents(childID: "555555555555", partition: .aws)
        #expect(try target(operation) == "\(version).ListParents")
        #expect(try body(operation) == #"{"ChildId":"555555555555"}"#)
        #expect(
            try read(
                operation,
                #"{"Parents":[{"Id":"ou-examplerootid111-exampleouid111","Type":"ORGANIZATIONAL_UNIT"}]}"#
            )
                == OrganizationParent(id: "ou-examplerootid111-exampleouid111", isRoot: false)
        )
        #expect(
            try read(operation, #"{"Parents":[{"Id":"r-examplerootid111","Type":"ROOT"}]}"#)
                == OrganizationParent(id: "r-examplerootid111", isRoot: true)
        )
        for strange in [#"{"Parents":[]}"#, #"{"Parents":[{"Id":"x","Type":"ACCOUNT"}]}"#, "{}"] {
            #expect(refusal(operation, strange) == .unavailable)
        }
    }

    @Test func namesAUnit() throws {
        let operation = DescribeOrganizationalUnit(unitID: "ou-a-b", partition: .aws)
        #expect(try target(operation) == "\(version).DescribeOrganizationalUnit")
        #expect(try body(operation) == #"{"OrganizationalUnitId":"ou-a-b"}"#)
        #expect(try read(operation, #"{"OrganizationalUnit":{"Id":"ou-a-b","Name":"Accounting"}}"#) == "Accounting")
        #expect(refusal(operation, #"{"OrganizationalUnit":{}}"#) == .unavailable)
    }
}
