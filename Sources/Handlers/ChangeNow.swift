import Basics
import Findings
import Logging
import Policies

/// Whether our change is still in the resource, for an access that Access Analyzer goes on reporting.
enum ChangeNow: String {
    /// It is there: something else grants the access, or Access Analyzer is late.
    case present = "PRESENT"
    /// It is not there, or somebody has edited it.
    case gone = "GONE"

    /// `nil` where there is none of ours, or where it cannot be read with the permissions that there are.
    init?(of input: Case, _ environment: HandlerEnvironment) async throws(HandlerError) {
        guard input.outcome?.status == .resolved || input.outcome?.rollback != nil, let role = input.finding.role,
            let sid = Deny.sid(forFinding: input.finding.id)
        else { return nil }
        // IAM knows roles by name alone: our own credentials would tell of another account's role what ours is like.
        if environment.settings.memberRole == nil {
            guard try await environment.ownAccount.id(environment.access) == role.account else { return nil }
        }
        let reading: RoleReading
        do throws(HandlerError) {
            reading = try await RoleReader(role, environment).read()
        } catch {
            guard error.kind == .accessDenied else { throw error }
            environment.logger.warning(
                "whether the change is still there could not be read",
                metadata: ["role": .string(role.description), "why": .string(error.message)]
            )
            return nil
        }
        switch reading {
        case .gone: self = .gone
        case .refused: return nil
        case .read(let trusted):
            let ours = trusted.document.index(ofSid: sid).flatMap {
                Deny(recognising: trusted.document.statements[$0].json, .trustPolicy)
            }
            let principal = input.finding.principals.first
            let actions = principal.map { Deny.deniable(input.finding.actions, of: $0, .trustPolicy) } ?? []
            let zone = environment.settings.zone(of: role.account)
            let isWhole = principal.flatMap { ours?.denies($0, actions, zone: zone) } ?? (ours != nil)
            self = isWhole ? .present : .gone
        }
    }
}
