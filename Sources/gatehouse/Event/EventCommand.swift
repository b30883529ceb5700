import AWSClient
import ArgumentParser
import Basics
import Findings
import LosslessJSON
import Policies
import Rules

/// Writes an event to try things with.
struct EventCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "event",
        abstract: "Write a sample event, as Access Analyzer sends it.",
        discussion: """
            The event goes to standard output. Its finding's id is new, and the time is now. With --account-file an \
            account is written too, in which what the event reports is so: 'invoke --account' then answers the event \
            without AWS.

            \(Self.types)

            EXAMPLES
              gatehouse event s3 --principal public > event.json
              gatehouse event role --account-file account.json > event.json
              gatehouse invoke respond event.json --account account.json --show-message
              gatehouse event AWS::KMS::Key --region eu-central-1 --action kms:Decrypt

            Read on: 'gatehouse invoke --help'
            """
    )

    /// Each type with its short names.
    private static var types: String {
        (["Types, and what is short for them:"]
            + ResourceType.all.map { "  \($0.name)".padded(to: 34) + $0.shortNames.joined(separator: ", ") })
            .joined(separator: "\n")
    }

    @Argument(
        help: "The resource's type, such as AWS::S3::Bucket, s3 or role.",
        completion: .list(ResourceType.all.map(\.name))
    )
    var type: String

    @Option(help: "Who has the access, of those that can be named for the type.")
    var principal: SamplePrincipal?

    @Option(
        help:
            "What is reported: ExternalAccess, InternalAccess, UnusedIAMRole, UnusedIAMUserAccessKey, UnusedIAMUserPassword or UnusedPermission."
    )
    var kind: FindingKind?

    @Option(help: "The region.")
    var region = "us-east-1"

    @Option(help: "The account that the resource is in.")
    var accountID = "123456789012"

    @Option(help: "The finding's id; without it a new one.")
    var id: String?

    @Option(
        help: ArgumentHelp(
            "An action in the place of the type's usual ones; as often as wanted.",
            valueName: "service:Action"
        )
    )
    var action: [String] = []

    @Option(
        help: ArgumentHelp("Also write an account to this file where the access exists.", valueName: "file"),
        completion: .file(extensions: ["json"])
    )
    var accountFile: String?

    func validate() throws {
        _ = try sample()
    }

    func run() throws {
        let event = try sample()
        if let accountFile { try Files.write(event.accountFile.text(.pretty) + "\n", to: accountFile) }
        try Terminal.output(event.json.text(.pretty))
    }

    /// The event that was asked for. Throws when AWS would never send it, with what it may send.
    func sample() throws -> SampleEvent {
        let place: Region
        do throws(Region.Invalid) {
            place = try Region(region)
        } catch {
            throw ValidationError("--region: \(error.message)")
        }
        if let doubt = Regions.doubt(about: region) { Terminal.talk("Note: --region: \(doubt)") }
        guard accountID.isAccountID else {
            throw ValidationError("--account-id must be 12 digits, not '\(accountID.printable(limit: 50))'.")
        }
        if let id, !id.isUUID {
            throw ValidationError(
                "--id must be a finding's id such as a5018210-97c4-46c4-9456-0295898377b6, not '\(id.printable(limit: 100))'."
            )
        }
        let name = try resourceType()
        guard let sample = SampleType.known(name, in: place, account: accountID) else {
            throw ValidationError("Access Analyzer does not report \(name).")
        }
        let kind = try kind(of: sample)
        let principal = try principal(of: sample, kind)
        return SampleEvent(
            sample: sample,
            kind: kind,
            principal: principal,
            region: place,
            account: accountID,
            findingID: id ?? .randomUUID(),
            eventID: .randomUUID(),
            actions: try actions(of: sample, kind, principal),
            time: WallClock.now()
        )
    }

    private func resourceType() throws -> ResourceType {
        let wanted = type.lowercasedASCII
        if let found = ResourceType.all.first(where: { type in
            type.name.lowercasedASCII == wanted || type.shortNames.contains(wanted)
        }) {
            return found
        }
        let near =
            type.nearest(among: ResourceType.all.map(\.name))
            ?? type.nearest(among: ResourceType.all.flatMap(\.shortNames))
        let meant = near.map { " Did you mean '\($0)'?" } ?? ""
        throw ValidationError(
            "'\(type.printable(limit: 100))' is not a type of resource that Access Analyzer reports.\(meant) "
                + "'gatehouse event --help' lists them."
        )
    }

    private func kind(of sample: SampleType) throws -> FindingKind {
        guard let kind = kind ?? sample.kinds.first, sample.kinds.contains(kind) else {
            throw ValidationError(
                "Access Analyzer reports no \(kind?.rawValue ?? "finding") for \(sample.type); "
                    + "--kind may be \(sample.kinds.map(\.rawValue).orListed)."
            )
        }
        return kind
    }

    private func principal(of sample: SampleType, _ kind: FindingKind) throws -> SamplePrincipal {
        guard kind == .externalAccess else {
            guard principal == nil else {
                let why =
                    sample.kinds.contains(.externalAccess)
                    ? "--principal is for access from outside: \(kind.rawValue) names none."
                    : "Access Analyzer reports nobody from outside for \(sample.type): leave --principal out."
                throw ValidationError(why)
            }
            return .role
        }
        let principal = principal ?? .account
        guard sample.principals.contains(principal) else {
            let why = sample.whyNot[principal].map { ": \($0)" } ?? ""
            throw ValidationError(
                "Access Analyzer never reports the principal '\(principal.rawValue)' for \(sample.type)\(why). "
                    + "Possible are \(sample.principals.map(\.rawValue).andListed)."
            )
        }
        return principal
    }

    private func actions(
        of sample: SampleType,
        _ kind: FindingKind,
        _ principal: SamplePrincipal
    ) throws -> [String] {
        guard !action.isEmpty else {
            return kind == .externalAccess && principal == .federated
                ? ["sts:AssumeRoleWithWebIdentity"] : sample.actions
        }
        guard kind == .externalAccess || kind == .internalAccess else {
            throw ValidationError("--action is for access: \(kind.rawValue) names no actions.")
        }
        for action in action {
            let parts = action.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } })
            else {
                throw ValidationError(
                    "--action must be as IAM names it, such as \(sample.actions.first ?? "s3:GetObject"), "
                        + "not '\(action.printable(limit: 100))'."
                )
            }
        }
        return action
    }
}

extension SamplePrincipal: ExpressibleByArgument {}

extension FindingKind: ExpressibleByArgument {
    /// Reads the name that AWS uses, in upper or lower case.
    public init?(argument: String) {
        let all: [FindingKind] = [
            .externalAccess, .internalAccess, .unusedIAMRole, .unusedIAMUserAccessKey, .unusedIAMUserPassword,
            .unusedPermission,
        ]
        guard let kind = all.first(where: { $0.rawValue.lowercasedASCII == argument.lowercasedASCII }) else {
            return nil
        }
        self = kind
    }
}

extension ResourceType {
    /// What people call it on the command line, in lower case.
    var shortNames: [String] {
        switch self {
        case .s3Bucket: ["s3", "bucket"]
        case .s3DirectoryBucket: ["s3express", "directory-bucket"]
        case .iamRole: ["role"]
        case .iamUser: ["user"]
        case .sqsQueue: ["sqs", "queue"]
        case .snsTopic: ["sns", "topic"]
        case .lambdaFunction: ["lambda", "function"]
        case .lambdaLayerVersion: ["layer"]
        case .kmsKey: ["kms", "key"]
        case .secret: ["secret", "secretsmanager"]
        case .efsFileSystem: ["efs", "file-system"]
        case .ebsSnapshot: ["ebs", "snapshot"]
        case .ecrRepository: ["ecr", "repository"]
        case .rdsSnapshot: ["rds", "db-snapshot"]
        case .rdsClusterSnapshot: ["cluster-snapshot"]
        case .dynamoDBTable: ["dynamodb", "table"]
        case .dynamoDBStream: ["stream"]
        default: []
        }
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(1, width - count))
    }
}

extension [String] {
    fileprivate var andListed: String { listed(before: "and") }
    fileprivate var orListed: String { listed(before: "or") }

    private func listed(before word: String) -> String {
        guard count > 1, let last else { return first ?? "" }
        return "\(dropLast().joined(separator: ", ")) \(word) \(last)"
    }
}
