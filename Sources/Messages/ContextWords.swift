import Basics
import Findings
import LosslessJSON

/// What is known of the resource and its account, in words.
enum ContextWords {
    /// The account of the resource, with what enrichment knows of it.
    static func accountLine(_ input: Case) -> String {
        let account = input.context["account"]
        var notes: [String] = []
        if let name = account?["name"]?.string, !name.isEmpty { notes.append(name.printable(limit: 100)) }
        let units = account?["organizationalUnits"]?.array ?? []
        var names: [String] = []
        for unit in units.prefix(5) {
            if let name = unit["name"]?.string ?? unit["id"]?.string { names.append(name.printable(limit: 60)) }
        }
        if !names.isEmpty { notes.append("in \(names.joined(separator: ", in "))") }
        let shown = tags(account?["tags"], limit: 5)
        if let shown, !shown.isEmpty { notes.append("tags \(shown)") }
        return notes.isEmpty
            ? "Account: \(input.finding.accountID)"
            : "Account: \(input.finding.accountID) (\(notes.joined(separator: ", ")))"
    }

    /// What enrichment found out about the resource, as far as it helps a person to judge.
    static func lines(_ input: Case) -> [String] {
        let context = input.context
        guard !context.isEmpty else { return [] }
        var lines: [String] = []
        func text(_ key: String, _ words: String, limit: Int = 200) {
            guard let value = context[key]?.string, !value.isEmpty else { return }
            lines.append("\(words): \(value.printable(limit: limit))")
        }
        text("name", "Name")
        text("description", "Description", limit: 300)
        if let aliases = context["keyAliases"]?.array {
            lines.append("Aliases: \(aliases.isEmpty ? "none" : aliases.compactMap(\.string).listed(limit: 10))")
        }
        if let shown = tags(context["tags"], limit: 15) { lines.append("Tags: \(shown.isEmpty ? "none" : shown)") }
        switch context["keyManager"]?.string {
        case "AWS"?: lines.append("Managed by: AWS")
        case "CUSTOMER"?: lines.append("Managed by: the account itself")
        default: text("keyManager", "Managed by")
        }
        text("keyState", "State")
        text("lastUsed", "Last used", limit: 40)
        text("createdAt", "Created", limit: 40)
        if let days = context["ageDays"]?.int { lines.append("Age: \(days == 1 ? "1 day" : "\(days) days")") }
        if let isEncrypted = context["encrypted"]?.bool { lines.append("Encrypted: \(isEncrypted ? "yes" : "no")") }
        lines += bucketLines(context)
        for source in context["sources"]?.array?.prefix(5) ?? [] { lines.append("Granted by: \(sourceWords(source))") }
        if let words = restrictionWords(context["resourceControlPolicyRestriction"]?.string) { lines.append(words) }
        return lines
    }

    private static func bucketLines(_ context: JSONObject) -> [String] {
        var lines: [String] = []
        if let block = context["publicAccessBlock"]?.object {
            let flags = ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"]
            let off = flags.filter { block[$0]?.bool != true }
            let words = off.isEmpty ? "all on" : off.count == 4 ? "all off" : "off are \(off.joined(separator: ", "))"
            lines.append("Block Public Access of the bucket: \(words)")
        }
        if let ownership = context["objectOwnership"]?.string {
            let note = ownership == "BucketOwnerEnforced" ? ", so ACLs grant nothing" : ", so ACLs count"
            lines.append("Object ownership: \(ownership.printable(limit: 50))\(note)")
        }
        return lines
    }

    /// What grants the access, as GetFindingV2 tells it.
    private static func sourceWords(_ source: JSON) -> String {
        let type = source["type"]?.string ?? ""
        var words =
            switch type {
            case "POLICY": "the resource's policy"
            case "BUCKET_ACL": "the bucket's ACL"
            case "S3_ACCESS_POINT": "an access point"
            case "S3_ACCESS_POINT_ACCOUNT": "an access point of another account"
            default: type.printable(limit: 50)
            }
        if let arn = source["accessPointArn"]?.string, !arn.isEmpty { words += " \(arn.printable(limit: 300))" }
        if let account = source["accessPointAccount"]?.string, !account.isEmpty {
            words += " (account \(account.printable(limit: 20)))"
        }
        return words
    }

    /// Source: https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_ExternalAccessDetails.html
    private static func restrictionWords(_ restriction: String?) -> String? {
        switch restriction {
        case "APPLIED"?: "Resource control policies of the organization are taken into account in this finding."
        case "APPLICABLE"?:
            "A resource control policy of the organization may restrict this access: Access Analyzer did not count it."
        case "FAILED_TO_EVALUATE_RCP"?:
            "A resource control policy of the organization could not be evaluated: it may restrict this access."
        default: nil
        }
    }

    /// Up to `limit` tags; `nil` where there is no map of tags, empty where it has none.
    private static func tags(_ value: JSON?, limit: Int) -> String? {
        guard let object = value?.object else { return nil }
        var shown: [String] = []
        for member in object.members.prefix(limit) {
            let text = member.value.string ?? member.value.text()
            shown.append("\(member.key.printable(limit: 60))=\(text.printable(limit: 80))")
        }
        if object.count > limit { shown.append("and \(object.count - limit) more") }
        return shown.joined(separator: ", ")
    }
}
