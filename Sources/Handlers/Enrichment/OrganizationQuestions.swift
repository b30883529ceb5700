import AWSClient
import AWSOperations
import Basics
import Findings
import Logging
import LosslessJSON
import Policies
import ResourceTypes
import Rules

/// What Organizations tells of the accounts of a case, asked with our own credentials.
struct OrganizationQuestions: Sendable {
    let finding: Finding
    let partition: Partition
    let environment: HandlerEnvironment
    /// The rules that decide; `nil` when they are not known, and then they may use everything.
    let rules: @Sendable () async -> RuleSet?

    var lookUps: [LookUp] {
        let principal = finding.principals.count == 1 ? finding.principals.first?.account : nil
        if environment.settings.organizationLookUps == .off {
            let asked: [ContextKey] = principal == nil ? [.account] : [.account, .principalAccount]
            return asked.map { key in
                LookUp([key]) { () async throws(AWSError) in
                    guard await rules()?.uses(key.rawValue) ?? true else { return LookUpAnswer() }
                    throw .impossible("GATEHOUSE_ORGANIZATION_LOOKUPS is off")
                }
            }
        }
        var lookUps = [
            LookUp([.account]) { () async throws(AWSError) in
                let entry = await kept("account \(finding.accountID)") { await describe(finding.accountID) }
                return try await answer(entry, .account)
            }
        ]
        if let principal { lookUps.append(membership(of: principal)) }
        return lookUps
    }

    /// Whether an account is in our organization.
    func membership(of account: String) -> LookUp {
        LookUp([.principalAccount]) { () async throws(AWSError) in
            let entry = await kept("member \(account)") { await isMember(account) }
            let json = entry.json.map { ["id": .string(account), "inOrganization": $0] as JSON }
            return try await answer(OrganizationCache.Entry(json: json, error: entry.error), .principalAccount)
        }
    }

    private func answer(_ entry: OrganizationCache.Entry, _ key: ContextKey) async throws(AWSError) -> LookUpAnswer {
        var answer = LookUpAnswer()
        answer.learned[key] = entry.json
        guard let error = entry.error else { return answer }
        guard await mayBeLeftOut(key, error) else {
            guard entry.json != nil else { throw error }
            answer.learned.markUnavailable(key, error.unavailabilityReason)
            return answer
        }
        if environment.organization.saysFirst() {
            environment.logger.notice(
                "Organizations tells nothing, and nothing that decides needs it",
                metadata: ["why": .string(error.unavailabilityReason)]
            )
        }
        return answer
    }

    private func mayBeLeftOut(_ key: ContextKey, _ error: AWSError) async -> Bool {
        // Without an organization there is nothing that could be missing.
        if error.meansNoOrganization { return true }
        guard environment.settings.organizationLookUps == .auto, error.meansNotPermitted, let rules = await rules()
        else { return false }
        return !rules.uses(key.rawValue) && !rules.decidesByScore
    }

    private func kept(
        _ what: String,
        _ ask: () async -> OrganizationCache.Entry
    ) async -> OrganizationCache.Entry {
        let key = "\(partition.rawValue) \(what)"
        let now = environment.now()
        if let entry = environment.organization.entry(key, now: now) { return entry }
        let entry = await ask()
        environment.organization.keep(entry, key, now: now)
        return entry
    }

    // MARK: Questions

    private func isMember(_ account: String) async -> OrganizationCache.Entry {
        do throws(AWSError) {
            _ = try await environment.aws.call(DescribeAccount(accountID: account, partition: partition))
            return OrganizationCache.Entry(json: true)
        } catch {
            if error.isAnswer("AccountNotFoundException", to: DescribeAccount.self) {
                return OrganizationCache.Entry(json: false)
            }
            return OrganizationCache.Entry(error: error)
        }
    }

    /// Name, tags and organizational units, side by side. What came is told even when the rest did not.
    private func describe(_ account: String) async -> OrganizationCache.Entry {
        let aws = environment.aws
        async let nameAnswer = Result { () async throws(AWSError) in
            try await aws.call(DescribeAccount(accountID: account, partition: partition))
        }
        async let tagsAnswer = Result { () async throws(AWSError) in try await tags(of: account) }
        async let unitsAnswer = Result { () async throws(AWSError) in try await units(above: account) }

        var json = JSONObject([("id", .string(account))])
        var errors: [AWSError] = []
        switch await nameAnswer {
        case .success(let found): json["name"] = found.name.json
        case .failure(let error): errors.append(error)
        }
        switch await tagsAnswer {
        case .success(let tags): json["tags"] = tags
        case .failure(let error): errors.append(error)
        }
        switch await unitsAnswer {
        case .success(let units): json["organizationalUnits"] = .array(units)
        case .failure(let error): errors.append(error)
        }
        return OrganizationCache.Entry(json: json.count > 1 ? .object(json) : nil, error: errors.first)
    }

    private func tags(of account: String) async throws(AWSError) -> JSON {
        var tags: [Tag] = []
        var token: String?
        for _ in 0..<LookedUpResource.pageLimit {
            let page = try await environment.aws.call(
                ListTagsForAccount(accountID: account, nextToken: token, partition: partition)
            )
            tags += page.tags
            guard let next = page.nextToken else { return try JSON(tags: tags) }
            token = next
        }
        throw .tooManyPages
    }

    /// All organizational units that an account is in, the nearest first. AWS allows five.
    private func units(above account: String) async throws(AWSError) -> [JSON] {
        var units: [JSON] = []
        var child = account
        while units.count < 10 {
            let parent = try await environment.aws.call(ListParents(childID: child, partition: partition))
            if parent.isRoot { return units }
            let name = try await environment.aws.call(
                DescribeOrganizationalUnit(unitID: parent.id, partition: partition)
            )
            units.append(["id": .string(parent.id), "name": .string(name)])
            child = parent.id
        }
        throw AWSError(kind: .unavailable, message: "the account is in more organizational units than AWS allows")
    }
}

extension AWSError {
    fileprivate var meansNotPermitted: Bool {
        code == "AccessDeniedException" || code == "AccessDenied"
    }

    fileprivate var meansNoOrganization: Bool {
        service == AWSService.organizations.id && code == "AWSOrganizationsNotInUseException"
    }
}
