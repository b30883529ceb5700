import AWSClient
import AWSOperations
import Basics
import Logging
package import Rules
import Synchronization

/// The rules that a process decides by.
///
/// Rules in the setting or in a file are read once, when the process starts, so that wrong ones stop it there. Rules in
/// S3 or Parameter Store are fetched at first use and again once they are older than `lifetime`; when that fails, the
/// last good ones go on, and the log says so.
package final class RuleSource: Sendable {
    /// How long fetched rules are used before they are read again, in seconds.
    package static let lifetime: Int64 = 60
    /// How long after a failure the next read waits while there are good rules, in seconds.
    static let pauseAfterFailure: Int64 = 10

    /// How long a read may take while there are good rules.
    static let patience = Duration.seconds(2)

    private struct Fetched {
        let text: [UInt8]
        let rules: RuleSet
    }

    private struct State {
        var fetched: Fetched?
        var nextRead = Int64.min
    }

    private enum Origin {
        case builtIn
        case fixed(RuleSet)
        case fetched(RuleLocation, @Sendable (any AWSCaller, Region) async throws(AWSError) -> [UInt8])
    }

    private let origin: Origin
    private let state = Mutex(State())

    /// The built-in rules.
    package init() {
        origin = .builtIn
    }

    /// The rules that the setting names; the built-in ones without it.
    ///
    /// Throws `InvalidConfiguration` for a setting that names nothing, and for inline rules and files that are wrong.
    package init(setting: String?) throws(HandlerError) {
        guard let setting else {
            origin = .builtIn
            return
        }
        guard let location = RuleLocation(setting) else {
            throw HandlerError(
                .invalidConfiguration,
                "GATEHOUSE_RULES is '\(setting.prefix(200))' but must be \(RuleLocation.allowed)"
            )
        }
        switch location {
        case .builtIn(let name):
            origin = RuleSet.named(name).map { .fixed($0.rules) } ?? .builtIn
        case .inline(let text):
            origin = .fixed(try Self.decoded(Array(text.utf8), of: location))
        case .file(let path):
            guard let bytes = SmallFile.read(path, limit: RulesLimits.bytes) else {
                throw HandlerError(
                    .invalidConfiguration,
                    "GATEHOUSE_RULES names the file '\(path)', which cannot be read or has more than "
                        + "\(RulesLimits.bytes) bytes: it must be \(RuleLocation.allowed)"
                )
            }
            origin = .fixed(try Self.decoded(bytes, of: location))
        case .object(let bucket, let key):
            origin = .fetched(location) { (aws, region) async throws(AWSError) in
                try await aws.call(GetObject(bucket: bucket, key: key, region: region))
            }
        case .parameter(let name):
            origin = .fetched(location) { (aws, region) async throws(AWSError) in
                Array(try await aws.call(GetParameter(parameter: name, region: region)).utf8)
            }
        }
    }

    /// The rules to decide by now.
    ///
    /// Throws `InvalidConfiguration` where there are none that can be used.
    package func rules(_ access: AWSAccess) async throws(HandlerError) -> RuleSet {
        let location: RuleLocation
        let read: @Sendable (any AWSCaller, Region) async throws(AWSError) -> [UInt8]
        switch origin {
        case .builtIn: return .builtIn
        case .fixed(let rules): return rules
        case .fetched(let place, let fetch): (location, read) = (place, fetch)
        }
        let now = access.now().secondsSinceEpoch
        let (known, nextRead) = state.withLock { ($0.fetched, $0.nextRead) }
        if let known, now < nextRead { return known.rules }
        do throws(HandlerError) {
            // Good rules must not wait for a source that hangs.
            let text = try await fetch(location, read, access, within: known == nil ? nil : Self.patience)
            // Nothing is compiled again that has not changed.
            let isKnown = known?.text == text
            let rules = if let known, isKnown { known.rules } else { try Self.decoded(text, of: location) }
            state.withLock { $0 = State(fetched: Fetched(text: text, rules: rules), nextRead: now + Self.lifetime) }
            return rules
        } catch {
            guard let known else { throw HandlerError(.invalidConfiguration, error.message) }
            access.logger.error(
                "the rules could not be read again: the last good ones go on",
                metadata: ["rules": .string(location.name), "why": .string(error.message)]
            )
            let failed = access.now().secondsSinceEpoch
            state.withLock { $0.nextRead = failed + Self.pauseAfterFailure }
            return known.rules
        }
    }

    private func fetch(
        _ location: RuleLocation,
        _ read: @escaping @Sendable (any AWSCaller, Region) async throws(AWSError) -> [UInt8],
        _ access: AWSAccess,
        within limit: Duration?
    ) async throws(HandlerError) -> [UInt8] {
        guard let region = access.region else {
            throw HandlerError(.invalidConfiguration, "AWS_REGION is not set: set it to the region of \(location.name)")
        }
        let aws = access.aws
        let request = { @Sendable () async -> Result<[UInt8], AWSError> in
            await Result { () async throws(AWSError) in try await read(aws, region) }
        }
        let answer: Result<[UInt8], AWSError>
        if let limit {
            answer = await Self.first(of: request, within: limit)
        } else {
            answer = await request()
        }
        switch answer {
        case .success(let text): return text
        case .failure(let error):
            throw HandlerError(
                .invalidConfiguration,
                "GATEHOUSE_RULES names \(location.name), which cannot be read: \(error)"
            )
        }
    }

    /// The answer, or the failure that it did not come in time; the request is cancelled then.
    private static func first(
        of request: @escaping @Sendable () async -> Result<[UInt8], AWSError>,
        within limit: Duration
    ) async -> Result<[UInt8], AWSError> {
        await withTaskGroup(of: Result<[UInt8], AWSError>.self) { group in
            group.addTask { await request() }
            group.addTask {
                // Cancelled when the answer is there: then nobody asks for this one.
                try? await Task.sleep(for: limit)
                return .failure(AWSError(kind: .deadlineExceeded, message: "no answer within \(limit)"))
            }
            let answer = await group.next()
            group.cancelAll()
            return answer ?? .failure(AWSError(kind: .cancelled, message: "the request was cancelled"))
        }
    }

    /// Reads rules; the message names where they are.
    private static func decoded(_ text: [UInt8], of location: RuleLocation) throws(HandlerError) -> RuleSet {
        do throws(RulesError) {
            return try RuleSet(text)
        } catch {
            throw HandlerError(.invalidConfiguration, "the rules in \(location.name) are wrong: \(error)")
        }
    }
}
