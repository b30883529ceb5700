import AWSClient
import AWSOperations
import Basics
import LosslessJSON
import Policies

/// A resource, the credentials that reach it, and what its look-ups need besides.
struct LookedUpResource: Sendable {
    let type: EnrichedType
    let arn: ARN
    /// The account that owns it, twelve digits.
    let account: String
    /// The region that it is in; of a global service the partition's own.
    let region: Region
    /// AWS with credentials of its account, where there are any.
    let aws: any AWSCaller
    /// Our environment, for our own account.
    let environment: HandlerEnvironment

    /// Its ARN.
    var id: String { arn.description }

    /// The part of the ARN after `prefix`. Throws when that is not how the ARN goes on.
    ///
    /// - Parameter mayHoldSlashes: whether the name may have `/` inside, as secrets' and repositories' names do.
    func name(after prefix: String, mayHoldSlashes: Bool = false) throws(AWSError) -> String {
        let name = arn.resource.dropFirst(prefix.count)
        guard arn.resource.hasPrefix(prefix), !name.isEmpty, mayHoldSlashes || !name.utf8.contains(UInt8(ascii: "/"))
        else { throw .impossible("'\(id.prefix(200))' is not the ARN of a resource of type \(type.rawValue)") }
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
    func mustBeReached() async throws(AWSError) {
        guard environment.settings.memberRole == nil else { return }
        let own: String
        do throws(HandlerError) {
            own = try await environment.ownAccount.id(environment)
        } catch {
            throw .impossible("our own account is not known: \(error.message)")
        }
        guard own == account else {
            throw .impossible("only account \(account) itself is told this: set GATEHOUSE_MEMBER_ROLE to a role there")
        }
    }

    /// When something was made, and how many whole days ago.
    func age(_ time: Timestamp?, _ learned: inout Learned) {
        guard let time else { return }
        let seconds = environment.now().secondsSinceEpoch - time.secondsSinceEpoch
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
        answer.learned[.tags] = try object(of: tags)
        return answer
    }

    /// How many pages of a list are read.
    static let pageLimit = 100
}

/// Tags as an object. AWS has at most 50 or 200 of them on a resource: thousands are no answer to decide by.
func object(of tags: [Tag]) throws(AWSError) -> JSON {
    guard tags.count <= 1_000 else {
        throw AWSError(
            kind: .unavailable,
            message: "the answer holds \(tags.count) tags, more than a resource can have"
        )
    }
    return .object(JSONObject(tags.map { ($0.key, .string($0.value)) }))
}

extension AWSError {
    /// A list goes on and on.
    static let tooManyPages = AWSError(
        kind: .unavailable,
        message: "the answer goes on after \(LookedUpResource.pageLimit) pages"
    )
}

extension Optional where Wrapped == String {
    /// The text as JSON; nil for an absent one and for an empty one.
    var json: JSON? {
        flatMap { $0.isEmpty ? nil : .string($0) }
    }
}
