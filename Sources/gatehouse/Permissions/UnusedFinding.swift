import AWSClient
import AWSOperations
import Basics
import Handlers
import LosslessJSON
import Policies

/// A finding of unused access with its details and what AWS recommends.
struct UnusedFinding {
    /// One step that AWS recommends.
    struct Step {
        let step: Recommendation.Step
        /// The policy that AWS means, where it could be read.
        let existing: AttachedPolicy?

        var diff: String { PolicyText.diff(existing?.text, step.policy) }
    }

    let listed: JSON
    let analyzer: String
    private(set) var details: [JSON] = []
    private(set) var steps: [Step] = []
    /// What could not be asked, with why.
    private(set) var failures: [(what: String, error: AWSError)] = []

    var id: String { listed["id"]?.string ?? "" }
    var kind: String { listed["findingType"]?.string ?? "" }
    var resource: String { listed["resource"]?.string ?? "" }

    init(
        _ listed: JSON,
        analyzer: String,
        region: Region,
        withRecommendation: Bool,
        _ environment: HandlerEnvironment
    ) async {
        self.listed = listed
        self.analyzer = analyzer
        do throws(AWSError) {
            details = try await environment.aws.everyPage(of: GetFindingV2.self) { (token) throws(AWSError) in
                let operation = GetFindingV2(id: id, analyzerARN: analyzer, nextToken: token, region: region)
                let page = try await environment.aws.call(operation)
                return (page.details, page.nextToken)
            }
        } catch {
            failures.append(("finding \(id)", error))
        }
        guard withRecommendation, kind == "UnusedPermission" else { return }
        let recommended: [Recommendation.Step]
        do throws(AWSError) {
            recommended = try await Self.recommendation(id, analyzer, region, environment)
        } catch {
            failures.append(("recommendation for finding \(id)", error))
            return
        }
        var attached: [AttachedPolicy] = []
        if let role = RoleARN(resource), recommended.contains(where: { $0.existing != nil }) {
            do throws(AWSError) {
                attached = try await AttachedPolicy.all(ofRole: role, environment.aws)
            } catch {
                failures.append(("the policies of \(resource)", error))
            }
        }
        steps = recommended.map { step in
            Step(step: step, existing: step.existing.flatMap { id in attached.first { $0.isMeant(by: id) } })
        }
    }

    /// How long a recommendation may take.
    private static let looks = 20

    private static func recommendation(
        _ id: String,
        _ analyzer: String,
        _ region: Region,
        _ environment: HandlerEnvironment
    ) async throws(AWSError) -> [Recommendation.Step] {
        let aws = environment.aws
        try await aws.call(GenerateFindingRecommendation(region: region, finding: id, analyzerARN: analyzer))
        for look in 1...looks {
            var first: Recommendation?
            let steps = try await aws.everyPage(of: GetFindingRecommendation.self) { (token) throws(AWSError) in
                let page = try await aws.call(
                    GetFindingRecommendation(region: region, finding: id, analyzerARN: analyzer, nextToken: token)
                )
                first = first ?? page
                return (page.steps, page.nextToken)
            }
            switch first?.status {
            case "SUCCEEDED": return steps
            case "IN_PROGRESS":
                Terminal.talk("AWS is working on a recommendation for \(id.printable(limit: 100)) …")
                do {
                    try await environment.pause(.seconds(min(look, 10)))
                } catch {
                    throw AWSError(kind: .cancelled, message: "the wait was broken off")
                }
            default:
                throw AWSError(
                    kind: .rejected,
                    message: "AWS has none: \(first?.error ?? first?.status ?? "no answer")"
                )
            }
        }
        throw AWSError(kind: .deadlineExceeded, message: "AWS is still at it: ask again later")
    }
}

extension UnusedFinding {
    /// Services and actions that are not used, such as `s3: PutObject, DeleteObject` or `ec2: everything`.
    private var unused: [String] {
        details.compactMap { detail in
            guard let entry = detail["unusedPermissionDetails"], let service = entry["serviceNamespace"]?.string else {
                return nil
            }
            let actions = (entry["actions"]?.array ?? []).compactMap { $0["action"]?.string }
            return "\(service): \(actions.isEmpty ? "everything" : actions.joined(separator: ", "))"
        }
    }

    /// When a role, password or key was last used; `nil` where the finding is of another kind.
    private var lastUsed: String? {
        for detail in details {
            for name in ["unusedIamRoleDetails", "unusedIamUserAccessKeyDetails", "unusedIamUserPasswordDetails"] {
                guard let entry = detail[name] else { continue }
                let key = entry["accessKeyId"]?.string.map { "access key \($0), " } ?? ""
                return key + (entry["lastAccessed"]?.string.map { "last used \($0)" } ?? "never used")
            }
        }
        return nil
    }

    private func words(_ step: Step) -> String {
        let existing = step.existing?.words ?? step.step.existing.map { "policy \($0.printable(limit: 300))" }
        switch step.step.action {
        case "DETACH_POLICY": return "Detach the \(existing ?? "policy")."
        case "CREATE_POLICY":
            return existing.map { "Put this policy in the place of the \($0):" } ?? "Make this policy:"
        default: return "\(step.step.action.printable(limit: 100)) \(existing ?? "")"
        }
    }

    /// For people; the first line names the finding.
    var lines: [String] {
        let name = "\(kind) \(resource)".printable(limit: 1000)
        var lines = [
            "\(Terminal.styled(name, "1"))", "  finding \(id.printable(limit: 200)), \(analyzer.printable(limit: 300))",
        ]
        if let lastUsed { lines.append("  \(lastUsed.printable(limit: 200))") }
        lines += unused.map { "  not used: \($0.printable(limit: 1000))" }
        for step in steps {
            lines.append("  \(words(step))")
            if step.step.action != "DETACH_POLICY", !step.diff.isEmpty {
                lines.append(Terminal.colored(diff: step.diff))
            }
        }
        return lines
    }

    var json: JSON {
        [
            "id": .string(id), "kind": .string(kind), "resource": .string(resource), "analyzerArn": .string(analyzer),
            "updatedAt": listed["updatedAt"] ?? .null, "details": .array(details),
            "recommendation": .array(
                steps.map { step in
                    [
                        "action": .string(step.step.action),
                        "existingPolicy": step.step.existing.map(JSON.string) ?? .null,
                        "policy": step.step.policy.map { (try? JSON.parse(text: $0)) ?? .string($0) } ?? .null,
                        "diff": .string(step.step.policy == nil ? "" : step.diff),
                    ]
                }
            ),
            "failures": .array(failures.map { .string("\($0.what): \($0.error)") }),
        ]
    }

    static let header = "id,kind,resource,analyzer,updatedAt,unused,recommendation"

    var csv: String {
        let updated = listed["updatedAt"]?.string ?? ""
        let notUsed = lastUsed ?? unused.joined(separator: "; ")
        let advice = steps.map(words).joined(separator: " ")
        return [id, kind, resource, analyzer, updated, notUsed, advice].map(AuditCSV.cell).joined(separator: ",")
    }
}
