import AWSClient
import AWSOperations
import LosslessJSON

extension SimulatedCaller {
    /// Answers what is asked of Organizations.
    func readOrganization<Operation: AWSOperation>(_ operation: Operation) throws(AWSError) -> any Sendable {
        switch operation {
        case let operation as DescribeAccount:
            let account = try member(operation.accountID, Operation.name, "AccountNotFoundException")
            return OrganizationAccount(id: operation.accountID, name: account["name"]?.string)
        case let operation as ListTagsForAccount:
            let account = try member(operation.accountID, Operation.name, "TargetNotFoundException")
            return page(operation.nextToken, of: try tags(account))
        case let operation as ListParents:
            return try parent(of: operation.childID)
        case let operation as DescribeOrganizationalUnit:
            let accounts = try accounts(Operation.name, operation.unitID)
            for account in accounts.members {
                let units = account.value["organizationalUnits"]?.array ?? []
                if let unit = units.first(where: { $0["id"]?.string == operation.unitID }) {
                    return unit["name"]?.string ?? ""
                }
            }
            throw refusal("OrganizationalUnitNotFoundException", "no such unit: \(operation.unitID)", 400)
        default:
            throw AWSError(kind: .rejected, message: "the simulated account does not know this operation")
        }
    }

    private func accounts(_ operation: String, _ id: String) throws(AWSError) -> JSONObject {
        record(operation, [("id", .string(id))])
        guard let accounts = simulated.organization else {
            throw refusal("AWSOrganizationsNotInUseException", "Your account is not a member of an organization.", 400)
        }
        return accounts
    }

    private func member(_ id: String, _ operation: String, _ code: String) throws(AWSError) -> JSON {
        guard let account = try accounts(operation, id)[id] else { throw refusal(code, "no such account: \(id)", 400) }
        return account
    }

    /// The unit above an account, or above a unit of any account.
    private func parent(of child: String) throws(AWSError) -> OrganizationParent {
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
