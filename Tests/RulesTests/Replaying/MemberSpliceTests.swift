import LosslessJSON
import Rules
import TestSupport
import Testing

@Suite struct MemberSpliceTests {
    @Test(arguments: [
        (#"{}"#, #"{"decision":[9]}"#),
        (#" { } "#, #" { "decision":[9]} "#),
        (#"{"a":1}"#, #"{"a":1,"decision":[9]}"#),
        ("{ \"a\" : 1 }\r", "{ \"a\" : 1 ,\"decision\":[9]}\r"),
        (#"{"decision":null,"b":"}"}"#, #"{"decision":[9],"b":"}"}"#),
        (
            #"{"a":{"decision":1},"decision" : {"x":"}"} , "z":1.0}"#,
            #"{"a":{"decision":1},"decision" : [9] , "z":1.0}"#
        ),
        (##"{"d\u0065cision":1}"##, ##"{"d\u0065cision":[9]}"##),
    ])
    func writesAroundTheValue(_ text: String, _ expected: String) throws {
        #expect(try spliced(text) == expected)
    }

    @Test func equalsReadingSettingAndWriting() throws {
        var random = SeededRandom(seed: 22)
        for _ in 0..<400 {
            var object = JSONObject()
            for _ in 0..<Int.random(in: 0..<6, using: &random) {
                let key = ["a", "decision", "dec\"ision", "é", "finding", ""].randomElement(using: &random) ?? ""
                object[key] = .anything(&random, depth: 3)
            }
            for style in [JSONStyle.compact, .pretty] {
                let text = JSON.object(object).text(style)
                var set = object
                set["decision"] = [9]
                #expect(try JSON.parse(text: try spliced(text)) == .object(set))
            }
        }
    }

    private func spliced(_ text: String) throws -> String {
        try Array(text.utf8).withUnsafeBufferPointer { bytes in
            let (value, place) = try JSON.parse(bytes, locating: "decision")
            var output: [UInt8] = []
            MemberSplice(text: bytes, place: place, isEmpty: value.object?.isEmpty ?? true)
                .write(key: "decision", value: { $0 += Array("[9]".utf8) }, into: &output)
            return String(decoding: output, as: UTF8.self)
        }
    }
}

extension JSON {
    fileprivate static func anything(_ random: inout SeededRandom, depth: Int) -> JSON {
        switch Int.random(in: 0..<(depth > 0 ? 6 : 4), using: &random) {
        case 0: .null
        case 1: .bool(Bool.random(using: &random))
        case 2: .int(Int.random(in: -9...9, using: &random))
        case 3: .string(["", "}", "\"", "\\", "decision", "é\n", ","].randomElement(using: &random) ?? "")
        case 4: .array((0..<3).map { _ in .anything(&random, depth: depth - 1) })
        default:
            .object(JSONObject(["decision", "b}"].map { ($0, .anything(&random, depth: depth - 1)) }))
        }
    }
}
