import AWSClient
import AWSOperations
import Basics
import Handlers
import Rules

/// An account and region to look at.
struct AuditUnit: Sendable {
    /// Twelve digits; `nil` for the account that our own credentials belong to.
    let account: String?
    let region: Region
    /// Whether the region is enabled for the account; `nil` where AWS did not say.
    let isEnabled: Bool?
    /// AWS with credentials of the account.
    let aws: any AWSCaller
}

/// Where an audit looks.
struct AuditScope {
    /// Account by account, region by region.
    private(set) var units: [AuditUnit] = []
    /// What the reader of the report should know of it.
    private(set) var notes: [String] = []

    /// - Parameters:
    ///   - accounts: `nil` for the one that our own credentials belong to.
    ///   - regions: `nil` for every region; where it is empty, our own.
    init(accounts: [String]?, regions: [Region]?, isSimulated: Bool, _ environment: HandlerEnvironment) async throws {
        var wanted = regions ?? []
        var enabled: [Region: Bool] = [:]
        if regions == nil {
            let listed = await everyRegion(isSimulated, environment)
            wanted = listed.map(\.region)
            // AWS says it of our own account.
            if accounts == nil {
                for (region, isEnabled) in listed { enabled[region] = isEnabled }
            }
        } else if wanted.isEmpty {
            guard let own = environment.region else {
                throw CommandError("no region: give --region or --all-regions, or set AWS_REGION")
            }
            wanted = [own]
        }
        for account in accounts.map({ $0.map(Optional.some) }) ?? [nil] {
            for region in wanted {
                let aws = account.map { environment.member($0, region.partition) } ?? environment.aws
                units.append(AuditUnit(account: account, region: region, isEnabled: enabled[region], aws: aws))
            }
        }
    }

    /// By AWS's own list where that may be read. Without it those that are not enabled are asked too, which costs one call
    /// each, and are then named as skipped.
    private mutating func everyRegion(
        _ isSimulated: Bool,
        _ environment: HandlerEnvironment
    ) async -> [(region: Region, isEnabled: Bool?)] {
        let own = environment.region ?? Partition.aws.globalRegion
        let known = Regions.known.compactMap { try? Region($0) }.filter { $0.partition == own.partition }
            .map { (region: $0, isEnabled: Bool?.none) }
        guard !isSimulated else { return known }
        do throws(AWSError) {
            let listed = try await environment.aws.call(DescribeRegions(region: own))
            let regions = listed.compactMap { one in
                (try? Region(one.name)).map { (region: $0, isEnabled: one.isEnabled) }
            }
            .filter { $0.region.partition == own.partition }
            guard !regions.isEmpty else { return known }
            return regions.sorted { $0.region.name < $1.region.name }
        } catch {
            notes.append(
                "The regions are those that this version knows: AWS's list could not be read "
                    + "(\(error.description.printable(limit: 300))). A newer region may be missing."
            )
            return known
        }
    }

    /// Regions that are enabled in every account: there, refused credentials are wrong credentials.
    ///
    /// Source: https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
    static let enabledByDefault: Set<String> = [
        "us-east-1", "us-east-2", "us-west-1", "us-west-2", "ap-south-1", "ap-northeast-1", "ap-northeast-2",
        "ap-northeast-3", "ap-southeast-1", "ap-southeast-2", "ca-central-1", "eu-central-1", "eu-north-1", "eu-west-1",
        "eu-west-2", "eu-west-3", "sa-east-1", "cn-north-1", "cn-northwest-1", "us-gov-east-1", "us-gov-west-1",
    ]
}

extension AWSError {
    /// Whether a region answers that it is not enabled for the account: it does not know its credentials.
    func meansDisabled(_ region: Region) -> Bool {
        guard !AuditScope.enabledByDefault.contains(region.name) else { return false }
        let codes = ["UnrecognizedClientException", "InvalidClientTokenId", "OptInRequired"]
        return codes.contains { isAnswer($0, to: ListAnalyzers.self) }
    }
}

/// Accounts, one id a line; what follows `#` is a remark.
struct AccountsFile {
    let ids: [String]

    init(_ path: String) throws(CommandError) {
        let text = String(decoding: try Files.contents(of: path), as: UTF8.self)
        var ids: [String] = []
        var seen: Set<String> = []
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let id = String(line.prefix { $0 != "#" }.filter { !$0.isWhitespace })
            guard !id.isEmpty else { continue }
            guard id.utf8.count == 12, id.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
                throw CommandError(
                    "\(Terminal.name(path)), line \(index + 1): '\(id.printable(limit: 40))' is not an account id of 12 digits"
                )
            }
            if seen.insert(id).inserted { ids.append(id) }
        }
        guard !ids.isEmpty else { throw CommandError("\(Terminal.name(path)) names no account") }
        self.ids = ids
    }
}
