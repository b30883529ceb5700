import Basics
import Synchronization
import Testing

@testable import AWSClient

@Suite struct ClockTests {
    /// Holds the first answers back until so many requests are there, so that all of them were signed by the same clock.
    private final class Gate: Sendable {
        private struct State {
            var arrived = 0
            var waiting: [CheckedContinuation<Void, Never>] = []
        }
        private let size: Int
        private let state = Mutex(State())

        init(_ size: Int) { self.size = size }

        func pass() async {
            await withCheckedContinuation { continuation in
                let open = state.withLock { state -> [CheckedContinuation<Void, Never>] in
                    state.arrived += 1
                    guard state.arrived <= size else { return [continuation] }
                    state.waiting.append(continuation)
                    guard state.arrived == size else { return [] }
                    defer { state.waiting = [] }
                    return state.waiting
                }
                for continuation in open { continuation.resume() }
            }
        }
    }

    private static let skewed = """
        <ErrorResponse><Error><Code>SignatureDoesNotMatch</Code><Message>Signature expired: x is now earlier than y \
        (z - 5 min.)</Message></Error></ErrorResponse>
        """

    @Test func parallelCallsAllOutliveAWrongClock() async throws {
        let gate = Gate(16)
        let transport = ScriptedTransport { (exchange) throws(TransportError) in
            await gate.pass()
            if exchange.headers["x-amz-date"]?.hasPrefix("20300101T00") == true {
                return WireResponse(status: 200, body: Array("<A><Value>x</Value></A>".utf8))
            }
            return WireResponse(
                status: 403,
                headers: ["date": "Tue, 01 Jan 2030 00:00:10 GMT"],
                body: Array(Self.skewed.utf8)
            )
        }
        let client = try client(port: 1, transport: transport)
        let results = await withTaskGroup(of: String?.self) { group in
            for number in 0..<16 {
                group.addTask {
                    do throws(AWSError) {
                        return number.isMultiple(of: 2)
                            ? try await client.call(ReadThing()) : try await client.call(WriteThing())
                    } catch {
                        return error.description
                    }
                }
            }
            return await group.reduce(into: [String?]()) { $0.append($1) }
        }
        #expect(results.allSatisfy { $0 == "x" }, "\(results)")
    }

    @Test func aTryIsComparedWithWhatItWasSignedWith() throws {
        let core = ClientCore(configuration: try AWSConfiguration(environment: [:]), transport: NetworkTransport())
        let ahead: WireHeaders = ["date": "Tue, 01 Jan 2030 00:00:10 GMT"]
        #expect(core.correctClock(by: ahead, signedOffset: 0))
        // The sibling that was signed before the correction, with and without a time of its own.
        #expect(core.correctClock(by: ahead, signedOffset: 0))
        #expect(core.correctClock(by: [:], signedOffset: 0))
        // One that was signed after it: the clock was not the trouble.
        let offset = core.clockOffset.load(ordering: .relaxed)
        #expect(!core.correctClock(by: ahead, signedOffset: offset))
        #expect(!core.correctClock(by: [:], signedOffset: offset))
    }
}
