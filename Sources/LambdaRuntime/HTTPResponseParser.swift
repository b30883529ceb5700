/// Reads one HTTP/1.1 response from bytes that come in any pieces. Pure: no I/O, no clock. Work is linear in the
/// bytes, memory is bounded by the limits.
///
/// States and their exits:
///
///     head ──► head          a 1xx answer is skipped
///     head ──► length ──► complete
///     head ──► untilClose ──► complete, by end()
///     head ──► chunkSize ──► chunk ──► chunkEnd ──► chunkSize …
///              chunkSize ──► trailer ──► complete, at the chunk of size 0
///
/// Any error is final: the connection is in an unknown state and must be closed.
package struct HTTPResponseParser {
    private enum State {
        case head
        case length(left: Int)
        case untilClose
        case chunkSize
        case chunk(left: Int)
        case chunkEnd
        case trailer
        case complete
    }

    /// Bytes of all heads of one response, trailers and chunk lines each.
    static let longestHead = 65_536
    /// Bytes of a body: the largest event is 6 MiB, and 64 KiB more leave room for what may be wrapped around it.
    /// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
    package static let longestBody = 6 * 1024 * 1024 + 65_536

    private(set) var head = HTTPHead()
    private(set) var body: [UInt8] = []
    private let bodyLimit: Int
    private var state = State.head
    /// Bytes in the current line, carriage returns not counted.
    private var lineLength = 0
    /// Bytes of this response's heads and trailers so far.
    private var headLength = 0
    /// The current chunk-size line; bounded, and reused.
    private var line: [UInt8] = []

    /// A parser of one response, whose body may hold so many bytes.
    package init(bodyLimit: Int = HTTPResponseParser.longestBody) {
        self.bodyLimit = bodyLimit
    }

    /// Whether the response is there as a whole.
    package var isComplete: Bool {
        if case .complete = state { true } else { false }
    }

    /// Makes ready for the next response, keeping the head's memory.
    package mutating func reset() {
        head.removeAll()
        body = []
        state = .head
        lineLength = 0
        headLength = 0
        line.removeAll(keepingCapacity: true)
    }

    /// Takes bytes up to the end of the response and says how many: fewer than given once it is complete.
    package mutating func consume(_ input: Span<UInt8>) throws(HTTPError) -> Int {
        var at = 0
        while at < input.count {
            switch state {
            case .head: at = try consumeHead(input, at)
            case .length(let left):
                let count = append(input, at, left)
                at += count
                state = count == left ? .complete : .length(left: left - count)
            case .untilClose:
                guard body.count + input.count - at <= bodyLimit else { throw .bodyTooLong(limit: bodyLimit) }
                at += append(input, at, input.count)
            case .chunkSize: at = try consumeChunkSize(input, at)
            case .chunk(let left):
                let count = append(input, at, left)
                at += count
                state = count == left ? .chunkEnd : .chunk(left: left - count)
            case .chunkEnd:
                let byte = input[at]
                at += 1
                if byte == 0x0A {
                    state = .chunkSize
                } else if byte != 0x0D {
                    throw .malformed("a chunk is longer than its size")
                }
            case .trailer: at = try consumeTrailer(input, at)
            case .complete: return at
            }
        }
        return at
    }

    /// The connection was closed: the end of a body without length, anything else is truncated.
    package mutating func end() throws(HTTPError) {
        switch state {
        case .complete: break
        case .untilClose: state = .complete
        default: throw .truncated
        }
    }

    private mutating func append(_ input: Span<UInt8>, _ at: Int, _ limit: Int) -> Int {
        let count = min(limit, input.count - at)
        input.extracting(at..<(at + count)).withUnsafeBufferPointer { body.append(contentsOf: $0) }
        return count
    }

    private mutating func consumeHead(_ input: Span<UInt8>, _ start: Int) throws(HTTPError) -> Int {
        let end = findEmptyLine(input, start)
        let count = (end ?? input.count) - start
        headLength += count
        guard headLength <= Self.longestHead else { throw .headTooLong(limit: Self.longestHead) }
        head.append(input.extracting(start..<(start + count)))
        guard end != nil else { return input.count }

        lineLength = 0
        try head.parse()
        if head.status < 200 {
            head.removeAll()
            return start + count
        }
        switch head.framing {
        case .length(let length):
            guard length <= bodyLimit else { throw .bodyTooLong(limit: bodyLimit) }
            body.reserveCapacity(length)
            state = length == 0 ? .complete : .length(left: length)
        case .chunked: state = .chunkSize
        case .untilClose: state = .untilClose
        }
        return start + count
    }

    /// The index behind the empty line that ends a head.
    private mutating func findEmptyLine(_ input: Span<UInt8>, _ start: Int) -> Int? {
        for index in start..<input.count {
            let byte = input[index]
            if byte == 0x0A {
                if lineLength == 0 { return index + 1 }
                lineLength = 0
            } else if byte != 0x0D {
                lineLength += 1
            }
        }
        return nil
    }

    /// `chunk-size [; extensions]`. https://www.rfc-editor.org/rfc/rfc9112#section-7.1
    private mutating func consumeChunkSize(_ input: Span<UInt8>, _ start: Int) throws(HTTPError) -> Int {
        for index in start..<input.count {
            let byte = input[index]
            guard byte == 0x0A else {
                line.append(byte)
                guard line.count <= Self.longestHead else { throw .headTooLong(limit: Self.longestHead) }
                continue
            }
            let size = try chunkSize()
            line.removeAll(keepingCapacity: true)
            guard size <= bodyLimit - body.count else { throw .bodyTooLong(limit: bodyLimit) }
            state = size == 0 ? .trailer : .chunk(left: size)
            return index + 1
        }
        return input.count
    }

    private func chunkSize() throws(HTTPError) -> Int {
        var size = 0
        var digits = 0
        scan: for byte in line {
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            case UInt8(ascii: ";"), 0x20, 0x09, 0x0D: break scan
            default: throw .malformed("chunk size")
            }
            digits += 1
            // Stays above every limit without overflowing.
            size = min(size << 4 | Int(digit), 1 << 50)
        }
        guard digits > 0 else { throw .malformed("chunk size") }
        return size
    }

    /// Trailers are skipped: the Runtime API says nothing in them that we use.
    private mutating func consumeTrailer(_ input: Span<UInt8>, _ start: Int) throws(HTTPError) -> Int {
        let end = findEmptyLine(input, start)
        headLength += (end ?? input.count) - start
        guard headLength <= Self.longestHead else { throw .headTooLong(limit: Self.longestHead) }
        if end != nil { state = .complete }
        return end ?? input.count
    }

    /// Hands the body over without a copy.
    package mutating func takeBody() -> [UInt8] {
        let taken = body
        body = []
        return taken
    }
}
