import AWSClient
import Findings
import Logging
import Policies
import ResourceTypes

/// Whether our change is still in the resource, for an access that Access Analyzer goes on reporting.
enum ChangeNow: String {
    /// It is there: something else grants the access, or Access Analyzer is late.
    case present = "PRESENT"
    /// It is not there, or somebody has edited it.
    case gone = "GONE"

    /// `nil` where there is none of ours, or where it cannot be read with the permissions that there are.
    init?(of input: Case, _ environment: HandlerEnvironment) async throws(HandlerError) {
        guard input.outcome?.status == .resolved || input.outcome?.rollback != nil,
            let principal = input.finding.principals.first, let remedy = ChangeNow.remedy(of: input)
        else { return nil }
        guard let now = try await ChangeNow.of(input.finding, principal, remedy, environment) else { return nil }
        self = now
    }

    /// The remedy that made the change, or, where the case holds none, the one that our mark is of.
    private static func remedy(of input: Case) -> (any Remedy)? {
        guard let resource = input.finding.changedResource,
            let remedies = KnownResourceTypes.known(input.finding.resourceType)?.remedies(for: resource)
        else { return nil }
        let operation = input.outcome?.changes.first?.operation
        return remedies.first { $0.operation == operation } ?? remedies.first
    }

    private static func of(
        _ finding: Finding,
        _ principal: Principal,
        _ remedy: some Remedy,
        _ environment: HandlerEnvironment
    ) async throws(HandlerError) -> ChangeNow? {
        // Where names say nothing of the account, our own credentials would tell of another account's resource.
        if environment.settings.memberRole == nil {
            guard try await environment.ownAccount.id(environment.access) == remedy.account else { return nil }
        }
        let aws = try await environment.caller(for: remedy.account, partition: remedy.partition)
        do throws(AWSError) {
            switch try await remedy.read(aws) {
            case .gone, .absent: return .gone
            case .unusable, .unsupported: return nil
            case .read(let now):
                let access = ReportedAccess(
                    findingID: finding.id,
                    principal: principal,
                    actions: finding.actions,
                    condition: finding.condition,
                    conditionKeys: [],
                    zone: environment.settings.zone(of: remedy.account, remedy.partition)
                )
                switch remedy.conclusion(on: access, in: now.state) {
                case .closedByUs: return .present
                case .closed where !remedy.leavesMark: return .present
                default: return .gone
                }
            }
        } catch {
            guard error.kind == .accessDenied else { throw HandlerError(error) }
            environment.logger.warning(
                "whether the change is still there could not be read",
                metadata: ["resource": .string(remedy.resource), "why": .string("\(error)")]
            )
            return nil
        }
    }
}
