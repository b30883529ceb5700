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

    /// What CloudTrail's newest events say, the newest of those that fit; one that names the principal comes first.
    func change(in events: [TrailEvent], to finding: Finding) -> OpeningChange? {
        var passedOver = 0
        var newest: OpeningChange?
        for event in events where event.source.hasPrefix("\(service).") {
            guard operations.contains(where: { event.name.hasPrefix($0) }),
                let record = try? JSON.parse(text: event.record), holds(event, record)
            else { continue }
            let identity = record["userIdentity"]
            if identity?["type"]?.string == "AssumedRole",
                record["userAgent"]?.string?.hasPrefix("gatehouse/") ?? false
            {
                passedOver += 1
                continue
            }
            let change = OpeningChange(event, record, finding, passedOver: passedOver)
            if change.namesPrincipal { return change }
            newest = newest ?? change
        }
        return newest
    }
}

/// A change of a resource as CloudTrail has recorded it.
struct OpeningChange {
    let json: JSON
    /// Whether the request holds the finding's principal.
    let namesPrincipal: Bool

    /// How requests name everybody: in a policy, in one that is a text itself, to snapshots, in an ACL.
    private static let everybody = ["\"*\"", "\\\"*\\\"", "\"all\"", "AllUsers", "public-read"]

    init(_ event: TrailEvent, _ record: JSON, _ finding: Finding, passedOver: Int) {
        let identity = record["userIdentity"]
        let request = record["requestParameters"]?.text() ?? ""
        namesPrincipal = finding.principals.contains { principal in
            switch principal {
            case .everyone: OpeningChange.everybody.contains { request.holds($0) }
            default: request.holds(principal.element.value)
            }
        }
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
        add("from", record["sourceIPAddress"]?.string, limit: 100)
        add("with", record["userAgent"]?.string, limit: 200)
        add("eventId", record["eventID"]?.string, limit: 50)
        members.append(("namesPrincipal", .bool(namesPrincipal)))
        if passedOver > 0 { members.append(("passedOver", .int(passedOver))) }
        json = .object(JSONObject(members))
    }
}

extension LookUp {
    /// Who has opened an access, as far as CloudTrail tells: it never fails, because nothing is decided by it, and says
    /// why where it does not know.
    ///
    /// By the resource's name first; where that finds nothing, because services spell it differently or reads fill the
    /// page, by the operation's.
    ///
    /// - Parameter updatedAt: when the finding became as it is; what came later cannot have opened what it is about.
    package static func whoOpened(
        _ finding: Finding,
        updatedAt: Timestamp?,
        _ search: TrailSearch,
        of resource: LookedUpResource,
        within budget: Duration
    ) -> LookUp {
        let patience = Swift.min(TrailSearch.patience, budget / 2)
        return LookUp([]) { () async throws(AWSError) in
            let inner = LookUp([.openedBy]) { () async throws(AWSError) in
                var answer = LookUpAnswer()
                answer.learned[.openedBy] = try await resource.opening(of: finding, updatedAt, search)
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
    fileprivate func opening(of finding: Finding, _ updatedAt: Timestamp?, _ search: TrailSearch) async throws(AWSError)
        -> JSON
    {
        try await requireCredentialsOfOwner()
        let end = min(updatedAt ?? now, now)
        let questions = [("ResourceName", search.names.first), ("EventName", search.operations.first)]
        for case (let attribute, let value?) in questions {
            let events = try await aws.call(
                LookupEvents(attribute: attribute, value: value, endTime: end.adding(seconds: 1), region: region)
            )
            if let change = search.change(in: events, to: finding) { return change.json }
        }
        let place = "CloudTrail of account \(account) in \(region.name)"
        return [
            "why": .string(
                "\(place) lists no change of it before the finding: it keeps 90 days, the newest 50 events are looked at, and "
                    + "events come up to 15 minutes late"
            )
        ]
    }
}
