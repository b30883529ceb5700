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
        guard let path else {
            self.path = nil
            (partial, descriptor) = (nil, STDOUT_FILENO)
            return
        }
        var about = stat()
        let isThere = stat(path, &about) == 0
        // What is no plain file, such as a pipe, has no other name to be written under; a link is followed.
        let isSpecial = isThere && about.st_mode & S_IFMT != S_IFREG
        let place = isThere && !isSpecial ? Self.resolved(path) : path
        self.path = place
        partial = isSpecial ? nil : place + ".partial"
        if let partial {
            // What a run that was killed has left; a link that somebody has put there is not followed.
            unlink(partial)
            descriptor = open(partial, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        } else {
            descriptor = open(place, O_WRONLY | O_CLOEXEC)
        }
        guard descriptor >= 0 else {
            throw CommandError("cannot write \(Terminal.name(path)): \(String(cString: strerror(errno)))")
        }
    }

    private static func resolved(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
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
