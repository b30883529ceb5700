import Glibc
import Synchronization
import Testing

@testable import LambdaRuntime

/// Values that several threads take, first come first served.
final class Queue<Element: Sendable>: Sendable {
    private let elements: Mutex<[Element]>

    init(_ elements: [Element] = []) { self.elements = Mutex(elements) }

    func take() -> Element? { elements.withLock { $0.isEmpty ? nil : $0.removeFirst() } }
    func put(_ element: Element) { elements.withLock { $0.append(element) } }
    var all: [Element] { elements.withLock { $0 } }
}

/// A log into a pipe that is read to its end at the end.
final class CapturedLog: Sendable {
    let log: LambdaLog
    private let reading: Int32
    private let writing: Int32

    init(_ environment: [String: String] = [:]) {
        var ends: [Int32] = [0, 0]
        pipe(&ends)
        for end in ends { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
        reading = ends[0]
        writing = ends[1]
        log = LambdaLog(descriptor: ends[1]) { environment[$0] }
    }

    deinit {
        close(reading)
        close(writing)
    }

    /// What was written since the last time.
    func lines() -> [String] {
        var text: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while case let count = read(reading, &chunk, chunk.count), count > 0 { text += chunk[..<count] }
        return String(decoding: text, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}

/// Runs the runtime on a thread of its own (it blocks) against `api` until that ends it; gives the error.
func run(
    _ api: FakeRuntimeAPI,
    concurrency: Int = 1,
    log: LambdaLog = silent,
    handler: @escaping LambdaRuntime.Handler
) async throws -> RuntimeError {
    try #require(
        try await run(api, concurrency: concurrency, until: StopRequest(), log: log, handler: handler),
        "nobody asked to stop"
    )
}

/// The same until `stop` is asked for: then gives `nil`.
func run(
    _ api: FakeRuntimeAPI,
    concurrency: Int = 1,
    until stop: StopRequest,
    log: LambdaLog = silent,
    handler: @escaping LambdaRuntime.Handler
) async throws -> RuntimeError? {
    let authority = api.authority
    let error = await withCheckedContinuation { (done: CheckedContinuation<RuntimeError?, Never>) in
        do throws(RuntimeError) {
            try LoopThread.start {
                do throws(RuntimeError) {
                    try LambdaRuntime.run(
                        api: authority,
                        concurrency: concurrency,
                        stop: stop,
                        log: log,
                        handler: handler
                    )
                    done.resume(returning: nil)
                } catch {
                    done.resume(returning: error)
                }
            }
        } catch {
            done.resume(returning: error)
        }
    }
    api.stop()
    return error
}

/// The calling thread.
func currentThread() -> UInt { UInt(pthread_self()) }

/// A log that leads nowhere.
let silent = LambdaLog(descriptor: -1) { _ in nil }

/// Answers with the event.
let echo: LambdaRuntime.Handler = { event, _ in event }

/// Holds threads up until it is opened.
///
/// `@unchecked Sendable`: a semaphore is made for several threads.
final class Latch: @unchecked Sendable {
    private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init() { sem_init(semaphore, 0, 0) }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    func open() { sem_post(semaphore) }

    /// Comes back once it is open, or after two minutes, so that a test of what never comes ends: what it expects fails.
    func wait() {
        var end = timespec()
        clock_gettime(CLOCK_REALTIME, &end)
        end.tv_sec += 120
        while sem_timedwait(semaphore, &end) != 0, errno == EINTR {}
        // For the others.
        sem_post(semaphore)
    }
}
