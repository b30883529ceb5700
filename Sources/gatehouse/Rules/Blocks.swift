import Glibc

/// A file, or standard input, in large blocks; one block is held at a time.
final class BlockReader {
    private let path: String
    private let descriptor: Int32
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
    /// Whether the last block was less than there was room for, so that more may be a while in coming.
    private(set) var isShort = false

    /// Opens the file at `path`; `-` is standard input.
    init(_ path: String) throws(CommandError) {
        self.path = path
        descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw CommandError("cannot open \(Terminal.name(path)): \(String(cString: strerror(errno)))")
        }
    }

    deinit {
        buffer.deallocate()
        if descriptor > STDIN_FILENO { close(descriptor) }
    }

    /// Hands over the next block; whether the end was reached instead.
    func next(_ take: (UnsafeBufferPointer<UInt8>) throws(CommandError) -> Void) throws(CommandError) -> Bool {
        while true {
            let count = read(descriptor, buffer.baseAddress, buffer.count)
            if count == 0 { return true }
            if count > 0 {
                isShort = count < buffer.count
                let block = UnsafeRawBufferPointer(rebasing: buffer[..<count])
                try take(block.assumingMemoryBound(to: UInt8.self))
                return false
            }
            guard errno == EINTR else {
                throw CommandError("cannot read \(Terminal.name(path)): \(String(cString: strerror(errno)))")
            }
        }
    }
}

/// What is still to be written to standard output.
struct OutputBuffer {
    var bytes: [UInt8] = []

    init() {
        bytes.reserveCapacity(512 << 10)
    }

    /// Writes it when it is worth a call.
    mutating func flushIfLarge() throws(CommandError) {
        if bytes.count >= 256 << 10 { try flush() }
    }

    /// Writes all of it.
    mutating func flush() throws(CommandError) {
        guard !bytes.isEmpty else { return }
        try Terminal.write(bytes, to: STDOUT_FILENO)
        // One answer of many megabytes must not be room for ever.
        bytes.removeAll(keepingCapacity: bytes.capacity <= 2 << 20)
    }
}
