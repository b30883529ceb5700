import Basics
import LosslessJSON

/// The text of a rules file, to say on which line a problem is. Only for text that is JSON, or whose problem is that it
/// is none.
package struct RulesText {
    private let bytes: [UInt8]
    /// What is inside the object or list that begins at a byte, so that no place is looked for twice.
    private var insides: [Int: [Part]] = [:]

    /// A member or element: where its key and its value begin.
    private struct Part {
        let key: String?
        let keyStart: Int
        let start: Int
    }

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Line and column, both from 1, columns in Unicode scalars, of where a problem begins: the key where the key is
    /// wrong, the value where that is; the object, where something is missing in it.
    package mutating func position(of problem: RulesProblem) -> (line: Int, column: Int) {
        Self.position(of: problem.offset ?? offset(of: problem.place, isKey: problem.code.isAboutKey), in: bytes)
    }

    /// Where the value at a place begins, as `position(of:)` says it.
    package mutating func position(of place: RulesPlace) -> (line: Int, column: Int) {
        Self.position(of: offset(of: place, isKey: false), in: bytes)
    }

    /// Line and column of a byte, both from 1.
    package static func position(of offset: Int, in bytes: [UInt8]) -> (line: Int, column: Int) {
        let before = bytes.prefix(offset)
        let start = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        let line = before.count { $0 == 0x0A } + 1
        // Bytes that go on with a scalar begin none.
        return (line, before[start...].count { $0 & 0xC0 != 0x80 } + 1)
    }

    private mutating func offset(of place: RulesPlace, isKey: Bool) -> Int {
        var at = skippingBlanks(from: 0)
        var key = at
        for step in place.steps {
            let parts = inside(at)
            let part: Part? =
                switch step {
                case .member(let key): parts.first { $0.key.map { $0.hasSameBytes(as: key) } ?? false }
                case .element(let index, _): parts.indices.contains(index) ? parts[index] : nil
                case .text(let text): parts.first { string(at: $0.start)?.hasSameBytes(as: text) ?? false }
                }
            // What is missing is looked for where it should be.
            guard let part else { return key }
            (key, at) = (part.keyStart, part.start)
        }
        return isKey ? key : at
    }

    private mutating func inside(_ start: Int) -> [Part] {
        if let known = insides[start] { return known }
        var parts: [Part] = []
        guard start < bytes.count, [UInt8(ascii: "{"), UInt8(ascii: "[")].contains(bytes[start]) else { return parts }
        let isObject = bytes[start] == UInt8(ascii: "{")
        var at = skippingBlanks(from: start + 1)
        while at < bytes.count, bytes[at] != UInt8(ascii: "}"), bytes[at] != UInt8(ascii: "]") {
            let keyStart = at
            var key: String?
            if isObject {
                key = string(at: at)
                at = skippingBlanks(from: end(of: at))
                at = skippingBlanks(from: at + 1)
            }
            parts.append(Part(key: key, keyStart: keyStart, start: at))
            at = skippingBlanks(from: end(of: at))
            if at < bytes.count, bytes[at] == UInt8(ascii: ",") { at = skippingBlanks(from: at + 1) }
        }
        insides[start] = parts
        return parts
    }

    private func skippingBlanks(from start: Int) -> Int {
        var at = start
        while at < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[at]) { at += 1 }
        return at
    }

    /// The first byte behind a value. It always moves on, also in what is no JSON.
    private func end(of start: Int) -> Int {
        var at = start
        var depth = 0
        repeat {
            switch bytes[at] {
            case UInt8(ascii: "\""):
                at += 1
                while at < bytes.count, bytes[at] != UInt8(ascii: "\"") {
                    at += bytes[at] == UInt8(ascii: "\\") ? 2 : 1
                }
                at += 1
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                at += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                at += 1
            default:
                at += 1
                // A number or a word.
                while depth == 0, at < bytes.count, !Self.delimiters.contains(bytes[at]) { at += 1 }
            }
        } while depth > 0 && at < bytes.count
        return min(at, bytes.count)
    }

    private static let delimiters = Array(",:]} \t\n\r".utf8)

    private func string(at start: Int) -> String? {
        guard start < bytes.count, bytes[start] == UInt8(ascii: "\"") else { return nil }
        return try? JSON.parse(Array(bytes[start..<end(of: start)])).string
    }
}
