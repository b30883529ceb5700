import Glibc
import Synchronization

@testable import LambdaRuntime

/// A Runtime API on a port of its own: keeps every request, answers each as the test's behaviour says. A thread per
/// connection, so that several loops can wait side by side. Ends with the process or with `stop()`.
final class FakeRuntimeAPI: Sendable {
    struct Request: Sendable {
        /// `GET /2018-06-01/…`
        let line: String
        /// Names in lower case.
        let headers: [String: String]
        let body: [UInt8]
        /// Which connection it came on, from 0.
        let connection: Int

        var isNext: Bool { line.hasPrefix("GET ") }
        var text: String { String(decoding: body, as: UTF8.self) }
    }

    enum Answer: Sendable {
        /// Sends the pieces, each with a send of its own.
        case send([[UInt8]])
        case sendThenClose([UInt8])
        case close
        /// As a peer does that is gone: RST instead of FIN.
        case reset
    }

    /// The answer to the n-th request (from 0) of all connections.
    typealias Behaviour = @Sendable (_ request: Request, _ number: Int) -> Answer

    private struct State {
        var requests: [Request] = []
        var connections = 0
        var open: [Int32] = []
        var isStopped = false
    }

    let port: UInt16
    private let listener: Int32
    private let behaviour: Behaviour
    private let state = Mutex(State())

    var authority: String { "127.0.0.1:\(port)" }
    var requests: [Request] { state.withLock { $0.requests } }
    var reports: [Request] { requests.filter { !$0.isNext } }
    var connections: Int { state.withLock { $0.connections } }

    init(_ behaviour: @escaping Behaviour) throws {
        self.behaviour = behaviour
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        let failed = withUnsafeMutableBytes(of: &address) { bytes -> Bool in
            guard let base = bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self) else { return true }
            return bind(listener, base, length) != 0 || listen(listener, 16) != 0
                || getsockname(listener, base, &length) != 0
        }
        port = UInt16(bigEndian: address.sin_port)
        if failed { throw RuntimeError("the fake Runtime API cannot listen") }
        try LoopThread.start { [self] in
            while case let descriptor = accept(listener, nil, nil), descriptor >= 0 {
                let number = state.withLock { state in
                    state.open.append(descriptor)
                    state.connections += 1
                    return state.connections - 1
                }
                try? LoopThread.start { [self] in serve(descriptor, number) }
            }
            state.withLock { $0.isStopped = true }
            close(listener)
        }
    }

    func stop() {
        state.withLock { state in
            if !state.isStopped { shutdown(listener, Int32(SHUT_RDWR)) }
            state.isStopped = true
            for descriptor in state.open { shutdown(descriptor, Int32(SHUT_RDWR)) }
        }
    }

    private func serve(_ descriptor: Int32, _ number: Int) {
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        var pending: [UInt8] = []
        loop: while let request = Self.read(descriptor, number, &pending) {
            let count = state.withLock { state in
                state.requests.append(request)
                return state.requests.count - 1
            }
            switch behaviour(request, count) {
            case .send(let pieces):
                for piece in pieces { Self.send(descriptor, piece) }
            case .sendThenClose(let bytes):
                Self.send(descriptor, bytes)
                break loop
            case .close: break loop
            case .reset:
                var hard = linger(l_onoff: 1, l_linger: 0)
                setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &hard, socklen_t(MemoryLayout<linger>.size))
                break loop
            }
        }
        state.withLock { state in
            state.open.removeAll { $0 == descriptor }
            close(descriptor)
        }
    }

    private static func send(_ descriptor: Int32, _ bytes: [UInt8]) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { all -> Int in
                let rest = UnsafeRawBufferPointer(rebasing: all.dropFirst(sent))
                return Glibc.send(descriptor, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
            }
            if count <= 0 { return }
            sent += count
        }
    }

    private static func read(_ descriptor: Int32, _ connection: Int, _ pending: inout [UInt8]) -> Request? {
        var chunk = [UInt8](repeating: 0, count: 262_144)
        var headEnd: Int?
        var length = 0
        var lines: [Substring] = []
        while true {
            if headEnd == nil, let end = pending.firstRange(of: Array("\r\n\r\n".utf8))?.upperBound {
                headEnd = end
                lines = String(decoding: pending[..<end], as: UTF8.self).split(separator: "\r\n")
                let field = lines.first { $0.lowercased().hasPrefix("content-length:") }
                length = field.flatMap { Int($0.dropFirst(15).filter(\.isNumber)) } ?? 0
            }
            if let headEnd, pending.count >= headEnd + length { break }
            let count = recv(descriptor, &chunk, chunk.count, 0)
            if count <= 0 { return nil }
            pending.append(contentsOf: chunk[..<count])
        }
        guard let headEnd, let line = lines.first else { return nil }
        var headers: [String: String] = [:]
        for field in lines.dropFirst() {
            let parts = field.split(separator: ":", maxSplits: 1)
            if parts.count == 2 { headers[parts[0].lowercased()] = String(parts[1].drop { $0 == " " }) }
        }
        let body = Array(pending[headEnd..<(headEnd + length)])
        pending.removeFirst(headEnd + length)
        return Request(line: String(line), headers: headers, body: body, connection: connection)
    }
}
