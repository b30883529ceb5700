/// The status line and fields of one response, as ranges of its bytes: nothing is copied or turned into strings
/// before it is asked for. https://www.rfc-editor.org/rfc/rfc9112
struct HTTPHead {
    private struct Field {
        let name: Range<Int>
        let value: Range<Int>
    }

    /// How the end of the body is found. https://www.rfc-editor.org/rfc/rfc9112#section-6.3
    enum Framing: Equatable {
        case length(Int), chunked, untilClose
    }

    private(set) var bytes: [UInt8] = []
    /// 100 to 599.
    private(set) var status = 0
    private(set) var framing = Framing.length(0)
    /// Whether the connection can take another request after this response.
    private(set) var keepsAlive = false
    private var fields: [Field] = []

    /// The first field of that name; `lowercase` must hold no capital letter.
    func value(_ lowercase: StaticString) -> Range<Int>? {
        for field in fields where ASCII.equals(bytes, field.name, lowercase) { return field.value }
        return nil
    }

    /// The value of that name in a head that may be malformed elsewhere; `nil` when it stands there with several values.
    func onlyValue(_ lowercase: StaticString) -> Range<Int>? {
        var found: Range<Int>?
        var line = nextLine(from: 0)
        while line.next < bytes.count {
            line = nextLine(from: line.next)
            guard let colon = bytes[line.range].firstIndex(of: UInt8(ascii: ":")),
                ASCII.equals(bytes, line.range.lowerBound..<colon, lowercase)
            else { continue }
            let value = trimmed((colon + 1)..<line.range.upperBound)
            if let found, !bytes[found].elementsEqual(bytes[value]) { return nil }
            found = value
        }
        return found
    }

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        fields.removeAll(keepingCapacity: true)
    }

    mutating func append(_ part: Span<UInt8>) {
        part.withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
    }

    /// Reads `bytes`, which must end with the empty line.
    mutating func parse() throws(HTTPError) {
        var line = nextLine(from: 0)
        let minor = try parseStatusLine(line)
        var lengths: Int?
        var codings = 0
        var isChunked = false
        var closes = false
        var stays = false
        while true {
            line = nextLine(from: line.next)
            if line.range.isEmpty { break }
            let field = try parseField(line.range)
            fields.append(field)
            if ASCII.equals(bytes, field.name, "content-length") {
                // A length over any bound is caught by the body's own bound.
                guard let length = ASCII.number(bytes, field.value, maximum: Int.max), lengths ?? length == length
                else { throw .malformed("Content-Length is not one number") }
                lengths = length
            } else if ASCII.equals(bytes, field.name, "transfer-encoding") {
                codings += 1
                isChunked = ASCII.equals(bytes, field.value, "chunked")
            } else if ASCII.equals(bytes, field.name, "connection") {
                closes = closes || listHolds(field.value, "close")
                stays = stays || listHolds(field.value, "keep-alive")
            }
        }
        if codings > 0, codings > 1 || !isChunked { throw .malformed("Transfer-Encoding other than chunked") }
        if status < 200 || status == 204 || status == 304 {
            framing = .length(0)
        } else if isChunked {
            framing = .chunked
        } else if let lengths {
            framing = .length(lengths)
        } else {
            framing = .untilClose
        }
        keepsAlive = framing != .untilClose && !closes && (minor >= 1 || stays)
    }

    private typealias Line = (range: Range<Int>, next: Int)

    /// The line at `start` without its end, which is a line feed with or without a carriage return before it.
    private func nextLine(from start: Int) -> Line {
        guard let end = bytes[start...].firstIndex(of: 0x0A) else { return (bytes.count..<bytes.count, bytes.count) }
        return (start..<(end > start && bytes[end - 1] == 0x0D ? end - 1 : end), end + 1)
    }

    /// `HTTP/1.x SP ddd [SP reason]`; gives x.
    private mutating func parseStatusLine(_ line: Line) throws(HTTPError) -> Int {
        let at = line.range.lowerBound
        guard line.range.count >= 12, ASCII.equals(bytes, at..<(at + 7), "http/1."),
            let minor = ASCII.number(bytes, (at + 7)..<(at + 8), maximum: 9), bytes[at + 8] == 0x20,
            let code = ASCII.number(bytes, (at + 9)..<(at + 12), maximum: 599), code >= 100, code != 101,
            line.range.count == 12 || bytes[at + 12] == 0x20
        else { throw .malformed("status line") }
        status = code
        return minor
    }

    private func parseField(_ line: Range<Int>) throws(HTTPError) -> Field {
        guard let colon = bytes[line].firstIndex(of: UInt8(ascii: ":")), colon > line.lowerBound,
            bytes[line.lowerBound..<colon].allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { throw .malformed("a header line without a name") }
        let value = trimmed((colon + 1)..<line.upperBound)
        guard bytes[value].allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 })
        else { throw .malformed("a control character in a header") }
        return Field(name: line.lowerBound..<colon, value: value)
    }

    private func trimmed(_ range: Range<Int>) -> Range<Int> {
        var (from, to) = (range.lowerBound, range.upperBound)
        while from < to, bytes[from] == 0x20 || bytes[from] == 0x09 { from += 1 }
        while from < to, bytes[to - 1] == 0x20 || bytes[to - 1] == 0x09 { to -= 1 }
        return from..<to
    }

    private func listHolds(_ range: Range<Int>, _ lowercase: StaticString) -> Bool {
        var start = range.lowerBound
        while start < range.upperBound {
            let end = bytes[start..<range.upperBound].firstIndex(of: UInt8(ascii: ",")) ?? range.upperBound
            if ASCII.equals(bytes, trimmed(start..<end), lowercase) { return true }
            start = end + 1
        }
        return false
    }
}
