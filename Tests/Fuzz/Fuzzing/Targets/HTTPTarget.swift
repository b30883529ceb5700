import LambdaRuntime

extension FuzzTarget {
    /// What the Runtime API answers, one response after the other, however it is cut into pieces.
    static let http = FuzzTarget(
        "http",
        .text,
        words: [
            "HTTP/1.1 200 OK\r\n", "HTTP/1.0 200\r\n", "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 204 \r\n",
            "HTTP/1.1 999 \r\n",
            "\r\n", "\r\n\r\n", "\n", "\r", ":", " ", "\t", ";", ",", "Content-Length: ", "Content-Length: 5\r\n",
            "Content-Length: 99999999999999999999\r\n", "Transfer-Encoding: chunked\r\n", "Transfer-Encoding: gzip\r\n",
            "Connection: close\r\n", "Connection: keep-alive, close\r\n", "0\r\n\r\n", "5\r\nhello\r\n", "5;a=b\r\n",
            "ffffffffffffffff\r\n",
            "7fffffffffffffff\r\n", "FFF\r\n", "-1\r\n", "0x5\r\n", "Lambda-Runtime-Aws-Request-Id: ",
            "Lambda-Runtime-Deadline-Ms: 1",
        ]
    ) { (input) throws(Breach) in
        let whole = read(input, piece: input.count)
        let size = 1 + Int(input.reduce(0) { $0 &* 31 &+ $1 }) % 23
        try hold(whole == read(input, piece: size), "pieces of \(size) bytes are read as something else than the whole")
        try hold(whole.bodies.allSatisfy { $0.count <= bodyLimit }, "a body is longer than it may be")
        return whole.error == nil && !whole.bodies.isEmpty
    }

    /// Small, so that inputs come to it.
    private static let bodyLimit = 2_048

    private struct Reading: Equatable {
        var bodies: [[UInt8]] = []
        var error: HTTPError?
    }

    private static func read(_ input: [UInt8], piece: Int) -> Reading {
        var parser = HTTPResponseParser(bodyLimit: bodyLimit)
        var reading = Reading()
        var at = 0
        do throws(HTTPError) {
            while at < input.count {
                let end = min(input.count, at + max(piece, 1))
                at += try parser.consume(input.span.extracting(at..<end))
                if parser.isComplete {
                    reading.bodies.append(parser.takeBody())
                    parser.reset()
                }
            }
            try parser.end()
            reading.bodies.append(parser.takeBody())
        } catch {
            reading.error = error
        }
        return reading
    }
}
