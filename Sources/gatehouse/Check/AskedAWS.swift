import AWSClient
import AWSOperations
import Basics
import Findings
import Handlers

/// What AWS says of a policy, and what it was not asked.
struct AskedAWS {
    /// One thing that AWS finds.
    struct Finding {
        let check: CheckCode
        /// ValidatePolicy's own code, such as `INVALID_ACTION`.
        let issue: String?
        let message: String
        /// From 0; `nil` where AWS names none.
        let statement: Int?
        /// Where it is by ValidatePolicy, from 1.
        let place: (line: Int, column: Int)?
    }

    private(set) var findings: [Finding] = []
    /// The operations that answered.
    private(set) var asked: [String] = []
    /// The operations that did not, with why.
    private(set) var notAsked: [(operation: String, why: String)] = []

    private static let operations = [ValidatePolicy.name, CheckNoPublicAccess.name, CheckNoNewAccess.name]

    /// AWS was not asked at all.
    init(nothing why: String) {
        notAsked = [("AWS", why)]
    }

    init(
        _ policy: CheckedPolicy,
        reference: CheckedPolicy?,
        _ type: CheckedType,
        region: Region,
        _ aws: any AWSCaller
    ) async {
        await ask(ValidatePolicy.name) { () throws(AWSError) in
            try await aws.everyPage(of: ValidatePolicy.self) { (token) throws(AWSError) in
                let operation = ValidatePolicy(
                    region: region,
                    document: policy.text,
                    resourceType: type.validationName,
                    nextToken: token
                )
                let page = try await aws.call(operation)
                return (page.findings, page.next)
            }.map(Self.finding)
        }
        if let name = type.publicCheckName {
            await ask(CheckNoPublicAccess.name) { () throws(AWSError) in
                let operation = CheckNoPublicAccess(region: region, document: policy.text, resourceType: name)
                return Self.findings(.awsPublicAccess, try await aws.call(operation))
            }
        } else {
            notAsked.append((CheckNoPublicAccess.name, "AWS does not check \(type.type.name) for that"))
        }
        guard let reference else { return }
        await ask(CheckNoNewAccess.name) { () throws(AWSError) in
            let operation = CheckNoNewAccess(region: region, document: policy.text, reference: reference.text)
            return Self.findings(.awsNewAccess, try await aws.call(operation))
        }
    }

    private mutating func ask(_ name: String, _ call: () async throws(AWSError) -> [Finding]) async {
        // Without credentials or a way there the next question ends like the last.
        if let last = notAsked.last, last.operation == "AWS" { return }
        do throws(AWSError) {
            findings += try await call()
            asked.append(name)
        } catch {
            switch error.kind {
            case .configuration: notAsked = [("AWS", error.message)]
            case .accessDenied where error.code == "AccessDeniedException" || error.code == "AccessDenied":
                notAsked.append((name, "the permission access-analyzer:\(name) is missing"))
            default: notAsked.append((name, "\(error)"))
            }
        }
    }

    private static func finding(_ said: ValidationFinding) -> Finding {
        let code: CheckCode =
            switch said.type {
            case "ERROR": .awsError
            case "SECURITY_WARNING": .awsSecurityWarning
            case "WARNING": .awsWarning
            default: .awsSuggestion
            }
        let more = said.learnMore.map { " (\($0))" } ?? ""
        return Finding(
            check: code,
            issue: said.code,
            message: "\(said.code): \(said.details)\(more)",
            statement: nil,
            place: said.line.map { ($0, said.column ?? 1) }
        )
    }

    private static func findings(_ code: CheckCode, _ result: AccessCheckResult) -> [Finding] {
        guard !result.isPass else { return [] }
        guard !result.reasons.isEmpty else {
            return [Finding(check: code, issue: nil, message: result.message, statement: nil, place: nil)]
        }
        return result.reasons.map { reason in
            let text = reason.text.isEmpty ? result.message : reason.text
            return Finding(check: code, issue: nil, message: text, statement: reason.statement, place: nil)
        }
    }
}
