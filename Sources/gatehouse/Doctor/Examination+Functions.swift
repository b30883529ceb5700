import AWSClient
import AWSOperations
import Basics

/// What is deployed, and what it may do.
extension Examination {
    /// The functions are there, of one version and in one mode.
    func functions() async -> [CheckResult] {
        let all = deployment.functions
        guard let latest = all.max(by: { $0.lastModified < $1.lastModified }) else { return [] }
        var results: [CheckResult] = []
        for function in all where function.state == "Failed" || function.lastUpdate == "Failed" {
            results.append(
                .failed(
                    "functions",
                    "\(name(function)) is \(function.state), its last update \(function.lastUpdate)",
                    mend: cli("lambda get-function-configuration --function-name \(name(function))")
                )
            )
        }
        if all.contains(where: { $0.environment == nil }) {
            results.append(
                .warning(
                    "functions",
                    "could not be checked: AWS does not show you the settings of every function",
                    mend: "credentials that may decrypt with the functions' KMS key"
                )
            )
        }
        let modes = deployment.modes
        if modes.count > 1 {
            results.append(
                .warning(
                    "functions",
                    "they are in different modes: \(modes.joined(separator: ", "))",
                    mend: "deploy/install --mode MODE; where somebody has set one by hand, set it back"
                )
            )
        }
        if Set(all.map(\.codeSHA256)).count > 1 {
            results.append(
                .warning("functions", "they are not all of one version", mend: "deploy/install, which deploys one")
            )
        }
        guard results.isEmpty else { return results }
        let count = all.count == 1 ? "1 function" : "\(all.count) functions"
        let version = latest.codeSHA256.isEmpty ? "" : ", code \(latest.codeSHA256.prefix(12))"
        return [.ok("functions", "\(count) in mode \(modes.first ?? "observe")\(version), of \(latest.lastModified)")]
    }

    private func name(_ function: FunctionConfiguration) -> String {
        function.arn.split(separator: ":").last.map(String.init) ?? function.arn
    }

    /// By AWS's policy simulator the functions' roles may do what this mode needs.
    func permissions() async -> [CheckResult] {
        guard !deployment.functions.isEmpty else { return [] }
        let questions = NeededPermissions(deployment: deployment, region: region, account: account).questions
        var denied: [String] = []
        var asked = 0
        for question in questions {
            do throws(AWSError) {
                let refused = try await aws.call(
                    SimulatePrincipalPolicy(
                        region: region,
                        role: question.function.role,
                        actions: question.actions,
                        resource: question.resource,
                        context: [
                            ("lambda:SourceFunctionArn", question.function.arn), ("aws:ResourceAccount", account),
                        ]
                    )
                )
                asked += question.actions.count
                denied += refused.map { "\(question.function.handler) \($0)" }
            } catch {
                return [.unknown("permissions", error, of: "what the functions may do")]
            }
        }
        let mode = deployment.modes.joined(separator: ", ")
        guard denied.isEmpty else {
            return [
                .failed(
                    "permissions",
                    "in mode \(mode) these are denied: \(denied.joined(separator: ", "))",
                    mend: "deploy/install; where a boundary or the organization's policies (SCP) deny them, those"
                )
            ]
        }
        let what = "the \(asked) that were asked for mode \(mode) are allowed, by IAM's policy simulator"
        return [.ok("permissions", what)]
    }

    /// The role of another account lets us in.
    func memberRoles() async -> [CheckResult] {
        guard let member else { return [] }
        var names: [String] = []
        let set = deployment.functions.map { $0.environment?["GATEHOUSE_MEMBER_ROLE"] }
        for case let name? in set + [deployment.settings["GATEHOUSE_MEMBER_ROLE"]] {
            if !name.isEmpty, !names.contains(name) { names.append(name) }
        }
        guard !names.isEmpty else {
            return [
                .failed(
                    "member role",
                    "GATEHOUSE_MEMBER_ROLE is not set: other accounts are not reached",
                    mend: "deploy/install --parameter MemberRoleName=NAME (deploy/README.md, An organization)"
                )
            ]
        }
        var results: [CheckResult] = []
        for name in names { results.append(await memberRole(name, of: member)) }
        return results
    }

    private func memberRole(_ name: String, of account: String) async -> CheckResult {
        let role = "arn:\(region.partition.rawValue):iam::\(account):role/\(name)"
        do throws(AWSError) {
            _ = try await aws.call(
                AssumeRole(
                    roleARN: role,
                    sessionName: "gatehouse-doctor",
                    externalID: deployment.settings["GATEHOUSE_MEMBER_EXTERNAL_ID"],
                    region: region
                )
            )
            return .ok("member role", "\(role) can be assumed")
        } catch {
            guard error.kind == .accessDenied else { return .unknown("member role", error, of: role) }
            // The template's role trusts the functions' own roles alone; AWS says the same of a role that is not there.
            return .warning(
                "member role",
                "could not be checked: your credentials may not assume \(role), and mostly the functions alone may",
                mend: "deploy/member-role.yaml's StackSet: is the account in it, with GatehouseAccount \(self.account)"
            )
        }
    }
}
