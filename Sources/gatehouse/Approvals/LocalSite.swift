import Basics
import LosslessJSON
import NIOCore
import NIOHTTP1
import NIOPosix

/// Serves a function URL's handler on 127.0.0.1, as Lambda does on the internet.
struct LocalSite {
    /// With a slash at its end.
    let address: String
    private let channel: NIOAsyncChannel<NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>, Never>

    private static let mostBytes = 1 << 20

    /// - Parameter port: 0 for a free one.
    init(port: Int) async throws {
        do {
            channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .bind(host: "127.0.0.1", port: port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                        return try NIOAsyncChannel(wrappingChannelSynchronously: channel)
                    }
                }
        } catch {
            throw CommandError("cannot serve on 127.0.0.1:\(port): \(error). Choose another --port")
        }
        address = "http://127.0.0.1:\(channel.channel.localAddress?.port ?? port)/"
    }

    /// Serves until the task is cancelled, or the process ends.
    func serve(_ handler: @escaping @Sendable ([UInt8]) async throws -> [UInt8]) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            try await channel.executeThenClose { connections in
                for try await connection in connections {
                    group.addTask {
                        // One reader that goes away is no reason to stop.
                        try? await Self.serve(connection, handler)
                    }
                }
            }
        }
    }

    private static func serve(
        _ connection: NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>,
        _ handler: @Sendable ([UInt8]) async throws -> [UInt8]
    ) async throws {
        try await connection.executeThenClose { parts, writer in
            var (head, body): (HTTPRequestHead?, [UInt8]) = (nil, [])
            for try await part in parts {
                switch part {
                case .head(let next): (head, body) = (next, [])
                case .body(let bytes): body += bytes.readableBytesView.prefix(max(0, mostBytes - body.count))
                case .end:
                    guard let asked = head else { continue }
                    let answer = try JSON.parse(try await handler(event(asked, body)))
                    try await writer.write(.head(Self.head(answer, asked)))
                    try await writer.write(.body(.byteBuffer(ByteBuffer(string: answer["body"]?.string ?? ""))))
                    try await writer.write(.end(nil))
                    guard asked.isKeepAlive else { return }
                    head = nil
                }
            }
        }
    }

    private static func head(_ answer: JSON, _ asked: HTTPRequestHead) -> HTTPResponseHead {
        var headers = HTTPHeaders()
        for member in answer["headers"]?.object?.members ?? [] {
            headers.add(name: member.key, value: member.value.string ?? "")
        }
        headers.add(name: "content-length", value: "\((answer["body"]?.string ?? "").utf8.count)")
        let status = HTTPResponseStatus(statusCode: answer["statusCode"]?.int ?? 200)
        return HTTPResponseHead(version: asked.version, status: status, headers: headers)
    }

    /// https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-request-payload
    private static func event(_ head: HTTPRequestHead, _ body: [UInt8]) -> [UInt8] {
        let target = head.uri.utf8.split(separator: UInt8(ascii: "?"), maxSplits: 1, omittingEmptySubsequences: false)
        let path = target.first.flatMap { String($0) } ?? "/"
        let query = target.count > 1 ? String(target[1]) ?? "" : ""
        let headers = head.headers.map { ($0.name.lowercasedASCII, JSON.string($0.value)) }
        let event: JSON = [
            "version": "2.0", "routeKey": "$default", "rawPath": .string(path), "rawQueryString": .string(query),
            "headers": .object(JSONObject(headers)),
            "requestContext": [
                "http": ["method": .string(head.method.rawValue), "path": .string(path)], "stage": "$default",
            ],
            "body": .string(String(base64: body)), "isBase64Encoded": true,
        ]
        return event.serialized()
    }
}
