package import AWSClient
import AWSOperations
package import Basics
package import Policies

/// The trust policy of a role.
package struct RoleTrustPolicy: PolicyRemedy {
    package static let permissions = ["iam:UpdateAssumeRolePolicy", "iam:GetRole", "iam:GetAccountSummary"]

    package let operation = "iam:UpdateAssumeRolePolicy"
    package let service = "IAM"
    package let subject = PolicyDialect.trustPolicy.name

    private let role: RoleARN
    package let partition: Partition

    /// `nil` for the ARN of anything but a role.
    package init?(_ resource: ARN, _ partition: Partition) {
        guard let role = RoleARN(resource) else { return nil }
        self.role = role
        self.partition = partition
    }

    package var resource: String { role.description }
    package var name: String { role.name }
    package var words: String { "role \(role.name)" }
    package var account: String { role.account }
    package var dialect: PolicyDialect { .trustPolicy }

    /// These roles belong to AWS, to Control Tower, to the organization's management or to Gatehouse itself: an edit is
    /// refused by AWS, reverted, or locks out those who would have to undo it.
    package func protection(memberRole: String?) -> String? {
        if role.path.hasPrefix("/aws-service-role/") { return "it is a service-linked role, which only AWS may edit" }
        if role.path.hasPrefix("/aws-reserved/") { return "it is reserved by AWS (IAM Identity Center)" }
        if role.name == "AWSControlTowerExecution" || role.name.hasPrefix("aws-controltower-") {
            return "it belongs to AWS Control Tower"
        }
        if role.name.hasPrefix("stacksets-exec-") { return "CloudFormation StackSets deploys with it" }
        if role.name == "OrganizationAccountAccessRole" {
            return "the organization's management account enters with it"
        }
        if role.name == memberRole { return "Gatehouse itself works with it (GATEHOUSE_MEMBER_ROLE)" }
        return nil
    }

    /// IAM knows roles by name alone: with the wrong account's credentials it would answer, and edit, another role.
    package func read(_ aws: any AWSCaller) async throws(AWSError) -> Reading<PolicyState> {
        let found: Role
        do throws(AWSError) {
            found = try await aws.call(GetRole(roleName: role.name, partition: partition))
        } catch {
            guard error.isAnswer("NoSuchEntity", to: GetRole.self) else { throw error }
            return .gone
        }
        return reading(of: found)
    }

    package func reading(of lookedUp: any Sendable) -> Reading<PolicyState>? {
        (lookedUp as? Role).map { reading(of: $0) }
    }

    private func reading(of found: Role) -> Reading<PolicyState> {
        guard found.arn == resource else {
            return .unusable(
                "IAM answered the role \(found.arn) for the name \(role.name), not \(resource): "
                    + "set GATEHOUSE_MEMBER_ROLE if the role is in another account."
            )
        }
        do {
            return .read(
                TaggedState(PolicyState(folded: try PolicyDocument(text: found.trustPolicy)), tags: found.tags)
            )
        } catch {
            return .unusable("The trust policy of \(resource) cannot be read: \(error).")
        }
    }

    /// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    package func quota(_ aws: any AWSCaller) async throws(AWSError) -> PolicyQuota {
        do throws(AWSError) {
            let summary = try await aws.call(GetAccountSummary(partition: partition))
            guard let own = summary["AssumeRolePolicySizeQuota"] else {
                return PolicyQuota(dialect.defaultQuota, source: "the default quota (the account's own is not told)")
            }
            return PolicyQuota(own, source: "the account's quota")
        } catch {
            guard error.kind == .accessDenied else { throw error }
            return PolicyQuota(
                dialect.defaultQuota,
                source: "the default quota (the account's own could not be read: \(error.code ?? "access denied"))"
            )
        }
    }

    package func write(_ edit: Edit<PolicyState>, _ aws: any AWSCaller) async throws(AWSError) {
        _ = try await aws.call(
            UpdateAssumeRolePolicy(roleName: role.name, policyDocument: edit.after.written.text, partition: partition)
        )
    }

    package func refusal(_ error: AWSError) -> WriteRefusal? {
        // What another call says, such as AssumeRole for the credentials, is nothing about the document.
        guard error.operation == UpdateAssumeRolePolicy.name, error.service == AWSService.iam.id else { return nil }
        switch error.code {
        case "NoSuchEntity":
            return .gone
        case "MalformedPolicyDocument", "ValidationError", "InvalidInput":
            return .refused("IAM rejected the new trust policy (\(error.message)). Nothing was changed.")
        case "LimitExceeded":
            return .refused("IAM says that the new trust policy is too long (\(error.message)). Nothing was changed.")
        case "UnmodifiableEntity":
            return .unmodifiable(error.message)
        default:
            return nil
        }
    }
}
