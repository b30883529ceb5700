import AWSClient
import AWSOperations
import LosslessJSON
import Policies

/// Reads an account's file, key by key.
struct AccountReader {
    let object: JSONObject

    init(_ json: JSON) throws(SimulatedAccountError) {
        guard let object = json.object else { throw SimulatedAccountError(description: "an account is an object") }
        let known = [
            "description", "account", "region", "environment", "roles", "analyzers", "findings", "topics",
            "publicAccessBlock", "objects",
            "parameters", "quotas",
            "assumableRoles", "faults", "functions", "secrets", "previews", "resources", "organization", "logs",
            "trail",
            "archiveRules", "recommendations", "generatedPolicies", "managedPolicies",
        ]
        if let key = object.keys.first(where: { !known.contains($0) }) {
            throw SimulatedAccountError(description: "\(key): is not a key of an account")
        }
        self.object = object
    }

    private func wrong(_ key: String, _ what: String) -> SimulatedAccountError {
        SimulatedAccountError(description: "\(key): must be \(what)")
    }

    func accountID(_ key: String) throws(SimulatedAccountError) -> String {
        guard let id = object[key]?.string, id.isAccountID else { throw wrong(key, "an account id of 12 digits") }
        return id
    }

    func region() throws(SimulatedAccountError) -> Region {
        let name = object["region"]?.string ?? "us-east-1"
        do {
            return try Region(name)
        } catch {
            throw wrong("region", "a region's name")
        }
    }

    func object(_ key: String) throws(SimulatedAccountError) -> JSONObject {
        guard let value = object[key] else { return JSONObject() }
        guard let map = value.object else { throw wrong(key, "an object") }
        return map
    }

    func environment() throws(SimulatedAccountError) -> EnvironmentVariables {
        var result: EnvironmentVariables = [:]
        for member in try object("environment").members {
            guard let text = member.value.string else { throw wrong("environment.\(member.key)", "a string") }
            result[member.key] = text
        }
        return result
    }

    func integers(_ key: String) throws(SimulatedAccountError) -> [String: Int] {
        var result: [String: Int] = [:]
        for member in try object(key).members {
            guard let number = member.value.int else { throw wrong("\(key).\(member.key)", "a whole number") }
            result[member.key] = number
        }
        return result
    }

    func list(_ key: String) throws(SimulatedAccountError) -> [String] {
        guard let value = object[key] else { return [] }
        guard let elements = value.array else { throw wrong(key, "a list of strings") }
        let texts = elements.compactMap(\.string)
        guard texts.count == elements.count else { throw wrong(key, "a list of strings") }
        return texts
    }

    func roles() throws(SimulatedAccountError) -> [SimulatedRole] {
        var roles: [SimulatedRole] = []
        for member in try object("roles").members {
            let key = "roles.\(member.key)"
            guard let arn = RoleARN(member.key) else { throw wrong(key, "named by a role's ARN") }
            guard let policy = member.value["trustPolicy"] else { throw wrong("\(key).trustPolicy", "given") }
            roles.append(
                SimulatedRole(
                    arn: arn.description,
                    name: arn.name,
                    path: arn.path,
                    tags: try tags(member.value["tags"], "\(key).tags"),
                    document: policy.string ?? policy.text(),
                    json: member.value
                )
            )
        }
        return roles
    }

    /// By the role's ARN and the policy's name.
    func inlinePolicies() throws(SimulatedAccountError) -> [String: [String: String]] {
        var result: [String: [String: String]] = [:]
        for role in try object("roles").members {
            guard let given = role.value["inlinePolicies"] else { continue }
            guard let policies = given.object else { throw wrong("roles.\(role.key).inlinePolicies", "an object") }
            for policy in policies.members {
                result[role.key, default: [:]][policy.key] = policy.value.string ?? policy.value.text()
            }
        }
        return result
    }

    /// Null stands for a list that cannot be read.
    private func tags(_ json: JSON?, _ key: String) throws(SimulatedAccountError) -> [Tag]? {
        guard let json else { return [] }
        if json == .null { return nil }
        var tags: [Tag] = []
        for member in json.object?.members ?? [] {
            guard let value = member.value.string else { throw wrong("\(key).\(member.key)", "a string") }
            tags.append(Tag(member.key, value))
        }
        return tags
    }

    func resources() throws(SimulatedAccountError) -> JSONObject {
        let resources = try object("resources")
        for member in resources.members {
            guard ARN(member.key) != nil else { throw wrong("resources.\(member.key)", "named by an ARN") }
            guard member.value.object != nil else { throw wrong("resources.\(member.key)", "an object") }
            _ = try tags(member.value["tags"], "resources.\(member.key).tags")
        }
        return resources
    }

    /// What operations of others read, by its key.
    func added() throws(SimulatedAccountError) -> JSONObject {
        var added = JSONObject()
        for key in AddedKeys.all { added[key] = .object(try object(key)) }
        return added
    }

    /// Nil where there is none.
    func organization() throws(SimulatedAccountError) -> JSONObject? {
        guard let value = object["organization"] else { return nil }
        guard let accounts = value["accounts"]?.object else { throw wrong("organization.accounts", "an object") }
        for member in accounts.members {
            let key = "organization.accounts.\(member.key)"
            guard member.key.isAccountID else { throw wrong(key, "named by an account id of 12 digits") }
            _ = try tags(member.value["tags"], "\(key).tags")
            for unit in member.value["organizationalUnits"]?.array ?? [] {
                guard unit["id"]?.string != nil, unit["name"]?.string != nil else {
                    throw wrong("\(key).organizationalUnits", "a list of objects with id and name")
                }
            }
        }
        return accounts
    }

    /// Those that were asked for before.
    func previews() throws(SimulatedAccountError) -> [SimulatedPreview] {
        let settings = try object("previews")
        if let given = settings["asked"], given.array == nil { throw wrong("previews.asked", "a list") }
        var previews: [SimulatedPreview] = []
        for (index, json) in (settings["asked"]?.array ?? []).enumerated() {
            guard let analyzer = json["analyzerArn"]?.string,
                let asked = json["configurations"]?.object?.members.first
            else {
                throw wrong("previews.asked[\(index)]", "an object with analyzerArn and configurations")
            }
            previews.append(
                SimulatedPreview(
                    analyzer: analyzer,
                    resource: asked.key,
                    configuration: asked.value,
                    looksLeft: settings["pending"]?.int ?? 0
                )
            )
        }
        return previews
    }

    /// CloudTrail's events with the names that they are listed under.
    func trail() throws(SimulatedAccountError) -> [JSON] {
        guard let value = object["trail"] else { return [] }
        guard let events = value.array, events.allSatisfy({ $0["record"]?.object != nil }) else {
            throw wrong("trail", "a list of objects with resourceNames and record")
        }
        return events
    }

    func findings() throws(SimulatedAccountError) -> [SimulatedFinding] {
        guard let value = object["findings"] else { return [] }
        guard let list = value.array else { throw wrong("findings", "a list") }
        var findings: [SimulatedFinding] = []
        for (index, json) in list.enumerated() {
            guard let analyzer = json["analyzerArn"]?.string else {
                throw wrong("findings[\(index)].analyzerArn", "the analyzer's ARN")
            }
            findings.append(SimulatedFinding(analyzer: analyzer, json: json))
        }
        return findings
    }

    func faults() throws(SimulatedAccountError) -> [SimulatedFault] {
        guard let value = object["faults"] else { return [] }
        guard let list = value.array else { throw wrong("faults", "a list") }
        var faults: [SimulatedFault] = []
        for (index, json) in list.enumerated() {
            guard let operation = json["operation"]?.string, let kind = json["kind"]?.string,
                let kind = AWSError.Kind(rawValue: kind)
            else { throw wrong("faults[\(index)]", "an object with operation and kind") }
            let error = AWSError(
                kind: kind,
                code: json["code"]?.string,
                message: json["message"]?.string ?? "simulated",
                outcomeUnknown: json["outcomeUnknown"]?.bool ?? false
            )
            faults.append(
                SimulatedFault(
                    service: json["service"]?.string,
                    operation: operation,
                    region: json["region"]?.string,
                    error: error,
                    after: json["after"]?.int ?? 0,
                    times: json["times"]?.int ?? 1
                )
            )
        }
        return faults
    }
}
