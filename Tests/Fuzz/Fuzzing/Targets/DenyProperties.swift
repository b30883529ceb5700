import AWSClient
import Basics
import Policies
import ResourceTypes

private let own = "123456789012"

extension FuzzTarget {
    /// What the policies of each type are like.
    static let dialects: [PolicyDialect] = [
        "arn:aws:iam::\(own):role/R", "arn:aws:s3:::reports", "arn:aws:sqs:us-east-1:\(own):q",
        "arn:aws:sns:us-east-1:\(own):t",
        "arn:aws:kms:us-east-1:\(own):key/k", "arn:aws:secretsmanager:us-east-1:\(own):secret:s",
        "arn:aws:ecr:us-east-1:\(own):repository/r", "arn:aws:elasticfilesystem:us-east-1:\(own):file-system/fs-1",
        "arn:aws:lambda:us-east-1:\(own):function:f", "arn:aws:s3express:us-east-1:\(own):bucket/b--use1-az4--x-s3",
    ].compactMap { remedy(of: $0)?.dialect }

    /// How the policy of a resource is edited; `nil` where it has none that we edit.
    static func remedy(of resource: String) -> (any PolicyRemedy)? {
        guard let arn = ARN(resource), let region = try? Region("us-east-1") else { return nil }
        let place = ChangedResource(arn, partition: .aws, account: own, region: region)
        for case let remedy as any PolicyRemedy in KnownResourceTypes.remedies(for: place)?.remedies ?? [] {
            return remedy
        }
        return nil
    }

    /// What must hold of an edit that was proven. Always true.
    static func proven(
        _ edit: ProvenEdit,
        _ access: GrantedAccess,
        _ zone: ZoneOfTrust,
        _ remedy: any PolicyRemedy,
        finding: String
    ) throws(Breach) -> Bool {
        let dialect = remedy.dialect
        let denies = edit.denies
        let added = edit.after.statements.suffix(denies.count)
        for (statement, deny) in zip(added, denies) {
            try hold(Deny(recognising: statement.json, dialect) == deny, "a Deny that was proven is not recognised")
        }
        try hold(
            edit.after.statements.dropLast(denies.count) == edit.before.statements[...],
            "another statement has changed"
        )
        try hold(Deny.deny(access, denies), "Denies that were proven do not deny")
        if dialect.isTrustPolicy {
            let actions = denies.flatMap(\.actions)
            try hold(
                edit.after.denies(access.principal, actions, zone: zone),
                "a Deny that was proven is not evaluated as one"
            )
        }
        try spared(edit, denies, zone)
        let again = try? ProvenEdit(adding: denies, to: edit.after, against: access, zone: zone, dialect: dialect)
        try hold(again == nil, "the same Deny is added twice")
        try takenOut(edit, remedy, finding)
        return true
    }

    /// Keys that only a service sends which calls for somebody: a finding that tells one is about such calls.
    private static let keysOfServices = ["aws:sourcearn", "aws:sourceaccount", "aws:sourceowner", "aws:sourceorgid"]

    /// Nobody inside the zone of trust and no service is denied more than before.
    private static func spared(_ edit: ProvenEdit, _ denies: [Deny], _ zone: ZoneOfTrust) throws(Breach) {
        let isOfServices = denies.flatMap(\.tests).contains { keysOfServices.contains($0.key.lowercased()) }
        var inside = isOfServices ? [] : [Principal(key: "Service", value: "ec2.amazonaws.com")]
        for account in zone.accounts.prefix(8) where account.isAccountID {
            inside.append(.account(account))
            inside.append(Principal(key: "AWS", value: "arn:aws:iam::\(account):role/Operator"))
        }
        for principal in inside {
            for deny in denies {
                for action in deny.actions.prefix(8) {
                    for resource in [nil] + deny.resources.prefix(8).map(Optional.some) {
                        let request = AccessRequest(principal: principal, action: action, resource: resource)
                        try hold(
                            edit.after.evaluate(request) == edit.before.evaluate(request),
                            "\(principal.element.value), who is inside, is denied \(action)"
                        )
                    }
                }
            }
        }
    }

    private static func takenOut(_ edit: ProvenEdit, _ remedy: any PolicyRemedy, _ finding: String) throws(Breach) {
        // Of a document that was empty nothing is left, and earlier statements of ours may be this finding's, or have been
        // added to a lone one.
        guard !edit.before.statements.isEmpty, edit.before.deadPrincipals.isEmpty,
            !edit.before.statements.contains(where: { $0.sid?.hasPrefix("Gatehouse") ?? false })
        else { return }
        guard case .edit(let undone) = remedy.undo(finding: finding, nil, nil, in: PolicyState(edit.after)) else {
            throw Breach("what was added is not taken out")
        }
        try hold(undone.after.document == edit.before, "taking out ours leaves another document")
        try hold(undone.after.document.text == edit.before.text, "taking out ours leaves another text")
    }
}
