import AWSClient
import AWSOperations
package import Basics
package import Findings
import LosslessJSON
import Policies

/// How CloudTrail knows a resource, and the changes that can open access to it.
package struct TrailSearch: Sendable {
    /// The first label of the event source, such as `s3`.
    let service: String
    /// How the events' names begin (Lambda's end in the version of its API), the most likely first and whole.
    let operations: [String]
    /// How records may spell the resource, the likeliest first.
    let names: [String]
    /// The version that the record must name, for what has several under one name.
    let version: String?

    init(_ service: String, _ operations: [String], names: [String], version: String? = nil) {
        self.service = service
        self.operations = operations
        self.names = names
        self.version = version
    }

    /// One try of the whole look-up, in case CloudTrail is slow.
    static let patience = Duration.seconds(2)

    /// Whether an event is a change that may open access to this resource.
    private func holds(_ event: TrailEvent, _ record: JSON) -> Bool {
        // What was refused has opened nothing.
        guard record["errorCode"]?.string ?? "" == "" else { return false }
        let request = record["requestParameters"]?.object
        let given = request?["versionNumber"]
        if let version, let given, (given.string ?? given.text()) != version { return false }
        // Only what the request itself is about: a policy inside it may name any resource.
        let spelled =
            event.resourceNames + (request?.members.compactMap(\.value.string) ?? [])
            + (record["resources"]?.array ?? []).compactMap { $0["ARN"]?.string }
        return spelled.contains { names.contains($0) }
    }

    /// What CloudTrail's newest events say: the newest change that fits, and how many later ones were Gatehouse's own.
    func change(
        in events: [TrailEvent],
        to finding: Finding,
        memberRole: String?
    ) -> (change: OpeningChange?, own: Int) {
        var own = 0
        for event in events where event.source.hasPrefix("\(service).") {
            guard operations.contains(where: { event.name.hasPrefix($0) }),
                let record = try? JSON.parse(text: event.record), holds(event, record)
            else { continue }
            guard !Self.isOwn(record["userIdentity"], owner: finding.accountID, memberRole: memberRole) else {
                own += 1
                continue
            }
            return (OpeningChange(event, record, finding, passedOver: own), own)
        }
        return (nil, own)
    }

    /// Whether a role of Gatehouse's did it, by the role's own ARN, which nobody who assumes a role can choose. What changes a
    /// resource is a role of the account that owns it.
    private static func isOwn(_ identity: JSON?, owner: String, memberRole: String?) -> Bool {
        guard let issuer = identity?["sessionContext"]?["sessionIssuer"]?["arn"]?.string.flatMap(ARN.init),
            issuer.service == "iam", issuer.account == owner
        else { return false }
        // The role that only reads is named after the one that changes.
        let names = memberRole.map { [$0, $0.hasSuffix("-read") ? String($0.dropLast(5)) : $0] } ?? []
        return issuer.resource.hasPrefix("role/gatehouse/") || names.contains { issuer.resource == "role/\($0)" }
    }
}

/// A change of a resource as CloudTrail has recorded it.
struct OpeningChange {
    let json: JSON
    /// Whether the request holds the finding's principal.
    let namesPrincipal: Bool

    init(_ event: TrailEvent, _ record: JSON, _ finding: Finding, passedOver: Int) {
        let identity = record["userIdentity"]
        namesPrincipal = RequestedAccess(record["requestParameters"]).names(finding.principals)
        var members: [(String, JSON)] = []
        func add(_ key: String, _ text: String?, limit: Int) {
            guard let text, !text.isEmpty else { return }
            members.append((key, .string(text.printable(limit: limit))))
        }
        let who = ["arn", "invokedBy", "principalId", "accountId"].lazy.compactMap { identity?[$0]?.string }.first
        add("who", who ?? "an identity that the record does not name", limit: 500)
        add("identity", identity?["type"]?.string, limit: 50)
        add("operation", event.name, limit: 100)
        add("at", event.time?.extended, limit: 20)
        add("from", record["sourceIPAddress"]?.string.flatMap(Self.address), limit: 100)
        add("with", record["userAgent"]?.string.flatMap(Self.program), limit: 100)
        add("eventId", record["eventID"]?.string, limit: 50)
        members.append(("namesPrincipal", .bool(namesPrincipal)))
        if passedOver > 0 { members.append(("passedOver", .int(passedOver))) }
        json = .object(JSONObject(members))
    }

    /// An address or a service, and nothing that its owner may have made up.
    private static func address(_ text: String) -> String? {
        let isAddress = text.utf8.allSatisfy { $0.isDigitASCII || "abcdefABCDEF:.".utf8.contains($0) }
        return isAddress || text == "AWS Internal" || isService(text) ? text : nil
    }

    /// Programs and versions, such as `aws-cli/2.15.0`, out of a text that callers write as they like: a sentence or an
    /// address in it must not be read as ours.
    private static func program(_ userAgent: String) -> String? {
        let words = userAgent.utf8.split { " []".utf8.contains($0) }.map { String(decoding: $0, as: UTF8.self) }
        if let service = words.first, isService(service) { return service }
        let programs = words.prefix { word in
            let parts = word.utf8.split(separator: UInt8(ascii: "/"))
            return parts.count == 2 && word.utf8.count <= 40
                && parts[0].allSatisfy { $0.isLetterASCII || $0.isDigitASCII || $0 == UInt8(ascii: "-") }
                && parts[1].allSatisfy { $0.isDigitASCII || $0 == UInt8(ascii: ".") }
        }
        return programs.isEmpty ? nil : programs.prefix(3).joined(separator: " ")
    }

    private static func isService(_ text: String) -> Bool {
        text.hasSuffix(".amazonaws.com") && text.utf8.count <= 100
            && text.utf8.allSatisfy { $0.isLetterASCII || $0.isDigitASCII || "-.".utf8.contains($0) }
    }
}

extension LookUp {
    /// Who has opened an access, as far as CloudTrail tells: it never fails, because nothing is decided by it, and says
    /// why where it does not know.
    ///
    /// By the resource's name first; where that finds nothing, because services spell it differently or reads fill the
    /// page, by the operation's.
    ///
    /// - Parameters:
    ///   - updatedAt: when the finding became as it is; what came later cannot have opened what it is about.
    ///   - memberRole: the name of our role in other accounts, whose changes are not looked for.
    package static func whoOpened(
        _ finding: Finding,
        updatedAt: Timestamp?,
        _ search: TrailSearch,
        of resource: LookedUpResource,
        memberRole: String?,
        within budget: Duration
    ) -> LookUp {
        let patience = Swift.min(TrailSearch.patience, budget / 2)
        return LookUp([]) { () async throws(AWSError) in
            let inner = LookUp([.openedBy]) { () async throws(AWSError) in
                var answer = LookUpAnswer()
                answer.learned[.openedBy] = try await resource.opening(of: finding, updatedAt, search, memberRole)
                return answer
            }
            var answer = await [inner].answer(within: patience)
            if let gap = answer.learned.gaps.first {
                answer = LookUpAnswer()
                let why = "CloudTrail did not tell: \(gap.why)"
                answer.learned[.openedBy] = ["why": .string(why.printable(limit: 400))]
            }
            return answer
        }
    }
}

extension LookedUpResource {
    fileprivate func opening(
        of finding: Finding,
        _ updatedAt: Timestamp?,
        _ search: TrailSearch,
        _ memberRole: String?
    ) async throws(AWSError) -> JSON {
        try await requireCredentialsOfOwner()
        let end = min(updatedAt ?? now, now)
        let questions = [("ResourceName", search.names.first), ("EventName", search.operations.first)]
        var own = 0
        for case (let attribute, let value?) in questions {
            let events = try await aws.call(
                LookupEvents(attribute: attribute, value: value, endTime: end.adding(seconds: 1), region: region)
            )
            let found = search.change(in: events, to: finding, memberRole: memberRole)
            if let change = found.change { return change.json }
            own = max(own, found.own)
        }
        let place = "CloudTrail of account \(account) in \(region.name)"
        let others = own > 0 ? "no change of it but \(own) by roles of Gatehouse" : "no change of it"
        return [
            "why": .string(
                "\(place) lists \(others) before the finding: it keeps 90 days, the newest 50 events are looked at, and "
                    + "events come up to 15 minutes late"
            )
        ]
    }
}
