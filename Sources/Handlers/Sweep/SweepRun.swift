import AWSClient
import Findings
import Ledger
import Logging
import LosslessJSON

/// Finds what events missed, what was begun and not completed, and what no longer stands, and hands each on: to the
/// workflow where one is set, else it works through them itself.
struct SweepRun {
    /// Where a sweep that had no more time goes on.
    enum Place {
        case changes(after: String?)
        /// The page's token, and the finding of it that was looked at last.
        case findings(analyzer: String, token: String?, after: String?)

        init(_ json: JSON?) {
            if let analyzer = json?["analyzer"]?.string {
                let (token, last) = (json?["token"]?.string, json?["after"]?.string)
                self = .findings(analyzer: analyzer, token: token, after: last)
            } else {
                self = .changes(after: json?["change"]?.string)
            }
        }

        var json: JSON {
            switch self {
            case .changes(let after): ["change": after.map(JSON.string) ?? .null]
            case .findings(let analyzer, let token, let last):
                [
                    "analyzer": .string(analyzer), "token": token.map(JSON.string) ?? .null,
                    "after": last.map(JSON.string) ?? .null,
                ]
            }
        }
    }

    let environment: HandlerEnvironment
    /// `nil` where the input does not say it.
    let given: Place?
    /// `nil` for everything that is to be looked at in the function's own region.
    let scope: SweepScope?
    var start = Place(nil)
    var counts = SweepCounts()
    /// What this run has handed on: a finding may come by its change and by the list.
    var handed: Set<String> = []
    let lastBegin: ContinuousClock.Instant?

    init(_ input: JSON, _ environment: HandlerEnvironment) throws(HandlerError) {
        guard input.object != nil else {
            throw HandlerError(InvalidEvent("", "the event must be an object, not \(input.kind)"))
        }
        self.environment = environment
        given = input["next"].flatMap { $0 == .null ? nil : Place($0) }
        do throws(InvalidEvent) {
            scope = try input["scope"].map { (json) throws(InvalidEvent) in try SweepScope(json) }
        } catch {
            throw HandlerError(error)
        }
        // One finding takes a few seconds; a slow one half a minute.
        lastBegin = environment.deadline.map { deadline in
            deadline - min(.seconds(60), max(.zero, environment.instant().duration(to: deadline) / 3))
        }
    }

    var isOver: Bool { lastBegin.map { environment.instant() >= $0 } ?? false }

    /// The counts, and `next` where the time was up.
    mutating func run() async throws(HandlerError) -> JSONObject {
        start = try await givenOrRecorded()
        var next: Place?
        if scope == nil, case .changes(let after) = start { next = try await sweepChanges(after: after) }
        if next == nil { next = try await sweepFindings() }
        if scope == nil, next == nil { await endForgottenRequests() }
        var answer = counts.json
        if let next { answer["next"] = next.json }
        try await record(next)
        environment.logger.info(
            "the sweep is over",
            metadata: ["counts": .string(JSON.object(counts.json).text()), "complete": .stringConvertible(next == nil)]
        )
        return answer
    }

    /// A schedule gives no place: where the last sweep had no more time, this one goes on.
    func givenOrRecorded() async throws(HandlerError) -> Place {
        if let given { return given }
        // Whoever gives a part of the whole gives the place as well.
        guard scope == nil else { return Place(nil) }
        guard let ledger = environment.ledger, let region = environment.region?.name else { return Place(nil) }
        let recorded = try await HandlerError.ofLedger { () async throws(LedgerError) in
            try await ledger.sweepPlace(ofRegion: region)
        }
        return Place(recorded)
    }

    func record(_ next: Place?) async throws(HandlerError) {
        guard scope == nil, let ledger = environment.ledger, let region = environment.region?.name else { return }
        try await HandlerError.ofLedger { () async throws(LedgerError) in
            try await ledger.record(sweepPlace: next?.json, ofRegion: region)
        }
    }
}

/// What a sweep did.
struct SweepCounts {
    var analyzers = 0
    var findings = 0
    var started = 0
    var known = 0
    var completed = 0
    var drifted = 0
    var failed = 0

    var json: JSONObject {
        JSONObject([
            ("analyzers", .int(analyzers)), ("findings", .int(findings)), ("started", .int(started)),
            ("known", .int(known)), ("completed", .int(completed)), ("drifted", .int(drifted)),
            ("failed", .int(failed)),
        ])
    }
}
