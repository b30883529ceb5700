import Basics
import Findings
import LosslessJSON
import Policies

/// A principal or a resource in a few words, of which only the name may be cut.
struct NamedThing {
    /// What kind of thing it is, with a blank behind it; perhaps empty.
    var kind = ""
    var name: String
    /// What stands behind the name and is never cut, such as the account.
    var rest = ""

    var text: String { kind + name + rest }

    /// The same with a name of at most `limit` characters.
    func text(nameLimit limit: Int) -> String {
        let scalars = name.unicodeScalars
        guard scalars.count > limit else { return text }
        return kind + String(String.UnicodeScalarView(scalars.prefix(max(0, limit - 3)))) + "..." + rest
    }
}

extension NamedThing {
    /// Who has the access, or had it; `nil` where the finding names nobody.
    init?(principalOf finding: Finding) {
        guard let principal = finding.principals.first else { return nil }
        self.init(principal, isNarrowed: !finding.condition.isEmpty)
        if finding.principals.count > 1 { rest += " and \(finding.principals.count - 1) more" }
    }

    private init(_ principal: Principal, isNarrowed: Bool) {
        func last(_ arn: ARN) -> String {
            arn.resource.utf8.split(separator: UInt8(ascii: "/")).last.map {
                String(Substring($0)).printable(limit: 200)
            }
                ?? arn.resource.printable(limit: 200)
        }
        switch principal {
        case .everyone: self.init(name: isNarrowed ? "anyone who meets the conditions" : "anyone")
        case .account(let id): self.init(kind: "account ", name: "", rest: id)
        case .user(let arn): self.init(name: last(arn), rest: " of \(arn.account)")
        case .role(let arn): self.init(kind: "role ", name: last(arn), rest: " of \(arn.account)")
        case .session(let arn, let role):
            self.init(kind: "session of role ", name: role.printable(limit: 200), rest: " of \(arn.account)")
        case .uniqueID(let id): self.init(kind: "deleted identity ", name: id)
        case .federated(let provider):
            if let arn = ARN(provider) {
                self.init(kind: "users of ", name: last(arn), rest: " of \(arn.account)")
            } else {
                self.init(kind: "users of ", name: provider.printable(limit: 200))
            }
        case .service(let name): self.init(name: name.printable(limit: 200))
        case .canonicalUser(let id): self.init(kind: "canonical user ", name: id.printable(limit: 200))
        case .unknown(_, let value): self.init(name: value.printable(limit: 200))
        }
    }

    /// The resource of a case, by the name that people know it under.
    init(resourceOf input: Case, _ guide: any ResourceGuide) {
        let words = input.finding.resourceType.words.map { $0.hasPrefix("IAM ") ? $0.dropFirst(4) : $0[...] }
        self.init(kind: words.map { "\($0) " } ?? "", name: guide.name(input).printable(limit: 500))
    }
}
