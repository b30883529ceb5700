import AWSClient
import AWSOperations
import Basics
import LosslessJSON
import Policies

/// The policy of a resource, by the operations of its service.
struct ServicePolicy: PolicyRemedy {
    /// What the service answers to a write that it does not take.
    struct Refusals: Sendable {
        /// The writes' names and their service.
        let operations: [String]
        let service: AWSService
        /// The resource is not there.
        let gone: [String]
        /// The document is not taken.
        let refused: [String]
        /// Another change is being made: a retry finds it done.
        var busy: [String] = []
        /// Only AWS changes the resource.
        var unmodifiable: [String] = []
        /// The document was changed since it was read.
        var outdated: [String] = []
        /// Part of a message by which a denial is known to be about public documents.
        var publicWords: [String] = []
    }

    let target: ChangedResource
    let dialect: PolicyDialect
    let operation: String
    let service: String
    let name: String
    let words: String
    let refusals: Refusals
    /// Why the resource must not be changed, by its name alone.
    var protectedWhy: String?
    /// Whether a resource without a policy gets one with our statement alone, because what is closed comes from elsewhere.
    var createsPolicy = false
    /// Finds what the other calls need, once; false where there is no such resource.
    var find: @Sendable (any AWSCaller) async throws(AWSError) -> Bool = { (_) async throws(AWSError) in true }
    /// `nil` where there is no such resource.
    let readPolicy: @Sendable (any AWSCaller) async throws(AWSError) -> ResourcePolicy?
    let readTags: @Sendable (any AWSCaller) async throws(AWSError) -> [Tag]
    let writePolicy: @Sendable (PolicyState, String?, any AWSCaller) async throws(AWSError) -> Void
    /// What a Deny leaves the principal with that only the service knows, as a sentence; `nil` for nothing.
    var remains: @Sendable (Principal, any AWSCaller) async throws(AWSError) -> String? = {
        (_, _) async throws(AWSError) in nil
    }
    /// Why only AWS may change the resource, in words that follow a colon; `nil` for most.
    var ownedByAWS: @Sendable (any AWSCaller) async throws(AWSError) -> String? = { (_) async throws(AWSError) in nil }
    /// What there is where the service does not know how to read the whole policy.
    var fallback: (any Remedy)?
    /// Whether an error says that it does not.
    var isUnsupported: @Sendable (AWSError) -> Bool = { _ in false }
    /// Removes the whole policy; `nil` where one that holds nothing stays.
    var deletePolicy: (@Sendable (any AWSCaller) async throws(AWSError) -> Void)?

    var subject: String { dialect.name }
    var removesEmptyPolicy: Bool { deletePolicy != nil }
    var resource: String { target.arn.description }
    var account: String { target.account }
    var partition: Partition { target.partition }

    func protection(memberRole: String?) -> String? { protectedWhy }

    func read(_ aws: any AWSCaller) async throws(AWSError) -> Reading<PolicyState> {
        guard try await find(aws) else { return .gone }
        async let tagsAnswer = Result { () async throws(AWSError) in try await readTags(aws) }
        async let ownerAnswer = Result { () async throws(AWSError) in try await ownedByAWS(aws) }
        let policy: ResourcePolicy?
        do throws(AWSError) {
            policy = try await readPolicy(aws)
        } catch {
            guard isUnsupported(error) else { throw error }
            return .unsupported
        }
        guard let policy else { return .gone }
        return reading(policy, tags: try Tag.unlessDenied(await tagsAnswer), try await ownerAnswer.get())
    }

    func readBack(_ aws: any AWSCaller) async throws(AWSError) -> Reading<PolicyState> {
        guard try await find(aws), let policy = try await readPolicy(aws) else { return .gone }
        return reading(policy, tags: nil)
    }

    private func reading(_ policy: ResourcePolicy, tags: [Tag]?, _ owner: String? = nil) -> Reading<PolicyState> {
        guard let text = policy.text else {
            return createsPolicy ? .read(TaggedState(PolicyState(.empty), tags: tags, ownedByAWS: owner)) : .absent
        }
        do {
            let document = try PolicyDocument(text: text)
            let state = PolicyState(document, revision: policy.revision)
            return .read(TaggedState(state, tags: tags, ownedByAWS: owner))
        } catch {
            return .unusable("The \(subject) of \(resource) cannot be read: \(error).")
        }
    }

    func quota(_ aws: any AWSCaller) async throws(AWSError) -> PolicyQuota {
        PolicyQuota(dialect.defaultQuota, source: "the service's quota")
    }

    func remains(of principal: Principal, _ aws: any AWSCaller) async throws(AWSError) -> String? {
        try await remains(principal, aws)
    }

    func write(_ edit: Edit<PolicyState>, _ aws: any AWSCaller) async throws(AWSError) {
        if edit.after.document.statements.isEmpty, let deletePolicy { return try await deletePolicy(aws) }
        try await writePolicy(edit.after, edit.before.revision, aws)
    }

    func refusal(_ error: AWSError) -> WriteRefusal? {
        // What another call says, such as AssumeRole for the credentials, is nothing about the document.
        guard refusals.operations.contains(error.operation), error.service == refusals.service.id, let code = error.code
        else {
            return nil
        }
        if refusals.gone.contains(code) { return .gone }
        if refusals.busy.contains(code) { return .busy(error.message) }
        if refusals.unmodifiable.contains(code) { return .unmodifiable(error.message) }
        if refusals.outdated.contains(code) { return .outdated }
        let isAboutPublic = refusals.publicWords.contains { error.message.holds($0) }
        guard refusals.refused.contains(code) || isAboutPublic else { return nil }
        return .refused("\(service) rejected the new \(subject) (\(error.message)), so the policy stays as it is.")
    }
}

extension Tag {
    /// Tags as they were read; `nil` where that is not permitted.
    static func unlessDenied(_ answer: Result<[Tag], AWSError>) throws(AWSError) -> [Tag]? {
        switch answer {
        case .success(let tags): return tags
        case .failure(let error) where error.kind == .accessDenied: return nil
        case .failure(let error): throw error
        }
    }
}

extension AWSError {
    /// Runs a read that answers `nil` where the service says one of these about it.
    static func unless<Operation: AWSOperation, T>(
        _ codes: [String],
        of operation: Operation.Type,
        _ read: () async throws(AWSError) -> T
    ) async throws(AWSError) -> T? {
        do throws(AWSError) {
            return try await read()
        } catch {
            guard codes.contains(where: { error.isAnswer($0, to: operation) }) else { throw error }
            return nil
        }
    }
}
