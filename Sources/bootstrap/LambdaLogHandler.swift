import LambdaRuntime
import Logging

extension LambdaLog {
    /// A logger that writes Lambda's structured lines for one invocation.
    func logger(requestID: String?) -> Logger {
        Logger(label: "gatehouse") { _ in LambdaLogHandler(log: self, requestID: requestID) }
    }
}

/// Hands swift-log's entries to the runtime's log.
struct LambdaLogHandler: LogHandler {
    let log: LambdaLog
    let requestID: String?
    var metadata: Logger.Metadata = [:]

    init(log: LambdaLog, requestID: String?) {
        self.log = log
        self.requestID = requestID
    }

    var logLevel: Logger.Level {
        get {
            switch log.minimum {
            case .trace: .trace
            case .debug: .debug
            case .info: .info
            case .warn: .warning
            case .error: .error
            case .fatal: .critical
            }
        }
        set { _ = newValue }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let level: LambdaLog.Level =
            switch event.level {
            case .trace: .trace
            case .debug: .debug
            case .info, .notice: .info
            case .warning: .warn
            case .error: .error
            case .critical: .fatal
            }
        var fields = metadata.merging(event.metadata ?? [:]) { $1 }
            .sorted { $0.key < $1.key }
            .map { ($0.key, "\($0.value)") }
        if let error = event.error { fields.append(("error", "\(error)")) }
        log.write(level, "\(event.message)", requestID: requestID, fields: fields)
    }
}
