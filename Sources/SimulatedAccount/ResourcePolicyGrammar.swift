import AWSClient
import Basics
import LosslessJSON
import Policies
import Synchronization

/// What services refuse of a resource's policy that is written.
///
/// Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html, and for what each service
/// adds the pages that its remedy names.
struct ResourcePolicyGrammar {
    /// The service whose actions may be named, as actions begin.
    let service: String
    /// The resource's ARN; statements may name it, and what is in it.
    let resource: String
    var quota = 20_480
    var statementLimit: Int?
    var actionLimit: Int?
    /// Every statement has exactly this `Resource`, where it is set.
    var onlyResource: String?
    /// No statement may have a `Resource`.
    var refusesResource = false
    /// Actions that may be named; every one of the service where it is empty.
    var actions: [String] = []
    var knowsCanonicalUsers = false

    private static let elements = [
        "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition",
    ]

    /// Why the service does not take the text; `nil` when it does.
    func refusal(of text: String) -> String? {
        guard let document = (try? JSON.parse(text: text))?.object else { return "This policy contains invalid Json" }
        let statements = document["Statement"].map { $0.array ?? [$0] } ?? []
        guard !statements.isEmpty, let policy = try? PolicyDocument(text: text), policy.size <= quota else {
            return statements.isEmpty ? "Policy has no statements" : "Policy is malformed or too long"
        }
        if let statementLimit, statements.count > statementLimit { return "Policy has too many statements" }
        let sids = statements.compactMap { $0["Sid"]?.string }.filter { !$0.isEmpty }
        guard Set(sids).count == sids.count else { return "Statement IDs (SID) in a single policy must be unique" }
        for statement in statements.compactMap(\.object) {
            if let why = refusal(of: statement) { return why }
        }
        return nil
    }

    private func list(_ json: JSON?) -> [String] {
        json.map { ($0.array ?? [$0]).compactMap(\.string) } ?? []
    }

    private func refusal(of statement: JSONObject) -> String? {
        if let key = statement.keys.first(where: { !Self.elements.contains($0) }) { return "Unknown field \(key)" }
        guard ["Allow", "Deny"].contains(statement["Effect"]?.string) else { return "Invalid effect" }
        let actions = list(statement["Action"]) + list(statement["NotAction"])
        guard !actions.isEmpty else { return "Missing required field Action" }
        if let actionLimit, list(statement["Action"]).count > actionLimit { return "Too many actions in a statement" }
        for action in actions {
            let name = action.lowercasedASCII
            let isLegal = self.actions.isEmpty || self.actions.contains { $0.lowercasedASCII == name }
            guard name == "*" || (name.hasPrefix(service + ":") && isLegal) else {
                return "Policy statement action out of service scope!"
            }
        }
        return refusal(ofResources: statement)
            ?? refusal(ofPrincipals: statement["Principal"] ?? statement["NotPrincipal"])
    }

    private func refusal(ofResources statement: JSONObject) -> String? {
        let named = list(statement["Resource"]) + list(statement["NotResource"])
        guard !refusesResource else { return named.isEmpty ? nil : "Invalid repository policy provided" }
        if let onlyResource, named != [onlyResource] { return "Invalid Resource" }
        let isForeign = named.contains { $0 != "*" && $0 != resource && !$0.hasPrefix("\(resource)/") }
        return isForeign ? "Policy has invalid resource" : nil
    }

    private func refusal(ofPrincipals principal: JSON?) -> String? {
        guard let principal else { return "Missing required field Principal" }
        guard principal.string != "*" else { return nil }
        for member in principal.object?.members ?? [] {
            for value in list(member.value) {
                // Nobody of another partition is known.
                if let arn = ARN(value), let own = ARN(resource), arn.partition != own.partition {
                    return "Invalid principal in policy: \"\(member.key.uppercased())\":\"\(value)\""
                }
                switch Principal(key: member.key, value: value) {
                case .everyone, .account, .user, .role, .session, .service: continue
                case .canonicalUser where knowsCanonicalUsers: continue
                // Federated users of STS, and identities of AWS's own such as CloudFront's.
                case .unknown("AWS", let arn) where arn.hasPrefix("arn:"): continue
                default: return "Invalid principal in policy: \"\(member.key.uppercased())\":\"\(value)\""
                }
            }
        }
        return principal.object == nil ? "Invalid principal in policy" : nil
    }
}

extension SimulatedCaller {
    /// The policy of a resource as text; `nil` where it has none.
    func policy(_ json: JSON) -> String? {
        json["policy"].flatMap { $0 == .null ? nil : $0.string ?? $0.text() }
    }

    /// Replaces one part of a resource, or takes it away.
    func replace(_ part: String, of arn: String, with value: JSON?, _ operation: String) {
        simulated.state.withLock { state in
            guard var resource = state.resources[arn]?.object else { return }
            resource[part] = value
            state.resources[arn] = .object(resource)
        }
        record(operation, isWrite: true, [("resource", .string(arn)), (part, value ?? .null)])
    }

    /// Replaces a resource's policy, or refuses it as its service does.
    func replacePolicy(
        of arn: String,
        with text: String,
        _ operation: String,
        _ grammar: ResourcePolicyGrammar,
        _ malformed: String
    ) throws(AWSError) {
        if let why = grammar.refusal(of: text) { throw refusal(malformed, why, 400) }
        let document = (try? JSON.parse(text: text)) ?? .string(text)
        simulated.state.withLock { state in
            guard var resource = state.resources[arn]?.object else { return }
            resource["policy"] = document
            resource["policyRevision"] = resource.nextRevision
            state.resources[arn] = .object(resource)
        }
        record(operation, isWrite: true, [("resource", .string(arn)), ("policy", document)])
    }
}

extension JSONObject {
    /// The token of a policy's next version, for services that have one.
    var nextRevision: JSON {
        .string("r\((Int(self["policyRevision"]?.string?.dropFirst() ?? "0") ?? 0) + 1)")
    }
}
