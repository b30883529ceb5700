import Basics
import Findings
import Messages

/// How many findings there are of each sort.
struct AuditTally: Sendable, Equatable {
    /// How long ago a finding was made, by its upper bound in days.
    static let ages: [(words: String, below: Int)] = [
        ("under 7 days", 7), ("7 to 29 days", 30), ("30 to 89 days", 90), ("90 to 364 days", 365),
        ("a year or more", .max),
    ]
    static let unknownAge = "unknown"

    private(set) var total = 0
    private(set) var isPublic = 0
    /// What could not be decided for want of a look-up.
    private(set) var undecided = 0
    /// Findings of internal access of which only the list is known.
    var withoutDetails = 0
    /// The same access, reported by another analyzer before.
    var duplicates = 0
    private(set) var severities: [String: Int] = [:]
    private(set) var actions: [String: Int] = [:]
    private(set) var kinds: [String: Int] = [:]
    private(set) var types: [String: Int] = [:]
    private(set) var accounts: [String: Int] = [:]
    private(set) var regions: [String: Int] = [:]
    private(set) var ages: [String: Int] = [:]
    private(set) var rules: [String: Int] = [:]

    mutating func count(_ decided: Case, _ severity: Severity, age: Int?) {
        let finding = decided.finding
        total += 1
        // What is over, or was accepted, is open to nobody.
        if finding.isPublic == true, finding.isActive { isPublic += 1 }
        severities[severity.rawValue, default: 0] += 1
        actions[decided.decision?.action.rawValue ?? "", default: 0] += 1
        rules[decided.decision?.rule ?? "", default: 0] += 1
        if decided.decision?.reasons.contains(where: { $0.kind == .undecidable }) == true { undecided += 1 }
        kinds[finding.kind.rawValue, default: 0] += 1
        types[finding.resourceType.words ?? finding.resourceType.name, default: 0] += 1
        accounts[finding.accountID, default: 0] += 1
        regions[finding.region, default: 0] += 1
        let word = age.flatMap { age in Self.ages.first { age < $0.below }?.words } ?? Self.unknownAge
        ages[word, default: 0] += 1
    }

    mutating func add(_ other: AuditTally) {
        total += other.total
        isPublic += other.isPublic
        undecided += other.undecided
        withoutDetails += other.withoutDetails
        duplicates += other.duplicates
        severities.merge(other.severities, uniquingKeysWith: +)
        actions.merge(other.actions, uniquingKeysWith: +)
        kinds.merge(other.kinds, uniquingKeysWith: +)
        types.merge(other.types, uniquingKeysWith: +)
        accounts.merge(other.accounts, uniquingKeysWith: +)
        regions.merge(other.regions, uniquingKeysWith: +)
        ages.merge(other.ages, uniquingKeysWith: +)
        rules.merge(other.rules, uniquingKeysWith: +)
    }

    func actions(_ action: Decision.Action) -> Int { actions[action.rawValue] ?? 0 }

    /// From the most pressing on, those that there are none of as well.
    var bySeverity: [(name: String, count: Int)] {
        Severity.allCases.reversed().map { ($0.rawValue, severities[$0.rawValue] ?? 0) }
    }

    var byAction: [(name: String, count: Int)] {
        [.resolve, .approve, .notify, .archive, .ignore].map { (action: Decision.Action) in
            (action.rawValue, actions(action))
        }
    }

    /// From the youngest on.
    var byAge: [(name: String, count: Int)] {
        let known = Self.ages.map { ($0.words, ages[$0.words] ?? 0) }
        return known + (ages[Self.unknownAge].map { [(Self.unknownAge, $0)] } ?? [])
    }

    /// The most frequent first.
    static func ranked(_ counts: [String: Int]) -> [(name: String, count: Int)] {
        counts.map { ($0.key, $0.value) }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }
    }
}

/// One finding that was read: where it is kept, and what tells it from others.
struct AuditEntry: Sendable {
    let offset: UInt64
    let length: Int
    let id: String
    let severity: Severity
    /// The same for the same access.
    let access: Int
    /// The same for the same analyzer.
    let analyzer: Int
    /// The finding of another analyzer that reported the same access before; set when it is the region's turn.
    var duplicateOf: String?
}

/// What was read of one region of an account.
struct AuditPlace: Sendable {
    enum State: Sendable, Equatable {
        case read
        /// The region is not enabled for the account.
        case notEnabled
        case failed(String)
    }

    struct ReadAnalyzer: Sendable {
        let arn: String
        let type: String
        let status: String
        let isOfExternalAccess: Bool
        var findings: Int
    }

    /// `nil` for the account that our own credentials belong to, where no analyzer tells it.
    var account: String?
    let region: String
    var state = State.read
    var analyzers: [ReadAnalyzer] = []
    var entries: [AuditEntry] = []
    var tally = AuditTally()
    /// What could not be read, each in a sentence.
    var problems: [String] = []
    private var unlisted = 0

    init(account: String?, region: String) {
        self.account = account
        self.region = region
    }

    /// One region can have as many problems as findings: the first tell what is wrong.
    mutating func report(_ problem: String) {
        if problems.count < 20 {
            problems.append(problem.printable(limit: 1000))
        } else {
            unlisted += 1
        }
    }

    var allProblems: [String] {
        problems + (unlisted > 0 ? ["\(unlisted) more findings could not be read."] : [])
    }

    /// In words, such as `us-east-1 of 123456789012`.
    var name: String { account.map { "\(region) of \($0.printable(limit: 20))" } ?? region }
}
