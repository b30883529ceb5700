import AWSClient
import AWSOperations
import Basics
import Findings
import LosslessJSON
import Messages
import Policies

/// IAM roles: tags, path, description, last use.
enum IAMRole: KnownResourceType {
    static let type = ResourceType.iamRole
    static let keys: [ContextKey] = [.tags, .description, .lastUsed]
    static let permissions = ["iam:GetRole"]

    static func lookUps(
        of resource: LookedUpResource,
        _ known: inout ContextBuilder
    ) throws(AWSError) -> [LookUp] {
        [try resource.role(&known)]
    }

    static let changePermissions = RoleTrustPolicy.permissions

    static func followUp(
        for resource: ChangedResource,
        now: @escaping @Sendable () -> Timestamp
    ) -> (any Remedy)? { RoleSessions(resource, now: now) }

    static func remedy(for resource: ChangedResource) -> (any Remedy)? {
        RoleTrustPolicy(resource.arn, resource.partition)
    }
}

extension LookedUpResource {
    fileprivate func role(_ known: inout ContextBuilder) throws(AWSError) -> LookUp {
        guard let role = RoleARN(arn) else { throw .impossible("'\(id.prefix(200))' is not a role's ARN") }
        known[.name] = .string(role.name)
        known[.path] = .string(role.path)
        return LookUp([.tags, .description, .lastUsed]) { () async throws(AWSError) in
            let found = try await aws.call(GetRole(roleName: role.name, partition: region.partition))
            try check(found.arn)
            var answer = LookUpAnswer()
            if let tags = found.tags {
                answer.learned[.tags] = try JSON(tags: tags)
            } else {
                answer.learned.markUnavailable(.tags, "IAM GetRole: the answer's tags cannot be read")
            }
            answer.resource = found
            answer.learned[.description] = found.description.json
            answer.learned[.lastUsed] = (found.lastUsed?.extended).json
            answer.learned[.createdAt] = (found.createdAt?.extended).json
            return answer
        }
    }
}

extension IAMRole {
    static func name(_ input: Case) -> String {
        RoleARN(input.finding.resource)?.name ?? input.finding.resource.name(after: "role/")
    }

    static func consolePath(_ resource: ARN, region: String) -> String? {
        RoleARN(resource).map {
            "iam/home#/roles/details/\(PercentEncoding.segment($0.name))?section=trust_relationships"
        }
    }

    static func steps(_ input: Case) -> [String] {
        let name = ManualSteps(input.finding).name
        let role = (option: "--role-name", value: name)
        return [
            Command("aws iam get-role", [role, ("--query", "Role.AssumeRolePolicyDocument"), ("--output", "json")])
                .saving().step("Save the trust policy"),
            Command("aws iam update-assume-role-policy", [role, ("--policy-document", "file://policy-after.json")])
                .step("Write it back without the principal, from a copy in policy-after.json"),
            Command("aws iam list-attached-role-policies", [role]).step("What whoever assumes the role may do"),
            "Console: IAM > Roles > \(name.printable(limit: 100)) > Trust relationships",
        ]
    }

    static func change(_ input: Case) -> ChangeGuide? {
        let finding = input.finding
        guard let role = RoleARN(finding.resource) else { return nil }
        return ChangeGuide(
            check: check(role, finding),
            undo: isFolded(input) ? nil : TrustPolicyUndo(role, finding: finding.id).command,
            afterwards: [
                "Who let this principal in, and why: CloudTrail events CreateRole and UpdateAssumeRolePolicy.",
                areSessionsEnded(input)
                    ? "Programs of your own that held a session of the role: they fail until they have new credentials."
                    : "Sessions that were started before the Deny stay alive until they expire, at most 12 hours.",
                "If the access is intended: FIRST add an archive rule (README, Rules), then undo. Otherwise the next "
                    + "finding is blocked again.",
                "If code manages the role (CloudFormation, Terraform), fix it there too: the next deployment removes "
                    + "the Deny.",
            ],
            isOwnedByAWS: role.path.hasPrefix("/aws-service-role/") || role.path.hasPrefix("/aws-reserved/")
        )
    }

    private static func areSessionsEnded(_ input: Case) -> Bool {
        input.outcome?.changes.contains { $0.operation == "iam:PutRolePolicy" } ?? false
    }

    /// Whether our Deny is in one statement with those of other findings.
    private static func isFolded(_ input: Case) -> Bool {
        guard let after = input.outcome?.changes.first?.after, let document = try? PolicyDocument(after) else {
            return false
        }
        return document.unfolded != document
    }

    private static func check(_ role: RoleARN, _ finding: Finding) -> ChangeCheck? {
        guard let sid = Deny.sid(forFinding: finding.id),
            let command = Command(
                "aws iam get-role",
                [
                    ("--role-name", role.name),
                    ("--query", "Role.AssumeRolePolicyDocument.Statement[?Sid==`\"\(sid)\"`]"), ("--output", "json"),
                ]
            ).text
        else { return nil }
        return ChangeCheck(
            command: command,
            shows: "our Deny (Sid \(sid)) where it is, and [] where it is not"
        )
    }
}

extension IAMRole {
    static func previewConfiguration(after changes: [Outcome.Change]) -> JSON? {
        // The role's other policies give nobody outside anything.
        PreviewConfiguration.policy(
            "iamRole",
            "trustPolicy",
            after: changes.filter { $0.operation == "iam:UpdateAssumeRolePolicy" }
        )
    }
}

extension IAMRole {
    static func trail(_ resource: ARN, region: String) -> TrailSearch? {
        RoleARN(resource).map { role in
            TrailSearch("iam", ["UpdateAssumeRolePolicy", "CreateRole"], names: [role.name, role.description])
        }
    }
}
