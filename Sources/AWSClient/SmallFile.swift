#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Files of settings and tokens.
package enum SmallFile {
    /// The whole content; nil when it cannot be opened or read, or is larger than `limit` bytes.
    package static func read(_ path: String, limit: Int = 1 << 20) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        let chunk = 16_384
        while bytes.count <= limit {
            let start = bytes.count
            bytes.append(contentsOf: repeatElement(0, count: chunk))
            let count = bytes.withUnsafeMutableBytes { buffer -> Int in
                guard let base = buffer.baseAddress else { return -1 }
                return readRetrying(descriptor, base + start, chunk)
            }
            guard count >= 0 else { return nil }
            bytes.removeLast(chunk - count)
            if count == 0 { return bytes }
        }
        return nil
    }

    /// Whether the file can be read by us.
    static func isReadable(_ path: String) -> Bool {
        access(path, R_OK) == 0
    }

    private static func readRetrying(_ descriptor: CInt, _ buffer: UnsafeMutableRawPointer, _ count: Int) -> Int {
        while true {
            // Named after its module: the enclosing type has a `read` of its own.
            #if canImport(Glibc)
            let result = Glibc.read(descriptor, buffer, count)
            #elseif canImport(Musl)
            let result = Musl.read(descriptor, buffer, count)
            #else
            let result = Darwin.read(descriptor, buffer, count)
            #endif
            if result >= 0 || errno != EINTR { return result }
        }
    }
}
