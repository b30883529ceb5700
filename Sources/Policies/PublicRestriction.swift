extension PolicyDocument {
    /// Whom, of those whom a bucket's policy lets in on purpose, S3 would cut off once only the bucket's own account and AWS
    /// services may use a public policy: everybody of other accounts, also who is named. In the middle of a sentence; `nil`
    /// when nobody.
    ///
    /// Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
    package func cutOffByRestriction(toAccount account: String, zone: ZoneOfTrust) -> String? {
        var isPublic = false
        for (index, statement) in statements.enumerated() where statement.effect == .allow {
            guard !statement.principals.isEmpty else {
                return "\(name(ofStatement: index)) lets in whom it does not name"
            }
            for principal in statement.principals {
                switch principal {
                case .service: continue
                case .everyone where statement.conditions.allSatisfy({ PolicyDocument.transportKeys.contains($0.key) }):
                    isPublic = true
                case .everyone:
                    return "it would also cut off whom \(name(ofStatement: index)) lets in under a condition"
                default:
                    guard principal.account != account else { continue }
                    return "it would also cut off \(principal.element.value), whom \(name(ofStatement: index)) lets in"
                }
            }
        }
        guard isPublic else { return nil }
        if let organization = zone.organization { return "it would also cut off \(organization), which is trusted" }
        return zone.accounts.first { $0 != account }.map { "it would also cut off account \($0), which is trusted" }
    }

    /// Conditions on how a request comes, not on who sends it.
    private static let transportKeys = ["aws:securetransport", "s3:tlsversion"]
}
