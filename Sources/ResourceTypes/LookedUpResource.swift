package import AWSClient
package import AWSOperations
package import Basics
package import Findings
package import LosslessJSON
package import Policies

/// A resource, the credentials that reach it, and what its look-ups need besides.
package struct LookedUpResource: Sendable {
    let type: ResourceType
    let arn: ARN
    /// The account that owns it, twelve digits.
    let account: String
    /// The region that it is in; of a global service the partition's own.
    package let region: Region
    /// AWS with credentials of its account, where there are any.
    let aws: any AWSCaller
    /// Whether the credentials are a member role's, and so of its account in any case.
    let hasMemberRole: Bool
    /// Our own account; throws why it is not known.
    let ownAccount: @Sendable () async throws(AWSError) -> String
    /// The time.
    let now: Timestamp

    package init(
        type: ResourceType,
        arn: ARN,
        account: String,
        region: Region,
        aws: any AWSCaller,
        hasMemberRole: Bool,
        now: Timestamp,
        ownAccount: @escaping @Sendable () async throws(AWSError) -> String
    ) {
        self.type = type
        self.arn = arn
        self.account = account
        self.region = region
        self.aws = aws
        self.hasMemberRole = hasMemberRole
        self.now = now
        self.ownAccount = ownAccount
    }

    /// Its ARN.
    var id: String { arn.description }

    /// The part of the ARN after `prefix`. Throws when that is not how the ARN goes on.
    ///
    /// - Parameter mayHoldSlashes: whether the name may have `/` inside, as secrets' and repositories' names do.
    func name(after prefix: String, mayHoldSlashes: Bool = false) throws(AWSError) -> String {
        let name = arn.resource.dropFirst(prefix.count)
        guard arn.resource.hasPrefix(prefix), !name.isEmpty, mayHoldSlashes || !name.utf8.contains(UInt8(ascii: "/"))
        else { throw .impossible("'\(id.prefix(200))' is not the ARN of a resource of type \(type.name)") }
        return String(name)
    }

    /// Refuses an answer about another resource: names are unique in one account alone.
    func check(_ answered: String?) throws(AWSError) {
        guard let answered, answered != id else { return }
        throw .impossible(
            "the answer is about \(answered.prefix(200)): set GATEHOUSE_MEMBER_ROLE if the resource is in another account"
        )
    }

    /// Refuses to ask with the credentials of another account, where a service would then leave things out in silence.
    func requireCredentialsOfOwner() async throws(AWSError) {
        guard !hasMemberRole else { return }
        guard try await ownAccount() == account else {
            throw .impossible("only account \(account) itself is told this: set GATEHOUSE_MEMBER_ROLE to a role there")
        }
    }

    /// When something was made, and how many whole days ago.
    func age(_ time: Timestamp?, _ learned: inout ContextBuilder) {
        guard let time else { return }
        let seconds = now.secondsSinceEpoch - time.secondsSinceEpoch
        learned[.createdAt] = .string(time.extended)
        learned[.ageDays] = .int(Int(max(0, seconds) / 86_400))
    }

    /// Every tag of a resource whose tags come in pages.
    func everyTag(
        _ page: @Sendable (_ token: String?) async throws(AWSError) -> TagPage
    ) async throws(AWSError) -> LookUpAnswer {
        var tags: [Tag] = []
        var token: String?
        for _ in 0..<LookedUpResource.pageLimit {
            let answer = try await page(token)
            tags += answer.tags
            guard let next = answer.nextToken else { return try tagged(tags) }
            token = next
        }
        throw .tooManyPages
    }

    /// An answer of one page.
    func tagged(_ tags: [Tag]) throws(AWSError) -> LookUpAnswer {
        var answer = LookUpAnswer()
        answer.learned[.tags] = try JSON(tags: tags)
        return answer
    }

    /// What a description tells of itself. `ageDays` is for snapshots.
    func described(_ resource: ResourceDescription) throws(AWSError) -> LookUpAnswer {
        var answer = try tagged(resource.tags)
        answer.learned[.name] = resource.name.json
        answer.learned[.path] = resource.path.json
        answer.learned[.description] = resource.description.json
        answer.learned[.lastUsed] = (resource.lastUsed?.extended).json
        answer.learned[.createdAt] = (resource.createdAt?.extended).json
        answer.learned[.encrypted] = resource.isEncrypted.map(JSON.bool)
        return answer
    }

    /// The name of `function:name:qualifier`, or of `layer:name:version`, and what follows it.
    func parts(after prefix: String) throws(AWSError) -> (name: String, qualifier: String?) {
        let parts = try name(after: prefix).split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 2, let first = parts.first, !first.isEmpty else {
            throw .impossible("'\(id.prefix(200))' is not the ARN of a resource of type \(type.name)")
        }
        return (String(first), parts.count == 2 ? String(parts[1]) : nil)
    }

    /// How many pages of a list are read.
    package static let pageLimit = 100
}

extension JSON {
    /// Tags as an object. AWS has at most 50 or 200 of them on a resource: thousands are no answer to decide by.
    package init(tags: [Tag]) throws(AWSError) {
        guard tags.count <= 1_000 else {
            throw AWSError(
                kind: .unavailable,
                message: "the answer holds \(tags.count) tags, more than a resource can have"
            )
        }
        self = .object(JSONObject(tags.map { ($0.key, .string($0.value)) }))
    }
}

extension AWSError {
    /// A list goes on and on.
    package static let tooManyPages = AWSError(
        kind: .unavailable,
        message: "the answer goes on after \(LookedUpResource.pageLimit) pages"
    )
}

extension Optional where Wrapped == String {
    /// The text as JSON; nil for an absent one and for an empty one.
    package var json: JSON? {
        flatMap { $0.isEmpty ? nil : .string($0) }
    }
}
