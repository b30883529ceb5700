#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Whether the process can open more.
enum FileDescriptors {
    /// Opens and closes as many. Sockets, because they need no file.
    static func areFree(_ count: Int) -> Bool {
        var opened: [CInt] = []
        defer { for descriptor in opened { close(descriptor) } }
        for _ in 0..<count {
            #if canImport(Glibc)
            let descriptor = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue), 0)
            #else
            let descriptor = socket(AF_UNIX, CInt(SOCK_DGRAM), 0)
            #endif
            guard descriptor >= 0 else { return false }
            opened.append(descriptor)
        }
        return true
    }
}

extension TransportError {
    static let noDescriptors = TransportError(
        .noDescriptors,
        mayHaveBeenSent: false,
        message: "the process has no file descriptors left for a connection: raise its limit (ulimit -n), or work on "
            + "fewer events at once (AWS_LAMBDA_MAX_CONCURRENCY)"
    )
}
