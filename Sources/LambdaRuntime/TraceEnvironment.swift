import Glibc

/// `_X_AMZN_TRACE_ID`, which follows the invocation. `setenv` keeps every value it was ever given in memory (glibc
/// frees none), so the variable is put once and its text is overwritten in place.
struct TraceEnvironment: ~Copyable {
    private static let name = "_X_AMZN_TRACE_ID"
    /// Bytes for name, `=`, value and the final zero. Lambda's values have about 100.
    private static let capacity = 1024

    private let text: UnsafeMutablePointer<CChar>
    private let valueStart: Int
    private var isPut = false

    init() {
        text = .allocate(capacity: Self.capacity)
        text.initialize(repeating: 0, count: Self.capacity)
        var index = 0
        for byte in "\(Self.name)=".utf8 {
            text[index] = CChar(bitPattern: byte)
            index += 1
        }
        valueStart = index
    }

    /// The text itself stays: another thread may be reading it.
    deinit {
        if isPut { unsetenv(Self.name) }
    }

    /// Sets the variable; takes it out for `nil` and for what cannot be a trace header (too long, a zero byte).
    mutating func set(_ value: String?) {
        guard let value, value.utf8.count < Self.capacity - valueStart, !value.utf8.contains(0) else {
            unsetenv(Self.name)
            isPut = false
            return
        }
        var index = valueStart
        for byte in value.utf8 {
            text[index] = CChar(bitPattern: byte)
            index += 1
        }
        // Zero to the end: whoever reads while this is written finds an end in every case.
        while index < Self.capacity, text[index] != 0 {
            text[index] = 0
            index += 1
        }
        if !isPut {
            putenv(text)
            isPut = true
        }
    }
}
