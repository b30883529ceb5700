import AWSClient
import AWSOperations
import Basics
import LosslessJSON
import Policies

/// How many elements the simulated services put on a page: few, so that fixtures turn pages.
private let pageSize = 2

/// What there is besides roles and findings, by ARN in the file.
extension SimulatedCaller {
    private func denied(_ operation: String) -> AWSError {
        refusal("AccessDeniedException", "not authorized to perform: \(operation)", 403)
    }

    /// A resource by its ARN. Only its own account sees it.
    func resource(_ arn: String, _ operation: String, _ code: String) throws(AWSError) -> JSON {
        record(operation, [("resource", .string(arn))])
        guard let json = simulated.resources[arn] else { throw refusal(code, "no such resource: \(arn)", 404) }
        if let owner = ARN(arn)?.account, !owner.isEmpty, owner != account { throw denied(operation) }
        return json
    }

    /// A resource of our account by the end of its ARN.
    func resource(
        ending: String,
        service: String,
        _ operation: String,
        _ code: String
    ) throws(AWSError) -> (arn: String, json: JSON) {
        record(operation, [("resource", .string(ending))])
        for member in simulated.resources.members where member.key.hasSuffix(ending) {
            guard let arn = ARN(member.key), arn.service == service else { continue }
            // A snapshot's ARN may lack the account.
            guard arn.account.isEmpty || arn.account == account else { continue }
            return (member.key, member.value)
        }
        let isQueue = code == "QueueDoesNotExist"
        throw refusal(
            code,
            isQueue ? "The specified queue does not exist." : "no such resource: \(ending.dropFirst())",
            404
        )
    }

    /// A resource that is to be written: only its own account may.
    @discardableResult
    func own(_ arn: String, _ code: String) throws(AWSError) -> JSON {
        guard let json = simulated.resources[arn] else { throw refusal(code, "no such resource: \(arn)", 404) }
        if let owner = ARN(arn)?.account, !owner.isEmpty, owner != account { throw denied("the write") }
        return json
    }

    /// The ARN of a resource that is to be written, by its end.
    func ownARN(ending: String, _ code: String) throws(AWSError) -> String {
        guard let member = simulated.resources.members.first(where: { $0.key.hasSuffix(ending) }) else {
            throw refusal(code, "no such resource: \(ending)", 404)
        }
        try own(member.key, code)
        return member.key
    }

    /// A resource's tags; null in the file stands for tags that may not be read.
    func tags(_ json: JSON, absent: AWSError? = nil) throws(AWSError) -> [Tag] {
        if json["tags"] == .null { throw denied("the look-up of tags") }
        let tags = (json["tags"]?.object?.members ?? []).map { Tag($0.key, $0.value.string ?? "") }
        if tags.isEmpty, let absent { throw absent }
        return tags
    }

    func time(_ json: JSON?) -> Timestamp? {
        json?.string.flatMap(Timestamp.init(iso8601:))
    }

    func description(_ json: JSON, arn: String?, tags: [Tag]) -> ResourceDescription {
        ResourceDescription(
            arn: arn,
            owner: json["owner"]?.string,
            name: json["name"]?.string,
            path: json["path"]?.string,
            description: json["description"]?.string,
            createdAt: time(json["createdAt"]),
            lastUsed: time(json["lastUsed"]),
            isEncrypted: json["encrypted"]?.bool,
            owningService: json["owningService"]?.string,
            tags: tags
        )
    }

    /// One page of a list, and the next one's token.
    func page(_ token: String?, of count: Int) -> (range: Range<Int>, next: String?) {
        let start = min(max(0, token.flatMap { Int($0) } ?? 0), count)
        let end = min(start + pageSize, count)
        return (start..<end, end < count ? String(end) : nil)
    }

    func page(_ token: String?, of tags: [Tag]) -> TagPage {
        let (range, next) = page(token, of: tags.count)
        return TagPage(Array(tags[range]), nextToken: next)
    }
}
