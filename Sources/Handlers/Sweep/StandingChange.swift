import AWSClient
import Findings
import Ledger
import LosslessJSON
import Policies
import ResourceTypes

/// A change that the ledger has as standing or begun, held against the resource.
struct StandingChange {
    enum State {
        /// It is there; an intention is settled by that.
        case stands
        /// It was begun and not made.
        case notMade
        /// It was made and is gone.
        case vanished
        /// Somebody else has settled it since it was listed.
        case settled
        /// It cannot be told here, and why.
        case unknown(String)
    }

    let change: LedgerChange
    let environment: HandlerEnvironment

    func state() async throws(HandlerError) -> State {
        let region = change.about["region"]?.string
        guard let arn = ARN(change.resource),
            let resource = ChangedResource(arn, account: change.about["accountId"]?.string, region: region),
            let known = KnownResourceTypes.remedies(for: resource),
            let remedy = known.remedies.first(where: {
                $0.operation == change.operation && $0.resource == change.resource
            })
        else { return .unknown("this version does not change \(change.resource) by \(change.operation)") }
        return try await state(of: remedy)
    }

    private func state<R: Remedy>(of remedy: R) async throws(HandlerError) -> State {
        let aws = try await environment.caller(for: remedy.account, partition: remedy.partition)
        guard change.state == .intended else { return Self.state(of: change, remedy, try await read(remedy, aws)) }
        // Whoever began it may still be at it: only under the lease it is over.
        return try await environment.journal.withLease(
            on: remedy.resource,
            isWriting: true
        ) { (lease) async throws(HandlerError) in
            guard let begun = lease.known.changes.first(where: { $0.id == change.id && $0.state == .intended }) else {
                return .settled
            }
            let run = ChangeRun(
                findingID: change.findingID,
                about: change.about,
                remedy: remedy,
                aws: aws,
                lease: lease,
                environment: environment
            )
            let asked = environment.instant()
            let now: TaggedState<R.State>
            switch try await run.read() {
            case .read(let read): now = read
            case .gone, .absent:
                try await lease.settle(begun, .notMade)
                return .notMade
            case .unusable(let why): return .unknown(why)
            case .unsupported: return .unknown("the service does not show it here")
            }
            let (state, _, earlier) = try await run.reconciled(now, asked: asked)
            if begun.kind == .undo { return earlier.undone.contains { $0.id == begun.id } ? .stands : .notMade }
            if remedy.shows(begun, in: state.state) { return .stands }
            if earlier.vanished.contains(where: { $0.id == begun.id }) { try await lease.settle(begun, .notMade) }
            return .notMade
        }
    }

    private func read<R: Remedy>(_ remedy: R, _ aws: any AWSCaller) async throws(HandlerError) -> Reading<R.State> {
        try await HandlerError.mapping { () async throws(AWSError) in try await remedy.read(aws) }
    }

    private static func state<R: Remedy>(of change: LedgerChange, _ remedy: R, _ reading: Reading<R.State>) -> State {
        switch reading {
        case .read(let now): remedy.shows(change, in: now.state) ? .stands : .vanished
        case .gone, .absent: .vanished
        case .unusable(let why): .unknown(why)
        case .unsupported: .unknown("the service does not show it here")
        }
    }
}
