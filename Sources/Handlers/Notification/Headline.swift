import Findings

/// The first lines: what happened, in sentences that are true by themselves.
func headline(_ input: Case) -> [String] {
    var lines = [outcomeSentence(input)]
    if let verification = VerificationWords(input), input.outcome != nil { lines.append(verification.sentence) }
    return lines
}

private func outcomeSentence(_ input: Case) -> String {
    guard let outcome = input.outcome else {
        guard input.decision?.action != .approve else {
            return "Gatehouse changed nothing: blocking this access waits for a person's decision."
        }
        return "Gatehouse changed nothing, and a person should look: \(finding(input.finding))."
    }
    let summary = plain(outcome.summary, limit: 2000)
    switch outcome.status {
    case .resolved: return "Gatehouse blocked an access that was not intended. \(summary)"
    case .alreadyResolved where VerificationWords(input)?.status == .stillActive:
        return "Nothing was left to change, because a statement denies this access. \(summary)"
    case .alreadyResolved: return "This access was blocked before, and it still is. \(summary)"
    case .observed: return "Observe mode: nothing was changed. \(summary)"
    case .exempt, .protected:
        return "Nothing was changed, and Access Analyzer reports the access as active. \(summary)"
    case .refused: return "Gatehouse did not make the change. \(summary)"
    case .awaitingApproval: return "Nothing was changed yet: a person has to decide. \(summary)"
    case .deniedApproval: return "A person decided against the change. \(summary)"
    case .rolledBack: return "A change of Gatehouse was undone: the access may be open again. \(summary)"
    case .conflict: return "Gatehouse changed nothing, because somebody else has edited since. \(summary)"
    case .failed: return "Gatehouse could not finish with this finding; the access may still be open. \(summary)"
    case .archived: return "The finding was archived as intended. \(summary)"
    case .ignored: return "The finding needs nothing any more. \(summary)"
    }
}

/// What the finding says, in a few words.
private func finding(_ finding: Finding) -> String {
    let type = typeName(finding.resourceType) ?? "resource"
    // By the sound of the first letter: an S3 bucket, an RDS snapshot, a Secrets Manager secret.
    let isVowel = "AEI".contains(type.first ?? "x") || ["S3", "SQ", "SN", "RD"].contains(String(type.prefix(2)))
    let article = isVowel ? "an" : "a"
    guard finding.error == nil else { return "\(article) \(type) that Access Analyzer could not analyse" }
    switch finding.kind {
    case .externalAccess where finding.isPublic == true: return "public access to \(article) \(type)"
    case .externalAccess: return "access from outside to \(article) \(type)"
    case .internalAccess: return "access from inside to \(article) \(type)"
    case .unusedIAMRole: return "an IAM role that nobody uses"
    case .unusedIAMUserAccessKey: return "an IAM user's access key that nobody uses"
    case .unusedIAMUserPassword: return "an IAM user's password that nobody uses"
    case .unusedPermission: return "permissions that \(article) \(type) does not use"
    }
}
