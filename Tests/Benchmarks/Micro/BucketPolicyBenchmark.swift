import LosslessJSON
import Policies

/// Reads a bucket's policy of the longest that S3 takes, plans a Deny of one account and proves it.
func runBucketPolicyBenchmark() throws {
    var statements: [String] = []
    var size = 0
    while size < 19_500 {
        let number = statements.count
        let text =
            #"{"Sid":"Team\#(number)","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:role/team/t\#(number)"},"#
            + #""Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::reports/team\#(number)/*"}"#
        size += text.utf8.count + 1
        statements.append(text)
    }
    statements.append(
        #"{"Sid":"Partner","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::999988887777:root"},"Action":"s3:GetObject","#
            + #""Resource":"arn:aws:s3:::reports/*"}"#
    )
    let policy = #"{"Version":"2012-10-17","Statement":[\#(statements.joined(separator: ","))]}"#
    var dialect = PolicyDialect(
        name: "bucket policy",
        services: ["s3"],
        resource: .granted(otherwise: ["arn:aws:s3:::reports", "arn:aws:s3:::reports/*"]),
        defaultQuota: 20 << 10
    )
    dialect.isLatin = false
    let zone = ZoneOfTrust(account: "123456789012")
    let principal = Principal.account("999988887777")
    let prove = try median {
        for _ in 0..<400 {
            let document = try PolicyDocument(text: policy)
            let access = try GrantedAccess(
                principal,
                ["s3:GetObject"],
                condition: JSONObject(),
                in: document,
                zone: zone,
                dialect: dialect
            )
            let denies = try Deny.planned(
                finding: "a5018210-97c4-46c4-9456-0295898377b6",
                access,
                actions: ["s3:GetObject"],
                conditionKeys: [],
                in: document,
                zone: zone,
                dialect: dialect
            )
            _ = try ProvenEdit(adding: denies, to: document, against: access, zone: zone, dialect: dialect)
        }
    }
    print(
        "bucket policy of \(statements.count) statements (\(policy.utf8.count) bytes), read, plan and prove\t\(Int(400 / prove))\t1/s\t>= 2000"
    )
}
