import Basics
import Handlers
import Logging

/// Log lines as talk on standard error.
struct StandardErrorLog: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let fields = metadata.merging(event.metadata ?? [:]) { $1 }
            .sorted { $0.key < $1.key }
            .map { " \($0.key)=\($0.value)" }
        Terminal.talk("\(event.level): \(event.message)\(fields.joined())".printable(limit: 2048))
    }

    /// A logger of warnings, or of everything down to debug.
    static func logger(isVerbose: Bool) -> Logger {
        Logger(label: "gatehouse") { _ in StandardErrorLog(logLevel: isVerbose ? .debug : .warning) }
    }
}
