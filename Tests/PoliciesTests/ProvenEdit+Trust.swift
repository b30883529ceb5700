import LosslessJSON
import Policies

extension ProvenEdit {
    /// One Deny in a trust policy.
    init(_ deny: Deny, _ document: PolicyDocument, _ principal: Principal, _ zone: ZoneOfTrust) throws {
        let access = try GrantedAccess(
            principal,
            deny.actions,
            condition: JSONObject(),
            in: document,
            zone: zone,
            dialect: .trustPolicy
        )
        try self.init(adding: [deny], to: document, against: access, zone: zone, dialect: .trustPolicy)
    }
}
