import LosslessJSON
import TestSupport
import Testing

@Suite struct JSONLimitTests {
    private func refusal(_ text: String) -> String? {
        do throws(JSONError) {
            _ = try JSON.parse(text: text)
            return nil
        } catch {
            return error.reason
        }
    }

    private func list(_ element: String, _ count: Int) -> String {
        "[" + Array(repeating: element, count: count).joined(separator: ",") + "]"
    }

    @Test func moreValuesThanTheLimitAreRefused() {
        let most = JSONLimits.mostValues
        #expect(refusal(list("1", most - 1)) == nil)
        #expect(refusal(list("1", most)) == "more than \(most) values")
        // Six million bytes each, as the largest event may have.
        for (element, size) in [("[1]", 4), ("[]", 3), ("{}", 3), ("{\"a\":[[]]}", 11), ("null", 5)] {
            #expect(refusal(list(element, 6_000_000 / size)) == "more than \(most) values")
        }
    }

    @Test func sixMebibytesOfTextAreNotMany() throws {
        #expect(refusal(list("\"\(String(repeating: "x", count: 6 << 20))\"", 1)) == nil)
        // A finding's statement, over and over.
        let statement = #"{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:root"},"Action":"s3:Get*"}"#
        let document = list(statement, (6 << 20) / (statement.utf8.count + 1))
        #expect(refusal(document) == nil)
        #expect(try JSON.parse(text: document).valueCount < JSONLimits.mostValues * 3 / 4)
    }

    @Test func aLimitOfOnesOwnCounts() {
        let limits = JSONLimits(bytes: 100, depth: 10, values: 4)
        #expect(throws: Never.self) { try JSON.parse(text: #"{"a":[1,{}]}"#, limits: limits) }
        #expect(throws: JSONError.self) { try JSON.parse(text: #"{"a":[1,{"b":null}]}"#, limits: limits) }
    }

    @Test func valuesAreCountedAsTheParserCountsThem() throws {
        for (text, count) in [("1", 1), ("[]", 1), ("[1,[2,\"x\"]]", 5), (#"{"a":{"b":null},"c":[true]}"#, 5)] {
            #expect(try JSON.parse(text: text).valueCount == count)
            let limits = JSONLimits(bytes: 100, depth: 10, values: count - 1)
            #expect(throws: JSONError.self) { try JSON.parse(text: text, limits: limits) }
        }
    }
}

@Suite struct JSONTests {
    @Test(arguments: [
        #"{"b":1.0,"a":1e3,"z":-0,"n":12345678901234567890.123456789012345678901234567890}"#,
        #"[0.10,1E+2,1e-2,[],{},"",null,true,false]"#,
        #"{"":"","é":"ü","e\u0301":1}"#,
        #""a/b""#,
    ])
    func staysAsItIsSpelled(_ text: String) throws {
        let value = try JSON.parse(text: text)
        #expect(try JSON.parse(value.serialized()) == value)
        #expect(try JSON.parse(value.serialized(.pretty)) == value)
        if !text.contains("\\u") { #expect(value.text() == text) }
    }

    @Test(arguments: [
        "", " ", "{", "}", "[1,]", "[1 2]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "01", "-", "1.", ".5", "1e",
        "+1",
        "tru", "nul", "truex", "\"a", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\udc00\"", "1 1",
        "\"a\nb\"", "\u{FEFF}1", "'a'", "NaN", "Infinity", "[1]]", "// c\n1", "{\"a\":1,\"a\":2}",
        "{\"\\u0061\":1,\"a\":2}",
    ])
    func refuses(_ text: String) {
        #expect(throws: JSONError.self) { try JSON.parse(text: text) }
    }

    @Test(
        arguments: [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xC3], [0x80]] as [[UInt8]]
    )
    func refusesInvalidUTF8(_ bytes: [UInt8]) {
        for escape in [[], [0x5C, 0x6E]] as [[UInt8]] {
            #expect(throws: JSONError.self) { try JSON.parse([0x22] + escape + bytes + [0x22]) }
        }
    }

    @Test func readsEscapes() throws {
        let value = try JSON.parse(text: #""\"\\\/\b\f\n\r\t\u0041\u00e9\ud83d\ude00""#)
        #expect(value.string == "\"\\/\u{8}\u{C}\n\r\tAé😀")
        #expect(try JSON.parse(value.serialized()) == value)
    }

    @Test func findsWhatEndsAStringAtEveryOffset() throws {
        for length in 0..<40 {
            for special in ["", "\\n", "é", "\\\\", "\\\""] {
                let text = "\"" + String(repeating: "x", count: length) + special + "yyyyyyyyy\""
                let value = try JSON.parse(text: text)
                #expect(value.string?.utf8.count == length + 9 + (special.isEmpty ? 0 : special == "é" ? 2 : 1))
            }
            let broken = "\"" + String(repeating: "x", count: length) + "\u{1}yyyyyyyyyyyy\""
            #expect(throws: JSONError.self) { try JSON.parse(text: broken) }
        }
    }

    @Test func boundsDepthAndSize() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        _ = try JSON.parse(text: nested(128))
        #expect(throws: JSONError.self) { try JSON.parse(text: nested(129)) }
        #expect(throws: JSONError.self) { try JSON.parse(text: String(repeating: "{\"a\":", count: 10_000)) }
        #expect(throws: JSONError.self) { try JSON.parse(text: "[1,2,3]", limits: JSONLimits(bytes: 6, depth: 9)) }
    }

    @Test func findsRepeatedKeysAmongMany() throws {
        let keys = (0..<100).map { "\"key\($0)\":\($0)" }
        _ = try JSON.parse(text: "{\(keys.joined(separator: ","))}")
        for repeated in [0, 5, 23, 24, 99] {
            #expect(throws: JSONError.self) {
                try JSON.parse(text: "{\(keys.joined(separator: ",")),\"key\(repeated)\":1}")
            }
        }
    }

    @Test func everyTruncationIsAnError() {
        let text = Array(#"{"a":[1.5e3,true,null,"x\u00e9\n"],"b":{"c":"é😀"}}"#.utf8)
        for count in 0..<text.count {
            #expect(throws: JSONError.self) { try JSON.parse(Array(text[..<count])) }
        }
    }

    @Test func randomDocumentsSurvive() throws {
        var random = SeededRandom(seed: 11)
        for _ in 0..<500 {
            let value = JSON.random(&random, depth: 5)
            #expect(try JSON.parse(value.serialized()) == value)
            #expect(try JSON.parse(value.serialized(.pretty)) == value)
        }
    }

    @Test func randomBytesNeverTrap() {
        var random = SeededRandom(seed: 12)
        let alphabet = Array("{}[]\",:\\u0123eE+-.truefalsn \n\u{80}é".utf8) + [0, 0xFF, 0xC3]
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0..<40, using: &random)).map { _ in
                alphabet.randomElement(using: &random) ?? 0
            }
            if let value = try? JSON.parse(bytes) {
                #expect((try? JSON.parse(value.serialized())) == value)
            }
        }
    }

    @Test func manyMembersAreAsFew() {
        // Past a few dozen keys another way of looking them up takes over: the outcome must not show it.
        let pairs = (0..<200_000).map { ("key\($0 % 100_000)", JSON.int($0)) }
        let object = JSONObject(pairs)
        #expect(object.count == 100_000)
        #expect(object.keys[99_999] == "key99999" && object["key7"]?.int == 100_007)
        var few = JSONObject([("key1", "mine")])
        few.append(missingFrom: object, except: ["key2"])
        #expect(few.count == 99_999 && few["key1"]?.string == "mine" && few["key2"] == nil)
        few = JSONObject([("a", 1)])
        few.append(missingFrom: JSONObject([("a", 2), ("b", 3), ("c", 4)]), except: ["c"])
        #expect(JSON.object(few).text() == #"{"a":1,"b":3}"#)
    }

    @Test func findsRepeatedKeysAmongFew() throws {
        // Keys of every length that share their first, middle and last byte, and one spelled with an escape.
        let keys = (1..<20).map { String(repeating: "a", count: $0) } + ["abca", "acba", "é", "e\u{301}", ""]
        for count in 1...keys.count {
            let text = keys[..<count].map { "\"\($0)\":1" }.joined(separator: ",")
            #expect(try JSON.parse(text: "{\(text)}").object?.count == count)
            for repeated in keys[..<count] {
                let spellings = [repeated, repeated.first == "a" ? "\\u0061\(repeated.dropFirst())" : repeated]
                for spelling in spellings {
                    #expect(throws: JSONError.self) { try JSON.parse(text: "{\(text),\"\(spelling)\":2}") }
                }
            }
        }
    }

    @Test func keysThatOnlyUnicodeCallsEqualDiffer() throws {
        let alike = ["\u{212B}", "\u{C5}", "A\u{30A}", "a\u{323}\u{301}", "a\u{301}\u{323}"]
        for others in [0, 30] {
            let keys = alike + (0..<others).map { "key\($0)" }
            let text = keys.map { "\"\($0)\":\"\($0)\"" }.joined(separator: ",")
            let value = try JSON.parse(text: "{\(text)}")
            for key in keys { #expect(value[key]?.string.map { Array($0.utf8) } == Array(key.utf8)) }
            #expect(JSONObject(keys.map { ($0, .string($0)) }).count == keys.count)
        }
    }

    @Test func saysWhereAMemberStands() throws {
        func place(_ text: String) throws -> String? {
            let bytes = Array(text.utf8)
            let place = try bytes.withUnsafeBufferPointer { try JSON.parse($0, locating: "here") }.place
            return place.map { String(decoding: bytes[$0], as: UTF8.self) }
        }
        #expect(try place(#"{"here":1}"#) == "1")
        #expect(try place(#" { "a" : {"here":1} , "here" : [ 1, {"here":2} ] , "b":3 } "#) == #"[ 1, {"here":2} ]"#)
        #expect(try place(##"{"\u0068ere":"é\n"}"##) == ##""é\n""##)
        #expect(try place(#"{"a":{"here":1}}"#) == nil)
        #expect(try place(#"[{"here":1}]"#) == nil)
        #expect(try place(#""here""#) == nil)
    }

    @Test func membersKeepTheirPlaces() throws {
        var object = JSONObject([("a", 1), ("b", 2), ("a", 3)])
        #expect(object.keys == ["a", "b"])
        #expect(object["a"]?.int == 3)
        object["b"] = "x"
        object["c"] = true
        object["a"] = nil
        #expect(JSON.object(object).text() == #"{"b":"x","c":true}"#)
        #expect(object["\u{212A}"] == nil)
    }
}

extension JSON {
    static func random(_ random: inout SeededRandom, depth: Int) -> JSON {
        switch Int.random(in: 0..<(depth > 0 ? 8 : 6), using: &random) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &random))
        case 2: return .int(Int.random(in: Int.min...Int.max, using: &random))
        case 3...5: return .string(text(&random))
        case 6:
            return .array((0..<Int.random(in: 0..<5, using: &random)).map { _ in .random(&random, depth: depth - 1) })
        default:
            let pairs = (0..<Int.random(in: 0..<40, using: &random)).map { _ in
                (text(&random), JSON.random(&random, depth: depth - 2))
            }
            return .object(JSONObject(pairs))
        }
    }

    private static func text(_ random: inout SeededRandom) -> String {
        let alphabet = Array("ab\"\\/\n\t\u{0}\u{1F}\u{7F}é😀 \u{2028}")
        return String(
            (0..<Int.random(in: 0..<20, using: &random)).compactMap { _ in alphabet.randomElement(using: &random) }
        )
    }
}
