import Glibc
import Synchronization

/// What has been read of the findings, outside of memory once it is much: a file without a name, which goes with the process.
final class AuditSpool: Sendable {
    private struct State {
        var memory: [UInt8] = []
        var descriptor: Int32 = -1
        var end: UInt64 = 0
    }

    private let state = Mutex(State())
    private let memoryLimit: Int

    /// - Parameter memoryLimit: so many bytes stay in memory; nothing touches a disk before.
    init(memoryLimit: Int = 8 << 20) {
        self.memoryLimit = memoryLimit
    }

    deinit {
        let descriptor = state.withLock { $0.descriptor }
        if descriptor >= 0 { close(descriptor) }
    }

    /// Keeps bytes, and says where they are.
    func append(_ bytes: [UInt8]) throws(CommandError) -> UInt64 {
        let limit = memoryLimit
        return try state.withLock { (state) throws(CommandError) in
            let begin = state.end
            if state.descriptor < 0, state.memory.count + bytes.count > limit {
                state.descriptor = try Self.unnamedFile()
                try Self.write(state.memory, to: state.descriptor, at: 0)
                state.memory = []
            }
            if state.descriptor < 0 {
                state.memory += bytes
            } else {
                try Self.write(bytes, to: state.descriptor, at: begin)
            }
            state.end += UInt64(bytes.count)
            return begin
        }
    }

    /// Bytes that were kept.
    func bytes(at offset: UInt64, count: Int) throws(CommandError) -> [UInt8] {
        try state.withLock { (state) throws(CommandError) in
            guard state.descriptor >= 0 else {
                let begin = Int(offset)
                return Array(state.memory[begin..<begin + count])
            }
            var bytes = [UInt8](repeating: 0, count: count)
            var done = 0
            while done < count {
                let read = bytes.withUnsafeMutableBytes { buffer in
                    pread(
                        state.descriptor,
                        buffer.baseAddress?.advanced(by: done),
                        count - done,
                        off_t(offset) + off_t(done)
                    )
                }
                if read > 0 {
                    done += read
                } else if read == 0 || errno != EINTR {
                    throw Self.failure("read")
                }
            }
            return bytes
        }
    }

    private static func unnamedFile() throws(CommandError) -> Int32 {
        let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(folder)/gatehouse-audit-XXXXXX".utf8CString)
        let descriptor = template.withUnsafeMutableBufferPointer { $0.baseAddress.map { mkstemp($0) } ?? -1 }
        guard descriptor >= 0 else { throw failure("made") }
        _ = template.withUnsafeBufferPointer { name in name.baseAddress.map { unlink($0) } }
        return descriptor
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32, at offset: UInt64) throws(CommandError) {
        var done = 0
        while done < bytes.count {
            let written = bytes.withUnsafeBytes { buffer in
                pwrite(
                    descriptor,
                    buffer.baseAddress?.advanced(by: done),
                    bytes.count - done,
                    off_t(offset) + off_t(done)
                )
            }
            if written > 0 {
                done += written
            } else if errno != EINTR {
                throw failure("written")
            }
        }
    }

    private static func failure(_ what: String) -> CommandError {
        CommandError(
            "a temporary file could not be \(what): \(String(cString: strerror(errno))); set TMPDIR to a folder with room"
        )
    }
}
