import Glibc

/// Where an audit is written: standard output, or a file that takes its name once it is whole.
final class AuditOutput {
    private let path: String?
    private let partial: String?
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private var isFinished = false

    /// - Parameter path: `nil` for standard output.
    init(_ path: String?) throws(CommandError) {
        self.path = path
        guard let path else {
            (partial, descriptor) = (nil, STDOUT_FILENO)
            return
        }
        var about = stat()
        let isSpecial = stat(path, &about) == 0 && about.st_mode & S_IFMT != S_IFREG
        // What is no plain file, such as a pipe, has no other name to be written under.
        partial = isSpecial ? nil : path + ".partial"
        descriptor = open(partial ?? path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw CommandError("cannot write \(Terminal.name(path)): \(String(cString: strerror(errno)))")
        }
    }

    deinit {
        guard !isFinished, path != nil else { return }
        close(descriptor)
        if let partial { unlink(partial) }
    }

    func write(_ text: String) throws(CommandError) {
        try write(Array(text.utf8))
    }

    func write(_ bytes: [UInt8]) throws(CommandError) {
        buffer += bytes
        if buffer.count >= 128 << 10 { try flush() }
    }

    func flush() throws(CommandError) {
        try Terminal.write(buffer, to: descriptor)
        buffer.removeAll(keepingCapacity: buffer.capacity <= 1 << 20)
    }

    /// Writes what is left, and gives the file its name.
    func finish() throws(CommandError) {
        try flush()
        isFinished = true
        guard let path else { return }
        close(descriptor)
        guard let partial else { return }
        guard rename(partial, path) == 0 else {
            throw CommandError("cannot write \(Terminal.name(path)): \(String(cString: strerror(errno)))")
        }
    }
}
