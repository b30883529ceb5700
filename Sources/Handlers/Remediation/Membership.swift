import AWSClient
import Basics
import Findings
import LosslessJSON
import Policies
import ResourceTypes

/// Whether the account of a finding's principal is in the organization that counts as the zone of trust.
enum Membership: Equatable {
    /// Organizations says that this account is a member.
    case member(String)
    /// It is none, there is no organization to be in, or the principal has no account that we can read.
    case outside
    /// Organizations did not tell, and why.
    case unknown(String)

    /// Takes what enrichment learned, else asks Organizations, for as long as look-ups may take.
    init(of principal: Principal, in input: Case, _ environment: HandlerEnvironment) async {
        self = .outside
        let settings = environment.settings
        guard settings.trustedOrganization != nil, let account = principal.account,
            let partition = Partition(rawValue: input.finding.resource.partition)
        else { return }
        let context = input.json["context"]
        if context?["principalAccount"]?["id"]?.string.map({ $0.hasSameBytes(as: account) }) ?? false,
            let isMember = context?["principalAccount"]?["inOrganization"]?.bool
        {
            self = isMember ? .member(account) : .outside
            return
        }
        guard settings.organizationLookUps != .off else {
            self = .unknown("GATEHOUSE_ORGANIZATION_LOOKUPS is off")
            return
        }
        let gaps = context?["unavailable"]?.array ?? []
        if let gap = gaps.first(where: { $0["what"]?.string == ContextKey.principalAccount.rawValue }) {
            self = .unknown((gap["why"]?.string ?? "the look-up failed").printable(limit: 300))
            return
        }
        let questions = OrganizationQuestions(
            finding: input.finding,
            partition: partition,
            environment: environment,
            rules: { nil }
        )
        let answer = await [questions.membership(of: account)].answer(within: environment.lookUpBudget)
        if answer.learned[.principalAccount]?["inOrganization"]?.bool == true {
            self = .member(account)
        } else if let gap = answer.learned.gaps.first {
            self = .unknown(gap.why)
        }
    }

    /// The accounts that are known to be members.
    var accounts: [String] {
        if case .member(let account) = self { [account] } else { [] }
    }

    /// Why a principal must not be closed out as long as its membership is not known; `nil` where members are spared by
    /// the Deny's own condition.
    func objection(to principal: Principal, sparesMembers: Bool) -> String? {
        guard case .unknown(let why) = self else { return nil }
        if case .federated(let provider) = principal {
            return
                "It is not known whether the account of \(provider) is in the organization (\(why)), and a Deny of an "
                + "identity provider cannot spare its members"
        }
        guard !sparesMembers, let account = principal.account else { return nil }
        return
            "It is not known whether account \(account) is in the organization (\(why)), and members must keep the access"
    }
}
