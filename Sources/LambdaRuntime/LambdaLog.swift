import Glibc

/// Structured log: one line an entry on standard error (Lambda collects it like standard output, which is for lines of
/// data that must stay as they are), each line written with one `write(2)`, so that lines of several loops never mix.
///
/// JSON lines hold `timestamp` (RFC 3339, milliseconds, UTC), `level`, `message`, `requestId` inside an invocation,
/// then the entry's own fields in their order. Messages are constant texts; data belongs into fields.
package struct LambdaLog: Sendable {
    /// As `AWS_LAMBDA_LOG_LEVEL` names them.
    package enum Level: Int, Sendable, Comparable, CaseIterable {
        case trace, debug, info, warn, error, fatal

        /// `TRACE` … `FATAL`.
        package var name: String {
            switch self {
            case .trace: "TRACE"
            case .debug: "DEBUG"
            case .info: "INFO"
            case .warn: "WARN"
            case .error: "ERROR"
            case .fatal: "FATAL"
            }
        }

        package static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }
    }

    /// Entries below it are left out.
    package let minimum: Level
    let style: LogLine.Style
    private let descriptor: Int32
    private let dataDescriptor: Int32

    /// Reads `AWS_LAMBDA_LOG_LEVEL` (default and fallback `INFO`; a level that does not exist is said once, here) and
    /// `AWS_LAMBDA_LOG_FORMAT` (`Text`, anything else is JSON). Case does not matter.
    /// - Parameters:
    ///   - descriptor: where lines go; standard error unless told.
    ///   - dataDescriptor: where lines of data go; standard output unless told.
    ///   - setting: a variable of the environment by name.
    package init(descriptor: Int32 = 2, dataDescriptor: Int32 = 1, setting: (_ name: String) -> String?) {
        style = setting("AWS_LAMBDA_LOG_FORMAT")?.lowercased() == "text" ? .text : .json
        self.descriptor = descriptor
        self.dataDescriptor = dataDescriptor
        guard let wanted = setting("AWS_LAMBDA_LOG_LEVEL"), !wanted.isEmpty else {
            minimum = .info
            return
        }
        let level = Level.allCases.first { $0.name == wanted.uppercased() }
        minimum = level ?? .info
        if level == nil {
            let known = Level.allCases.map(\.name).joined(separator: ", ")
            write(
                .warn,
                "AWS_LAMBDA_LOG_LEVEL is not a level: INFO is used",
                fields: [("value", wanted), ("levels", known)]
            )
        }
    }

    /// Whether entries of `level` are written: ask first where fields are costly to make.
    package func isEnabled(_ level: Level) -> Bool {
        level >= minimum
    }

    /// Writes one line. Values under keys that look like a secret's (see `LogLine`) are left out.
    package func write(
        _ level: Level,
        _ message: String,
        requestID: String? = nil,
        fields: [(String, String)] = []
    ) {
        guard level >= minimum else { return }
        let entry = LogLine(
            time: Clocks.epochMilliseconds(),
            level: level,
            message: message,
            requestID: requestID,
            fields: fields
        )
        Self.write(entry.bytes(style), to: descriptor)
    }

    /// Writes a line of data as it is, whatever level and format are set: CloudWatch takes metrics from lines that are
    /// nothing but their JSON.
    /// - Parameter line: without a newline.
    package func writeData(_ line: [UInt8]) {
        Self.write(line + [UInt8(ascii: "\n")], to: dataDescriptor)
    }

    private static func write(_ line: [UInt8], to descriptor: Int32) {
        line.withUnsafeBytes { bytes in
            var rest = bytes
            // One call writes it all, unless a pipe is nearly full.
            while !rest.isEmpty {
                let written = Glibc.write(descriptor, rest.baseAddress, rest.count)
                if written > 0 {
                    rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
                } else if written == 0 || errno != EINTR {
                    return
                }
            }
        }
    }

    /// `text` as a JSON string, with its quotes.
    package static func jsonString(_ text: String) -> String {
        var bytes: [UInt8] = []
        JSONText.append(text, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// UTF-8 of any quality as a JSON string, with its quotes; what is not valid becomes U+FFFD.
    package static func jsonString(repairing bytes: [UInt8]) -> String {
        jsonString(String(decoding: bytes, as: UTF8.self))
    }
}
