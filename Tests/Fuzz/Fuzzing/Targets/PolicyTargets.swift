import AWSClient
import Basics
import LosslessJSON
import Policies
import ResourceTypes

private let own = "123456789012"

private let elements = [
    #""Version""#, #""Statement""#, #""Id""#, #""Sid""#, #""Effect""#, #""Allow""#, #""Deny""#, #""Principal""#,
    #""NotPrincipal""#, #""Action""#, #""NotAction""#, #""Resource""#, #""NotResource""#, #""Condition""#, #""AWS""#,
    #""Federated""#, #""Service""#, #""CanonicalUser""#, #""*""#, #""sts:AssumeRole""#, #""sts:*""#, #""s3:Get*""#,
    #""s3:GetObject""#, #""sqs:SendMessage""#, #""kms:Decrypt""#, #""StringEquals""#, #""StringNotEqualsIfExists""#,
    #""StringLike""#, #""ArnLike""#, #""ArnEquals""#, #""Null""#, #""Bool""#, #""BoolIfExists""#, #""IpAddress""#,
    #""NumericLessThan""#, #""ForAnyValue:StringLike""#, #""aws:PrincipalArn""#, #""aws:PrincipalAccount""#,
    #""aws:PrincipalOrgID""#, #""aws:PrincipalIsAWSService""#, #""aws:SourceVpce""#, #""aws:SourceAccount""#,
    #""aws:SourceIp""#, #""lambda:FunctionUrlAuthType""#, #""999988887777""#, #""123456789012""#, #""210987654321""#,
    #""arn:aws:iam::999988887777:root""#, #""arn:aws:iam::999988887777:user/Alice""#,
    #""arn:aws:iam::123456789012:role/R""#,
    #""arn:aws:sts::999988887777:assumed-role/R/s""#, #""ec2.amazonaws.com""#, #""accounts.google.com""#,
    #""AIDACKCEVSQ6C2EXAMPLE""#, #""o-a1b2c3d4e5""#, #""false""#, #""true""#, #""Gatehouse1""#,
    #""arn:aws:s3:::reports""#,
    #""arn:aws:s3:::reports/*""#, #""vpce-1""#, #""document""#, #""principal""#, #""actions""#, #""condition""#,
    #""sources""#,
    #""type""#, #""POLICY""#, #""S3_ACCESS_POINT""#, #""accessPointArn""#, #""resource""#, #""trusted""#,
    #""organization""#,
    #""arn:aws:sqs:us-east-1:123456789012:q""#, #""arn:aws:kms:us-east-1:123456789012:key/k""#, "{}", "[]",
]

extension FuzzTarget {
    /// Policy documents: read, written, evaluated, edited and edited back; and our Denies among their statements.
    static let policy = FuzzTarget("policy", .json, words: elements) { (input) throws(Breach) in
        guard let document = document(input) else { return false }
        try hold((try? PolicyDocument(text: document.text)) == document, "a document is written as another")
        try hold(document.size == document.text.unicodeScalars.count, "a document's size is not that of its text")
        try evaluated(document)
        for statement in document.statements {
            for dialect in dialects {
                guard let deny = Deny(recognising: statement.json, dialect) else { continue }
                try hold(
                    Deny(recognising: deny.statement, dialect) == deny,
                    "a Deny of ours is not recognised as written"
                )
                try hold(deny.deniesTheSame(as: deny), "a Deny does not deny what it denies")
            }
        }
        try editedBack(document)
        return true
    }

    private static func document(_ input: [UInt8]) -> PolicyDocument? {
        do throws(PolicyError) {
            return try PolicyDocument(text: String(decoding: input, as: UTF8.self))
        } catch {
            return nil
        }
    }

    private static func evaluated(_ document: PolicyDocument) throws(Breach) {
        let zone = ZoneOfTrust(account: own, organization: "o-a1b2c3d4e5")
        let actions = ["sts:AssumeRole", "s3:Get*"]
        for principal in document.statements.flatMap(\.principals).prefix(8) + [.everyone, .account("999988887777")] {
            let isDenied = document.denies(principal, actions, zone: zone)
            let reaches = actions.contains {
                document.evaluate(zone.outsideRequest(principal, action: $0)).denied < .every
            }
            try hold(isDenied != reaches, "what is denied is not what the evaluator denies")
            _ = document.letsInMembersOnly(principal, actions, zone: zone)
        }
        _ = document.outsidersLetIn(actions, zone: zone)
        _ = document.deadPrincipals
    }

    private static func editedBack(_ document: PolicyDocument) throws(Breach) {
        let deny = Deny(
            sid: "GatehouseFuzz",
            target: .account("999988887777"),
            actions: ["sts:AssumeRole"],
            organization: nil
        )
        guard let after = try? document.appending(deny.statement) else { return }
        try hold(Array(after.statements.dropLast()) == document.statements, "another statement has changed")
        if let added = after.statements.last {
            try hold(Deny(recognising: added.json, .trustPolicy) == deny, "what was added is not recognised")
        }
        // A document without statements is removed as a whole.
        guard !document.statements.isEmpty, let back = try? after.removing(at: after.statements.count - 1) else {
            return
        }
        try hold(back.statements == document.statements, "taking out what was added leaves another document")
        let diff = UnifiedDiff.text(JSON.object(document.json).text(.pretty), JSON.object(after.json).text(.pretty))
        try hold(!diff.isEmpty, "an edit without a difference")
    }

    /// A document, and an access in it that is to be closed: whatever is planned and proven is recognised and denies.
    static let deny = FuzzTarget("deny", .json, words: elements) { (input) throws(Breach) in
        guard let json = try? JSON.parse(input), let document = json["document"].flatMap({ try? PolicyDocument($0) }),
            let member = json["principal"]?.object?.members.first, let name = member.value.string,
            let remedy = remedy(of: json["resource"]?.string ?? "")
        else { return false }
        let actions = json["actions"]?.array?.compactMap(\.string) ?? []
        let zone = ZoneOfTrust(
            account: own,
            trustedAccounts: json["trusted"]?.array?.compactMap(\.string) ?? [],
            organization: json["organization"]?.string
        )
        let principal = Principal(key: member.key, value: name)
        let finding = json["finding"]?.string ?? "f-1"
        guard let (edit, access) = planned(finding, json, principal, actions, in: document, zone, remedy.dialect) else {
            return false
        }
        return try proven(edit, access, zone, remedy, finding: finding)
    }

    private static func planned(
        _ finding: String,
        _ json: JSON,
        _ principal: Principal,
        _ actions: [String],
        in document: PolicyDocument,
        _ zone: ZoneOfTrust,
        _ dialect: PolicyDialect
    ) -> (ProvenEdit, GrantedAccess)? {
        do throws(PolicyError) {
            let access = try GrantedAccess(
                principal,
                Deny.deniable(actions, of: principal, dialect),
                condition: json["condition"]?.object ?? JSONObject(),
                sources: json["sources"]?.array ?? [],
                in: document,
                zone: zone,
                dialect: dialect
            )
            let denies = try Deny.planned(
                finding: finding,
                access,
                actions: actions,
                conditionKeys: document.conditionKeys(reaching: principal),
                in: document,
                zone: zone,
                dialect: dialect
            )
            return (try ProvenEdit(adding: denies, to: document, against: access, zone: zone, dialect: dialect), access)
        } catch {
            return nil
        }
    }
}
