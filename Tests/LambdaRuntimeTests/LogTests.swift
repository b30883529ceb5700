import Testing

@testable import LambdaRuntime

@Suite struct LogTests {
    /// 2026-11-21T01:54:25.007Z
    private static let time: Int64 = 1_795_226_065_007

    private static func line(
        _ style: LogLine.Style,
        _ message: String,
        requestID: String? = nil,
        _ fields: [(String, String)] = []
    ) -> String {
        let entry = LogLine(time: time, level: .warn, message: message, requestID: requestID, fields: fields)
        return String(decoding: entry.bytes(style), as: UTF8.self)
    }

    @Test func jsonLines() {
        #expect(
            Self.line(.json, "rules read")
                == #"{"timestamp":"2026-11-21T01:54:25.007Z","level":"WARN","message":"rules read"}"#
                + "\n"
        )
        #expect(
            Self.line(.json, "a \"b\"", requestID: "8476a536", [("why", "x\ny\u{1}"), ("role", "日本")])
                == #"{"timestamp":"2026-11-21T01:54:25.007Z","level":"WARN","message":"a \"b\"","requestId":"8476a536","#
                + #""why":"x\ny\u0001","role":"日本"}"# + "\n"
        )
        #expect(
            Self.line(.json, "m", [("level", "1"), ("", "")]).hasSuffix(
                #""message":"m","field.level":"1","":""}"# + "\n"
            )
        )
    }

    @Test func textLines() {
        #expect(
            Self.line(
                .text,
                "rules\nread",
                requestID: "id",
                [("a", "plain"), ("b", "two words"), ("c", ""), ("d", "x=\"\n")]
            )
                == #"2026-11-21T01:54:25.007Z WARN id rules\nread a=plain b="two words" c="" d="x=\"\n""# + "\n"
        )
        #expect(Self.line(.text, "m") == "2026-11-21T01:54:25.007Z WARN m\n")
    }

    @Test(arguments: [
        "authorization", "X-Amz-Security-Token", "SecretAccessKey", "PASSWORD", "credentials", "my_secret",
        "tokenSource",
    ])
    func whatLooksLikeASecretIsNotWritten(key: String) {
        for style in [LogLine.Style.json, .text] {
            let line = Self.line(style, "m", [(key, "hunter2")])
            #expect(!line.contains("hunter2"))
            #expect(line.contains("…redacted"))
        }
        #expect(Self.line(.json, "m", [("toke", "n"), ("pass", "word")]).contains(#""toke":"n","pass":"word""#))
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (4_107_542_399_999, "2100-02-28T23:59:59.999Z"), (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"), (1_735_689_599_999, "2024-12-31T23:59:59.999Z"),
        ] as [(Int64, String)]
    )
    func timesAreWrittenAsRFC3339(milliseconds: Int64, text: String) {
        var bytes: [UInt8] = []
        Clocks.appendRFC3339(epochMilliseconds: milliseconds, to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == text)
    }

    @Test func daysFollowEachOther() {
        var (year, month, day) = (1970, 1, 1)
        for number in 0..<60_000 {
            var bytes: [UInt8] = []
            Clocks.appendRFC3339(epochMilliseconds: Int64(number) * 86_400_000, to: &bytes)
            let digits = bytes[..<10].split(separator: UInt8(ascii: "-")).map {
                Int(String(decoding: $0, as: UTF8.self))
            }
            guard digits == [year, month, day] else {
                Issue.record("day \(number): \(digits)")
                return
            }
            let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
            day += 1
            if day > lengths[month - 1] { (month, day) = (month + 1, 1) }
            if month > 12 { (year, month) = (year + 1, 1) }
        }
    }

    @Test(
        arguments: [
            (nil, .info, 0), ("", .info, 0), ("TRACE", .trace, 0), ("debug", .debug, 0), ("Warn", .warn, 0),
            ("FATAL", .fatal, 0),
            ("verbose", .info, 1),
        ] as [(String?, LambdaLog.Level, Int)]
    )
    func theLevelComesFromTheEnvironment(value: String?, level: LambdaLog.Level, said: Int) {
        let captured = CapturedLog(value.map { ["AWS_LAMBDA_LOG_LEVEL": $0] } ?? [:])
        #expect(captured.log.minimum == level)
        let lines = captured.lines()
        #expect(lines.count == said)
        #expect(
            lines.allSatisfy { $0.contains(#""value":"verbose","levels":"TRACE, DEBUG, INFO, WARN, ERROR, FATAL"}"#) }
        )
        for each in LambdaLog.Level.allCases { captured.log.write(each, "m") }
        #expect(captured.lines().count == LambdaLog.Level.allCases.filter { $0 >= level }.count)
        #expect(captured.log.isEnabled(.fatal) && (level == .trace) == captured.log.isEnabled(.trace))
    }

    @Test(
        arguments: [(nil, false), ("JSON", false), ("Text", true), ("text", true), ("xml", false)] as [(String?, Bool)]
    )
    func theFormatComesFromTheEnvironment(value: String?, isText: Bool) {
        let captured = CapturedLog(value.map { ["AWS_LAMBDA_LOG_FORMAT": $0] } ?? [:])
        captured.log.write(.info, "m")
        #expect(captured.lines().first?.hasSuffix(" INFO m") == isText)
    }

    @Test func anyTextSurvivesBeingWritten() throws {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            let text = Self.randomText(&generator)
            #expect(try StrictJSON.parse(Array(LambdaLog.jsonString(text).utf8)) == .string(text))

            let line = LogLine(
                time: 0,
                level: .info,
                message: text,
                requestID: text,
                fields: [("a", text), ("b", text)]
            )
            let members = try StrictJSON.parse(line.bytes(.json).dropLast()).members
            #expect(members.map(\.key) == ["timestamp", "level", "message", "requestId", "a", "b"])
            #expect(members.dropFirst(2).allSatisfy { $0.value == .string(text) })
            #expect(line.bytes(.text).firstIndex(of: 0x0A) == line.bytes(.text).count - 1)

            let body = LambdaFailure(type: text, message: text).body()
            let failure = try StrictJSON.parse(body).members
            #expect(failure[1].value == .string(text))
            #expect(failure[0].value.text?.hasPrefix("Function.") == true)
        }
    }

    @Test func bytesOfAnyQualityAreRepaired() throws {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            let bytes = (0..<Int.random(in: 0...40, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            let written = Array(LambdaLog.jsonString(repairing: bytes).utf8)
            #expect(try StrictJSON.parse(written) == .string(String(decoding: bytes, as: UTF8.self)))
        }
    }

    private static func randomText(_ generator: inout SystemRandomNumberGenerator) -> String {
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...30, using: &generator) {
            let bound: UInt32 = [0x20, 0x80, 0x100, 0x3000, 0x110000].randomElement(using: &generator) ?? 0x80
            if let scalar = Unicode.Scalar(UInt32.random(in: 0..<bound, using: &generator)) { text.append(scalar) }
        }
        return String(text)
    }
}
