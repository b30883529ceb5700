package import AWSClient
import AWSOperations
package import Basics
package import LosslessJSON
import Policies

/// Inline policies of ours in a role, each of which denies everything to sessions that began before a moment; by the name.
package struct RevokedSessions: RemedyState {
    package var policies: [String: JSON]

    package var shown: JSON {
        guard !policies.isEmpty else { return .null }
        return .object(JSONObject(policies.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }))
    }
}

/// The sessions of a role that began before a change: denied everything by an inline policy, as IAM's console does it when
/// it revokes sessions. Whoever is in one has to assume the role again, which the trust policy decides.
///
/// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html
package struct RoleSessions: Remedy {
    package static let permissions = [
        "iam:GetRole", "iam:ListRolePolicies", "iam:GetRolePolicy", "iam:PutRolePolicy", "iam:DeleteRolePolicy",
    ]

    package let operation = "iam:PutRolePolicy"
    package let service = "IAM"
    package let subject = "inline policies"
    package let sparesMembers = true

    private let role: RoleARN
    private let trust: RoleTrustPolicy
    package let partition: Partition
    private let now: @Sendable () -> Timestamp

    /// The key by which a policy tells older sessions.
    package static let issueTimeKey = "aws:TokenIssueTime"
    private static let prefix = "Gatehouse"

    /// `nil` for the ARN of anything but a role.
    package init?(_ resource: ChangedResource, now: @escaping @Sendable () -> Timestamp) {
        guard let role = RoleARN(resource.arn), let trust = RoleTrustPolicy(resource.arn, resource.partition) else {
            return nil
        }
        self.role = role
        self.trust = trust
        self.now = now
        partition = resource.partition
    }

    package var resource: String { role.description }
    package var name: String { role.name }
    package var words: String { "role \(role.name)" }
    package var account: String { role.account }

    package func protection(memberRole: String?) -> String? { trust.protection(memberRole: memberRole) }

    // MARK: Reading

    package func read(_ aws: any AWSCaller) async throws(AWSError) -> Reading<RevokedSessions> {
        let tags: [Tag]?
        switch try await trust.read(aws) {
        case .read(let now): tags = now.tags
        case .gone: return .gone
        case .absent: return .absent
        case .unsupported: return .unsupported
        case .unusable(let why): return .unusable(why)
        }
        return try await reading(tags, aws)
    }

    package func readBack(_ aws: any AWSCaller) async throws(AWSError) -> Reading<RevokedSessions> {
        try await reading(nil, aws)
    }

    private func reading(_ tags: [Tag]?, _ aws: any AWSCaller) async throws(AWSError) -> Reading<RevokedSessions> {
        do throws(AWSError) {
            let names = try await aws.everyPage(of: ListRolePolicies.self) { (marker) async throws(AWSError) in
                let page = try await aws.call(
                    ListRolePolicies(roleName: role.name, marker: marker, partition: partition)
                )
                return (page.names, page.next)
            }
            var policies: [String: JSON] = [:]
            for name in names where name.hasPrefix(Self.prefix) {
                if let document = try await document(name, aws) { policies[name] = document }
            }
            return .read(TaggedState(RevokedSessions(policies: policies), tags: tags))
        } catch {
            guard error.isAnswer("NoSuchEntity", to: ListRolePolicies.self) else { throw error }
            return .gone
        }
    }

    /// `nil` where it has gone since it was listed.
    private func document(_ name: String, _ aws: any AWSCaller) async throws(AWSError) -> JSON? {
        do throws(AWSError) {
            let text = try await aws.call(
                GetRolePolicy(roleName: role.name, policyName: name, partition: partition)
            )
            return (try? JSON.parse(text: text)) ?? .string(text)
        } catch {
            guard error.isAnswer("NoSuchEntity", to: GetRolePolicy.self) else { throw error }
            return nil
        }
    }

    // MARK: Planning

    package func conclusion(on access: ReportedAccess, in state: RevokedSessions) -> Conclusion? {
        guard let sid = Deny.sid(forFinding: access.findingID), let policy = state.policies[sid] else { return nil }
        guard let moment = Self.moment(of: policy, sid) else {
            return .refused("Somebody has edited the inline policy \(sid) of \(name), so it was left as it is.")
        }
        return .closedByUs("Sessions that began before \(moment) were ended before (inline policy \(sid)).")
    }

    package func plan(
        closing access: ReportedAccess,
        in state: RevokedSessions,
        sparing intended: [IntendedAccess],
        _ aws: any AWSCaller
    ) async throws(AWSError) -> Plan<RevokedSessions> {
        guard let sid = Deny.sid(forFinding: access.findingID) else {
            return .refused("The finding's id holds no letter or digit to name a policy by.")
        }
        let moment = now().extended
        var after = state
        after.policies[sid] = Self.policy(sid, moment)
        func summary(_ verb: String) -> String {
            "Every session of \(name) that began before \(moment) \(verb) denied everything (inline policy \(sid)), whoever "
                + "is in it, also inside the zone of trust: people and programs that hold one fail until they assume the role "
                + "again, instances and functions until they get new credentials."
        }
        return .edit(
            Edit(
                before: state,
                after: after,
                done: summary("is"),
                planned: summary("would be"),
                proof: [
                    "The inline policy \(sid) denies only sessions that began before the change; nothing else changes."
                ]
            ) { $0.policies[sid].flatMap { Self.moment(of: $0, sid) } == moment }
        )
    }

    private static func policy(_ sid: String, _ moment: String) -> JSON {
        [
            "Version": "2012-10-17",
            "Statement": [
                [
                    "Sid": .string(sid), "Effect": "Deny", "Action": "*", "Resource": "*",
                    "Condition": ["DateLessThan": [issueTimeKey: .string(moment)]],
                ]
            ],
        ]
    }

    /// Before which moment a policy of ours denies sessions; `nil` for one that is not as we write it.
    private static func moment(of policy: JSON, _ sid: String) -> String? {
        let statement = policy["Statement"]?.array?.first
        guard let moment = statement?["Condition"]?["DateLessThan"]?[issueTimeKey]?.string,
            policy == Self.policy(sid, moment)
        else { return nil }
        return moment
    }

    // MARK: The way back

    package func closedAccess(ofFinding id: String, in state: RevokedSessions) -> ClosedAccess? {
        guard let sid = Deny.sid(forFinding: id), state.policies[sid] != nil else { return nil }
        return ClosedAccess(principal: nil, actions: [])
    }

    package func undo(
        finding id: String,
        _ known: ClosedAccess?,
        _ change: EarlierChange?,
        in state: RevokedSessions
    ) -> UndoPlan<RevokedSessions> {
        let sid = Deny.sid(forFinding: id) ?? id
        guard let policy = state.policies[sid] else {
            return .nothing("\(name) has no inline policy \(sid): there is nothing of ours to take out.")
        }
        guard Self.moment(of: policy, sid) != nil else {
            return .conflict(
                "The inline policy \(sid) of \(name) was left as it is, because it is not as we write it: somebody has "
                    + "edited it."
            )
        }
        var after = state
        after.policies[sid] = nil
        func summary(_ verb: String) -> String {
            "The inline policy \(sid) of \(name) \(verb) away: sessions that began before the change work again until they "
                + "expire."
        }
        return .edit(
            Edit(before: state, after: after, done: summary("was taken"), planned: summary("would be taken")) {
                $0.policies[sid] == nil
            }
        )
    }

    // MARK: Writing

    package func write(_ edit: Edit<RevokedSessions>, _ aws: any AWSCaller) async throws(AWSError) {
        for (name, policy) in edit.after.policies where edit.before.policies[name] != policy {
            try await aws.call(
                PutRolePolicy(
                    roleName: role.name,
                    policyName: name,
                    policyDocument: policy.text(),
                    partition: partition
                )
            )
        }
        for name in edit.before.policies.keys where edit.after.policies[name] == nil {
            try await aws.call(DeleteRolePolicy(roleName: role.name, policyName: name, partition: partition))
        }
    }

    package func refusal(_ error: AWSError) -> WriteRefusal? {
        guard [PutRolePolicy.name, DeleteRolePolicy.name].contains(error.operation), error.service == AWSService.iam.id
        else { return nil }
        switch error.code {
        case "NoSuchEntity": return .gone
        case "LimitExceeded":
            return .refused("IAM says that the inline policies of \(name) are too long (\(error.message)).")
        case "MalformedPolicyDocument", "ValidationError", "InvalidInput":
            return .refused("IAM rejected the inline policy (\(error.message)).")
        case "UnmodifiableEntity": return .unmodifiable(error.message)
        default: return nil
        }
    }
}
