import AWSClient
import AWSOperations
import ArgumentParser
import Basics
import Findings
import Handlers
import LosslessJSON
import Policies

/// A policy before it is deployed: what Access Analyzer would report of it.
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check a resource's policy before it is deployed: would it make a finding?",
        discussion: """
            Says whom outside the zone of trust the policy lets in, as Access Analyzer reports it for that type, by our own \
            evaluator; it sees the policy alone, not Block Public Access, ACLs, or policies of the organization. With \
            credentials AWS is asked as well: ValidatePolicy, CheckNoPublicAccess, and with --reference CheckNoNewAccess \
            (AWS charges for the last two); --offline asks nobody. What was not asked is said.

            Exit status: 0 nothing, 1 it would make a finding, 3 it could not be judged: it is no policy of a resource, or \
            something decides that nobody here can judge; 64 wrong usage.

            EXAMPLES
              gatehouse check policy.json --type AWS::SQS::Queue --account 111122223333
              gatehouse check trust.json --type AWS::IAM::Role --offline
              gatehouse check new.json --type AWS::S3::Bucket --reference now.json
              gatehouse check p.json --type AWS::KMS::Key --format sarif > p.sarif

            Read on: deploy/pipeline/README.md
            """
    )

    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text, json, sarif
    }

    @Argument(help: "The policy's file; - for standard input.", completion: .file(extensions: ["json"]))
    var file: String

    @Option(help: ArgumentHelp("What it is the policy of.", valueName: "resource-type"))
    var type: CheckedType

    @Option(
        help: ArgumentHelp(
            "The account that has the resource; without it, that of the credentials.",
            valueName: "id"
        )
    )
    var account: String?

    @Option(
        help: ArgumentHelp("A further account inside the zone of trust; as often as wanted.", valueName: "id")
    )
    var trusted: [String] = []

    @Option(help: ArgumentHelp("The organization that the analyzer watches.", valueName: "o-id"))
    var organization: String?

    @Option(
        help: "The policy as it is deployed now: what that lets in too is told and does not count.",
        completion: .file(extensions: ["json"])
    )
    var reference: String?

    @Option(help: "How to print: text, json or sarif (2.1.0, for code scanning).")
    var format = Format.text

    @Flag(help: "Do not ask AWS.")
    var offline = false

    @OptionGroup var place: LiveOptions

    func validate() throws {
        for id in [account].compactMap(\.self) + trusted where !id.isAccountID {
            throw ValidationError(
                "--account and --trusted want an account of 12 digits, not '\(id.printable(limit: 100))'."
            )
        }
        if let organization, !Self.isOrganization(organization) {
            throw ValidationError(
                "--organization wants an id such as o-a1b2c3d4e5, not '\(organization.printable(limit: 100))'."
            )
        }
        guard file != "-" || reference != "-" else { throw ValidationError("Standard input can be read once.") }
    }

    /// Source: https://docs.aws.amazon.com/organizations/latest/APIReference/API_Organization.html
    private static func isOrganization(_ text: String) -> Bool {
        let rest = text.utf8.dropFirst(2)
        return text.hasPrefix("o-") && (10...32).contains(rest.count)
            && rest.allSatisfy { $0.isDigitASCII || $0.isLowercaseASCII }
    }

    func run() async throws {
        let bytes = try Files.contents(of: file)
        let earlier = try reference.map { (path) throws(CommandError) in (path, try Files.contents(of: path)) }
        let report = try await report(bytes, earlier)
        switch format {
        case .text: for line in report.lines { try Terminal.output(line) }
        case .json: try Terminal.output(report.json.text(.pretty))
        case .sarif: try Terminal.output(report.sarif.text(.pretty))
        }
        for line in report.talk { Terminal.talk(line) }
        switch report.verdict {
        case .told: return
        case .open: throw ExitCode(3)
        case .finding: throw ExitCode.failure
        }
    }

    private func report(_ bytes: [UInt8], _ earlier: (String, [UInt8])?) async throws -> CheckReport {
        var side = OwnSide(account: account, trusted: trusted, organization: organization)
        let policy: CheckedPolicy
        do throws(CheckedPolicy.NotAPolicy) {
            policy = try CheckedPolicy(file, bytes)
        } catch {
            return CheckReport(file, type, side, error)
        }
        var reference: CheckedPolicy?
        do throws(CheckedPolicy.NotAPolicy) {
            reference = try earlier.map { (path, bytes) throws(CheckedPolicy.NotAPolicy) in
                try CheckedPolicy(path, bytes)
            }
        } catch {
            return CheckReport(earlier?.0 ?? "", type, side, error)
        }
        guard !offline else {
            return CheckReport(policy, reference: reference, type, side, AskedAWS(nothing: "--offline says not to"))
        }
        let asking: HandlerEnvironment
        do throws(HandlerError) {
            asking = try place.reader(within: .seconds(60))
        } catch {
            return CheckReport(policy, reference: reference, type, side, AskedAWS(nothing: error.message))
        }
        guard let region = asking.region else {
            let why = "no region is set: --region, or AWS_REGION"
            return CheckReport(policy, reference: reference, type, side, AskedAWS(nothing: why))
        }
        if account == nil, let identity = try? await asking.aws.call(GetCallerIdentity(region: region)) {
            side = OwnSide(account: identity.account, trusted: trusted, organization: organization)
        }
        let aws = await AskedAWS(policy, reference: reference, type, region: region, asking.aws)
        return CheckReport(policy, reference: reference, type, side, aws)
    }
}

extension CheckReport {
    /// What is said beside the results.
    fileprivate var talk: [String] {
        var talk = aws.notAsked.map { not in
            let why = not.why.printable(limit: 1000)
            return not.operation == "AWS" ? "AWS was not asked: \(why)" : "AWS was not asked (\(not.operation)): \(why)"
        }
        let what =
            "this \(type.type.words ?? type.type.name)'s policy" + (side.account.map { " (account \($0))" } ?? "")
        let said = aws.asked.isEmpty ? "" : "; AWS was asked: \(aws.asked.joined(separator: ", "))"
        switch verdict {
        case .told: talk.append("Nothing that Access Analyzer would report of \(what)\(said)")
        case .open: talk.append("Not judged: whether \(what) would make a finding is not known\(said)")
        case .finding: talk.append("A finding would be made of \(what)\(said)")
        }
        return talk
    }
}
