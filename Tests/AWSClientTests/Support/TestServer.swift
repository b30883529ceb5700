import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// What a test server does with one request.
enum Behaviour: Sendable {
    /// Answers, and keeps the connection.
    case answer(Int, [String: String] = [:], String)
    /// Answers after a pause.
    case late(Duration, String)
    /// Closes without an answer.
    case close
    /// Sends these bytes and closes.
    case raw(String)
    /// Sends these bytes and keeps the connection.
    case rawKept(String)
    /// Promises so many bytes of `x`, and sends them.
    case large(Int)
    /// Answers without saying that it closes the connection, and closes it then.
    case answerAndClose(String)

    static func value(_ text: String) -> Behaviour {
        .answer(200, [:], "<Answer><Value>\(text)</Value></Answer>")
    }

    static func error(_ status: Int, _ code: String, _ message: String = "no", _ headers: [String: String] = [:])
        -> Behaviour
    {
        .answer(
            status,
            headers,
            "<ErrorResponse><Error><Code>\(code)</Code><Message>\(message)</Message></Error></ErrorResponse>"
        )
    }
}

/// A request as a test server saw it.
struct SeenRequest: Sendable {
    var line: String
    var headers: [String: String]
    var body: String
    var connection: Int
}

/// An HTTP server on a free port of 127.0.0.1 that does what a script says, request by request.
final class TestServer: Sendable {
    typealias Script = @Sendable (Int, SeenRequest) -> Behaviour

    struct State {
        var requests: [SeenRequest] = []
        var connections = 0
        /// Connections that the script has closed after an answer.
        var closed = 0
    }

    static let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    let port: Int
    private let channel: any Channel
    private let state: StateBox

    final class StateBox: Sendable {
        let value = Mutex(State())
    }

    /// The script gets the request's number from 0. A greeting is sent before any request.
    init(tls: NIOSSLContext? = nil, greeting: String? = nil, script: @escaping Script) async throws {
        let state = StateBox()
        let bootstrap = ServerBootstrap(group: Self.group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
                    try channel.pipeline.syncOperations.addHandler(
                        ScriptHandler(state: state, greeting: greeting, script: script)
                    )
                }
            }
        channel = try await bootstrap.bind(host: "127.0.0.1", port: 0).get()
        port = channel.localAddress?.port ?? 0
        self.state = state
    }

    deinit {
        channel.close(promise: nil)
    }

    var requests: [SeenRequest] { state.value.withLock { $0.requests } }
    var closed: Int { state.value.withLock { $0.closed } }
    var connections: Int { state.value.withLock { $0.connections } }
}

private final class ScriptHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let state: TestServer.StateBox
    private let script: TestServer.Script
    private let greeting: String?
    private var received = ""
    private var connection = 0

    init(state: TestServer.StateBox, greeting: String?, script: @escaping TestServer.Script) {
        self.state = state
        self.greeting = greeting
        self.script = script
    }

    func channelActive(context: ChannelHandlerContext) {
        connection = state.value.withLock {
            $0.connections += 1
            return $0.connections
        }
        if let greeting { send(greeting, context, close: true) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received += String(buffer: unwrapInboundIn(data))
        guard let end = received.firstRange(of: "\r\n\r\n") else { return }
        let lines = received[..<end.lowerBound].split(separator: "\r\n")
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1).map(String.init)
            headers[parts[0].lowercased()] = parts.count > 1 ? String(parts[1].drop { $0 == " " }) : ""
        }
        let body = received[end.upperBound...]
        guard body.utf8.count >= Int(headers["content-length"] ?? "0") ?? 0 else { return }
        let request = SeenRequest(line: String(lines[0]), headers: headers, body: String(body), connection: connection)
        received = ""
        let number = state.value.withLock {
            $0.requests.append(request)
            return $0.requests.count - 1
        }
        perform(script(number, request), context: context)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func perform(_ behaviour: Behaviour, context: ChannelHandlerContext) {
        switch behaviour {
        case .answer(let status, let headers, let body):
            let fields = headers.map { "\($0.key): \($0.value)\r\n" }.joined()
            send(
                "HTTP/1.1 \(status) X\r\ncontent-length: \(body.utf8.count)\r\n\(fields)\r\n\(body)",
                context,
                close: false
            )
        case .late(let pause, let text):
            let loopBound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
            context.eventLoop.scheduleTask(in: TimeAmount(pause)) {
                loopBound.value.0.perform(.value(text), context: loopBound.value.1)
            }
        case .close:
            context.close(promise: nil)
        case .raw(let text):
            send(text, context, close: true)
        case .rawKept(let text):
            send(text, context, close: false)
        case .large(let count):
            send(
                "HTTP/1.1 200 OK\r\ncontent-length: \(count)\r\n\r\n\(String(repeating: "x", count: count))",
                context,
                close: false
            )
        case .answerAndClose(let text):
            let body = "<Answer><Value>\(text)</Value></Answer>"
            send("HTTP/1.1 200 OK\r\ncontent-length: \(body.utf8.count)\r\n\r\n\(body)", context, close: true)
        }
    }

    private func send(_ text: String, _ context: ChannelHandlerContext, close: Bool) {
        let loopBound = NIOLoopBound(context, eventLoop: context.eventLoop)
        let state = state
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text))).whenComplete { _ in
            if close {
                loopBound.value.close(promise: nil)
                state.value.withLock { $0.closed += 1 }
            }
        }
    }
}
