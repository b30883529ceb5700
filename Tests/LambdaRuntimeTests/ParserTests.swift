import TestSupport
import Testing

@testable import LambdaRuntime

@Suite struct ParserTests {
    /// What a response is taken for: status and body, or the error, however it is cut into pieces.
    private struct Result: Equatable {
        var status = 0
        var body = ""
        var rest = 0
        var keepsAlive = false
        var error: HTTPError?
    }

    private static func parse(_ bytes: [UInt8], pieces: Int? = nil, limit: Int = 100) -> Result {
        var parser = HTTPResponseParser(bodyLimit: limit)
        var result = Result()
        do throws(HTTPError) {
            var at = 0
            while at < bytes.count, !parser.isComplete {
                let end = min(bytes.count, at + (pieces ?? bytes.count))
                at += try parser.consume(bytes.span.extracting(at..<end))
            }
            result.rest = bytes.count - at
            try parser.end()
        } catch {
            result.error = error
        }
        result.status = parser.head.status
        result.keepsAlive = parser.head.keepsAlive
        result.body = String(decoding: parser.body, as: UTF8.self)
        return result
    }

    private static func check(_ text: String, _ expected: Result, source: SourceLocation = #_sourceLocation) {
        for pieces in [nil, 1, 2, 3, 7] {
            #expect(parse(Array(text.utf8), pieces: pieces) == expected, "\(pieces ?? 0)", sourceLocation: source)
        }
    }

    private static func ok(_ body: String, status: Int = 200, keepsAlive: Bool = true) -> Result {
        Result(status: status, body: body, keepsAlive: keepsAlive)
    }

    @Test func bodiesEndWhereTheHeadSays() {
        let start = "HTTP/1.1 200 OK\r\n"
        Self.check(start + "Content-Length: 3\r\n\r\nabc", Self.ok("abc"))
        Self.check(start + "content-LENGTH:3\r\nContent-Length:\t3 \r\n\r\nabc", Self.ok("abc"))
        Self.check(start + "Content-Length: 0\r\n\r\n", Self.ok(""))
        Self.check("HTTP/1.1 200 OK\nContent-Length: 3\n\nabc", Self.ok("abc"))
        Self.check("HTTP/1.1 200\r\nContent-Length: 3\r\n\r\nabc", Self.ok("abc"))
        Self.check(start + "\r\nabc", Self.ok("abc", keepsAlive: false))
        Self.check("HTTP/1.1 204 No Content\r\nContent-Length: 3\r\n\r\n", Self.ok("", status: 204))
        Self.check("HTTP/1.1 304 Not\r\n\r\n", Self.ok("", status: 304))
    }

    @Test func chunksAreJoined() {
        let start = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        Self.check(start + "3\r\nabc\r\n0A;x=\"y\"\r\n0123456789\r\n00\r\n\r\n", Self.ok("abc0123456789"))
        Self.check(start + "1\nx\n0\nTrailer: 1\nOther: 2\n\n", Self.ok("x"))
        let both = "HTTP/1.1 200 OK\r\nContent-Length: 99\r\nTransfer-Encoding: CHUNKED\r\n\r\n1\r\nx\r\n0\r\n\r\n"
        Self.check(both, Self.ok("x"))
    }

    @Test func interimAnswersAreSkipped() {
        let interim = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
        Self.check(interim + "HTTP/1.1 202 Accepted\r\nContent-Length: 1\r\n\r\nx", Self.ok("x", status: 202))
    }

    @Test func theConnectionsFateIsRead() {
        func keeps(_ version: String, _ connection: String) -> Bool {
            let text = "HTTP/\(version) 200 OK\r\n\(connection)Content-Length: 0\r\n\r\n"
            return Self.parse(Array(text.utf8)).keepsAlive
        }
        #expect(keeps("1.1", ""))
        #expect(keeps("1.1", "Connection: keep-alive\r\n"))
        #expect(!keeps("1.1", "Connection: Close\r\n"))
        #expect(!keeps("1.1", "connection: foo , CLOSE\r\n"))
        #expect(keeps("1.1", "Connection: closed\r\n"))
        #expect(!keeps("1.0", ""))
        #expect(keeps("1.0", "Connection: Keep-Alive\r\n"))
    }

    @Test(arguments: [
        "HTTP/2 200 OK\r\n\r\n", "HTTP/1.1 2x0 OK\r\n\r\n", "HTTP/1.1  200 OK\r\n\r\n", "HTTP/1.1 099 OK\r\n\r\n",
        "HTTP/1.1 600 OK\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1 101 Switching\r\n\r\n", "\r\n\r\n", "x\n\n",
        "HTTP/1.1 200 OK\r\nname\r\n\r\n", "HTTP/1.1 200 OK\r\n: x\r\n\r\n", "HTTP/1.1 200 OK\r\na b: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\na: x\r\n folded\r\n\r\n", "HTTP/1.1 200 OK\r\na: x\u{0}\r\n\r\n",
        "HTTP/1.1 200 OK\r\na: x\ry\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 1x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
    ])
    func whatIsMalformedIsRefused(text: String) {
        for pieces in [nil, 1] {
            guard case .malformed? = Self.parse(Array(text.utf8), pieces: pieces).error else {
                Issue.record("taken: \(text.debugDescription)")
                return
            }
        }
    }

    @Test func everyCutIsTruncated() {
        for text in [
            "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nT: 1\r\n\r\n",
        ] {
            let bytes = Array(text.utf8)
            for end in 0..<bytes.count { #expect(Self.parse(Array(bytes[..<end])).error == .truncated, "\(end)") }
            #expect(Self.parse(bytes).error == nil)
        }
    }

    @Test func bytesBehindTheAnswerAreLeft() {
        var expected = Self.ok("abc")
        expected.rest = 4
        Self.check("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcHTTP", expected)
    }

    @Test func boundsHold() {
        let start = "HTTP/1.1 200 OK\r\n"
        let limit = HTTPError.bodyTooLong(limit: 100)
        let hundred = String(repeating: "x", count: 100)
        #expect(Self.parse(Array((start + "Content-Length: 100\r\n\r\n" + hundred).utf8)).error == nil)
        #expect(Self.parse(Array((start + "Content-Length: 101\r\n\r\n").utf8)).error == limit)
        #expect(Self.parse(Array((start + "Content-Length: 9223372036854775807\r\n\r\n").utf8)).error == limit)
        #expect(Self.parse(Array((start + "\r\n" + hundred).utf8), pieces: 9).error == nil)
        #expect(Self.parse(Array((start + "\r\n" + hundred + "x").utf8), pieces: 9).error == limit)
        let chunked = start + "Transfer-Encoding: chunked\r\n\r\n"
        #expect(Self.parse(Array((chunked + "64\r\n\(hundred)\r\n0\r\n\r\n").utf8)).error == nil)
        #expect(Self.parse(Array((chunked + "64\r\n\(hundred)\r\n1\r\n").utf8)).error == limit)
        #expect(Self.parse(Array((chunked + "ffffffffffffffffffff\r\n").utf8)).error == limit)

        let head = HTTPError.headTooLong(limit: 65_536)
        let long = String(repeating: "x", count: 65_536)
        #expect(Self.parse(Array((start + "a: " + long).utf8)).error == head)
        #expect(Self.parse(Array((chunked + "1;" + long).utf8)).error == head)
        #expect(Self.parse(Array((chunked + "0\r\na: " + long).utf8)).error == head)
        let interim = String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: 3000)
        #expect(Self.parse(Array(interim.utf8)).error == head)
    }

    /// Not copied for every piece, which would be 26 GB here: the memory that it lies in changes only as it grows.
    @Test func aLargeBodyIsNotCopiedForEveryPiece() throws {
        let size = 6 * 1024 * 1024
        var chunked = Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".utf8)
        for _ in 0..<(size / 1024) {
            chunked += Array("400\r\n".utf8) + [UInt8](repeating: 0x78, count: 1024) + [13, 10]
        }
        chunked += Array("0\r\n\r\n".utf8)
        var parser = HTTPResponseParser(bodyLimit: size)
        var (at, moves, place) = (0, 0, UInt(0))
        while at < chunked.count {
            at += try parser.consume(chunked.span.extracting(at..<min(chunked.count, at + 1460)))
            let now = parser.body.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) }
            if now != place { moves += 1 }
            place = now
        }
        #expect(parser.isComplete)
        #expect(parser.body.count == size && parser.body.allSatisfy { $0 == 0x78 })
        // Twice as much room each time: 13 times from one piece to 6 MiB.
        #expect(moves <= 20, "\(moves)")
    }

    @Test func randomBytesNeverTrap() {
        var generator = SeededRandom(seed: 11)
        let parts = [
            "HTTP/1.1 200 OK\r\n", "HTTP/1.0 ", "Content-Length: ", "Transfer-Encoding: chunked\r\n", "\r\n", "\n", ":",
            "5", "ff",
            "Connection: close\r\n", "\r", " ", "\u{0}", "é", "0\r\n\r\n", "100 Continue\r\n\r\n", ";",
        ].map { Array($0.utf8) }
        for _ in 0..<8000 {
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 1...12, using: &generator) {
                bytes += parts.randomElement(using: &generator) ?? []
            }
            let whole = Self.parse(bytes)
            let pieces = Int.random(in: 1...9, using: &generator)
            let cut = Self.parse(bytes, pieces: pieces)
            #expect(whole.error == cut.error && whole.status == cut.status && whole.rest == cut.rest)
        }
    }
}
