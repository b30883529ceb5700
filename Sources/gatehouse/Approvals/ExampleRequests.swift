import AWSClient
import Basics
import Handlers
import Ledger
import LosslessJSON
import SimulatedAccount

/// Requests for approval on an account in memory, with the page that they are decided on.
struct ExampleRequests {
    /// What the page works with.
    let environment: HandlerEnvironment
    private let ledger: Ledger
    private let address: String

    private static let key = "the-key-of-an-example-which-signs-nothing-real"
    private static let rules = #"{"version": 1, "default": "APPROVE", "rules": []}"#

    /// - Parameter address: the page's own.
    init(address: String) throws {
        self.address = address
        let store = MemoryStore()
        ledger = Ledger(store, now: { WallClock.now() })
        past = Ledger(store, now: { WallClock.now().adding(seconds: -2 * 86_400) })
        environment = try Self.environment(
            try SimulatedAccount(DemoResource.bucket.account),
            address
        ).with(ledger)
    }

    private let past: Ledger

    static func environment(_ account: SimulatedAccount, _ address: String) throws -> HandlerEnvironment {
        var variables = account.environment
        variables["GATEHOUSE_MODE"] = "enforce"
        variables["GATEHOUSE_RULES"] = rules
        variables["GATEHOUSE_LEDGER_TABLE"] = "gatehouse"
        variables["GATEHOUSE_APPROVAL_URL"] = address
        variables["GATEHOUSE_APPROVAL_KEY"] = key
        let settings = try Settings(environment: variables)
        return HandlerEnvironment.simulated(
            account,
            settings,
            try RuleSource(setting: settings.rules),
            logger: StandardErrorLog.logger(isVerbose: false)
        )
    }

    /// A request that waits, and its link.
    ///
    /// - Parameter isPast: whether it was asked two days ago.
    func ask(
        _ event: String,
        _ account: JSON,
        isPast: Bool = false
    ) async throws -> (request: ApprovalRequest, link: String, mail: String) {
        let account = try SimulatedAccount(account)
        let ledger = isPast ? past : ledger
        let environment = try Self.environment(account, address).with(ledger)
        let answer = try JSON.parse(try await HandlerName.respond.run(Array(event.utf8), environment))
        let id = answer["finding"]?["id"]?.string ?? ""
        let mail = account.calls.last { $0.operation == "Publish" }?.parameters["Message"]?.string ?? ""
        let word = mail.split(whereSeparator: \.isWhitespace).first { $0.hasPrefix(address) }
        guard let request = try await ledger.request(ofFinding: id), let word else {
            throw CommandError("the example was not asked about: \(Report.text(answer))")
        }
        return (request, String(word), mail)
    }

    /// Decides as a person with this name.
    func decide(_ request: ApprovalRequest, isApproval: Bool, by name: String, reason: String) async throws {
        let decider = Decider(by: name, isClaimed: true, way: "page", reason: reason)
        _ = try await environment.decide(request, isApproval: isApproval, decider)
    }

    /// One of each kind, with what it is.
    func links() async throws -> [(what: String, link: String)] {
        let bucket = DemoResource.bucket
        var links: [(String, String)] = []
        func role(_ name: String, _ number: Int, isPast: Bool = false) async throws -> (ApprovalRequest, String) {
            let id = "a5018210-97c4-46c4-9456-02958983770\(number)"
            let known = "a5018210-97c4-46c4-9456-0295898377b6"
            let event = DemoScenario.event(roleName: name).replacing(every: known, with: id)
            let account = DemoScenario.account(mode: "enforce", roleName: name).text().replacing(every: known, with: id)
            let asked = try await ask(event, try JSON.parse(text: account), isPast: isPast)
            return (asked.request, asked.link)
        }
        links.append(("a role, waiting", try await role("Audit_CrossAccountRole", 1).1))
        links.append(("a public bucket, waiting", try await ask(bucket.event.text(), bucket.account).link))
        let approved = try await role("Deploy_PartnerRole", 2)
        try await decide(approved.0, isApproval: true, by: "Maria Keller", reason: "the project is over")
        links.append(("approved", approved.1))
        let rejected = try await role("Billing_ReadOnlyRole", 3)
        try await decide(rejected.0, isApproval: false, by: "Maria Keller", reason: "our auditor, until March")
        links.append(("rejected", rejected.1))
        links.append(("too late", try await role("Support_VendorRole", 4, isPast: true).1))
        return links
    }
}
