import AWSOperations
import Policies

/// Why a role must never be edited, by its ARN alone; `nil` for every other role.
///
/// These roles belong to AWS, to Control Tower, to the organization's management or to Gatehouse itself: an edit is
/// refused by AWS, reverted, or locks out those who would have to undo it.
func protection(of role: RoleARN, memberRole: String?) -> String? {
    if role.path.hasPrefix("/aws-service-role/") { return "it is a service-linked role, which only AWS may edit" }
    if role.path.hasPrefix("/aws-reserved/") { return "it is reserved by AWS (IAM Identity Center)" }
    if role.name == "AWSControlTowerExecution" || role.name.hasPrefix("aws-controltower-") {
        return "it belongs to AWS Control Tower"
    }
    if role.name.hasPrefix("stacksets-exec-") { return "CloudFormation StackSets deploys with it" }
    if role.name == "OrganizationAccountAccessRole" { return "the organization's management account enters with it" }
    if role.name == memberRole { return "Gatehouse itself works with it (GATEHOUSE_MEMBER_ROLE)" }
    return nil
}

/// What a role's tags say about changing it.
enum TagVerdict: Equatable {
    case free
    case exempt(String)
    case protected(String)
}

/// Reads the tags that GetRole brought. Tags that cannot be read make a role exempt: no change is the safe side.
func tagVerdict(_ role: Role, _ settings: Settings) -> TagVerdict {
    guard let tags = role.tags else { return .exempt("its tags cannot be read, so it may be exempt") }
    if tags.contains(where: { $0.key == "gatehouse:component" }) {
        return .protected("it is tagged gatehouse:component, so it is a part of Gatehouse")
    }
    let wanted = settings.exemptTag
    guard let tag = tags.first(where: { $0.key == wanted.key && (wanted.value == nil || $0.value == wanted.value) })
    else { return .free }
    return .exempt("it is tagged \(tag.key)" + (tag.value.isEmpty ? "" : "=\(tag.value)"))
}
