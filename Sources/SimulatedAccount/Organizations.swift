import AWSClient
import AWSOperations
import LosslessJSON

extension DescribeAccount: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        let account = try caller.member(accountID, Self.name, "AccountNotFoundException")
        return OrganizationAccount(id: accountID, name: account["name"]?.string)
    }
}

extension ListTagsForAccount: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        caller.page(nextToken, of: try caller.tags(try caller.member(accountID, Self.name, "TargetNotFoundException")))
    }
}

extension ListParents: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        try caller.parent(of: childID)
    }
}

extension DescribeOrganizationalUnit: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        for account in try caller.accounts(Self.name, unitID).members {
            let units = account.value["organizationalUnits"]?.array ?? []
            if let unit = units.first(where: { $0["id"]?.string == unitID }) { return unit["name"]?.string ?? "" }
        }
        throw caller.refusal("OrganizationalUnitNotFoundException", "no such unit: \(unitID)", 400)
    }
}

extension SimulatedCaller {
    fileprivate func accounts(_ operation: String, _ id: String) throws(AWSError) -> JSONObject {
        record(operation, [("id", .string(id))])
        guard let accounts = simulated.organization else {
            throw refusal("AWSOrganizationsNotInUseException", "Your account is not a member of an organization.", 400)
        }
        return accounts
    }

    fileprivate func member(_ id: String, _ operation: String, _ code: String) throws(AWSError) -> JSON {
        guard let account = try accounts(operation, id)[id] else { throw refusal(code, "no such account: \(id)", 400) }
        return account
    }

    /// The unit above an account, or above a unit of any account.
    fileprivate func parent(of child: String) throws(AWSError) -> OrganizationParent {
        for account in try accounts("ListParents", child).members {
            var chain = [account.key]
            chain += (account.value["organizationalUnits"]?.array ?? []).compactMap { $0["id"]?.string }
            guard let place = chain.firstIndex(of: child) else { continue }
            guard place + 1 < chain.count else { return OrganizationParent(id: "r-root", isRoot: true) }
            return OrganizationParent(id: chain[place + 1], isRoot: false)
        }
        throw refusal("ChildNotFoundException", "no such child: \(child)", 400)
    }
}
