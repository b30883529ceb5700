import Glibc

/// Where the Runtime API listens: the authority in `AWS_LAMBDA_RUNTIME_API`.
struct RuntimeEndpoint: Sendable {
    private enum Host: Sendable {
        case v4(in_addr)
        case v6(in6_addr)
        case name(String)
    }

    /// As given: the `Host` header's value.
    let authority: String
    private let host: Host
    private let port: UInt16

    /// Reads `host:port`, `[v6 address]:port` or `host` (port 80). Nothing is looked up.
    init(_ authority: String) throws(RuntimeError) {
        guard let parts = Self.parts(Array(authority.utf8)) else {
            // What stands before an @ or behind a ? may be a password.
            let mayBeSecret = authority.utf8.contains { "@?#".utf8.contains($0) }
            let shown = mayBeSecret ? "a text that is not shown here" : "`\(authority)`"
            throw RuntimeError(
                "AWS_LAMBDA_RUNTIME_API is \(shown): it must be host:port, as Lambda sets it for custom runtimes"
            )
        }
        self.authority = authority
        host = parts.host
        port = parts.port
    }

    /// Works on bytes: the first use of Unicode's tables would cost a cold start tens of microseconds.
    private static func parts(_ bytes: [UInt8]) -> (host: Host, port: UInt16)? {
        guard bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !"/@?#`".utf8.contains($0) }) else { return nil }
        let isBracketed = bytes.first == UInt8(ascii: "[")
        let name: ArraySlice<UInt8>
        let rest: ArraySlice<UInt8>
        if isBracketed {
            guard let end = bytes.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            name = bytes[1..<end]
            rest = bytes[(end + 1)...]
        } else {
            let end = bytes.firstIndex(of: UInt8(ascii: ":")) ?? bytes.count
            name = bytes[..<end]
            rest = bytes[end...]
        }
        var port = 80
        if let colon = rest.first {
            guard colon == UInt8(ascii: ":"),
                let number = ASCII.number(bytes, (rest.startIndex + 1)..<rest.endIndex, maximum: 65_535), number > 0
            else { return nil }
            port = number
        }
        guard !name.isEmpty else { return nil }
        let text = String(decoding: name, as: UTF8.self)
        var v4 = in_addr()
        var v6 = in6_addr()
        if isBracketed {
            guard inet_pton(AF_INET6, text, &v6) == 1 else { return nil }
            return (.v6(v6), UInt16(port))
        }
        return (inet_pton(AF_INET, text, &v4) == 1 ? .v4(v4) : .name(text), UInt16(port))
    }

    /// Opens a connected, blocking socket without Nagle's delay. The caller closes it.
    func connect() throws(RuntimeError) -> Int32 {
        switch host {
        case .v4(let address):
            var socket4 = sockaddr_in()
            socket4.sin_family = sa_family_t(AF_INET)
            socket4.sin_port = port.bigEndian
            socket4.sin_addr = address
            return try opened(
                withUnsafeBytes(of: &socket4) { Self.open(AF_INET, $0.baseAddress, socklen_t($0.count)) }
            )
        case .v6(let address):
            var socket6 = sockaddr_in6()
            socket6.sin6_family = sa_family_t(AF_INET6)
            socket6.sin6_port = port.bigEndian
            socket6.sin6_addr = address
            return try opened(
                withUnsafeBytes(of: &socket6) { Self.open(AF_INET6, $0.baseAddress, socklen_t($0.count)) }
            )
        case .name(let name):
            return try connect(name)
        }
    }

    private func connect(_ name: String) throws(RuntimeError) -> Int32 {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(name, String(port), &hints, &list)
        guard code == 0 else {
            throw RuntimeError(
                "the host name in AWS_LAMBDA_RUNTIME_API, `\(authority)`, cannot be resolved: "
                    + String(cString: gai_strerror(code))
            )
        }
        defer { freeaddrinfo(list) }
        var descriptor: Int32 = -ENOENT
        var next = list
        while let address = next?.pointee {
            descriptor = Self.open(address.ai_family, address.ai_addr, address.ai_addrlen)
            if descriptor >= 0 { break }
            next = address.ai_next
        }
        return try opened(descriptor)
    }

    private func opened(_ descriptor: Int32) throws(RuntimeError) -> Int32 {
        guard descriptor < 0 else { return descriptor }
        if [EMFILE, ENFILE].contains(-descriptor) {
            throw RuntimeError(
                "cannot connect to the Lambda Runtime API at \(authority): \(Self.text(errno: -descriptor)); raise the "
                    + "limit of file descriptors (ulimit -n) or lower AWS_LAMBDA_MAX_CONCURRENCY"
            )
        }
        throw RuntimeError(
            "cannot connect to the Lambda Runtime API at \(authority): \(Self.text(errno: -descriptor)); "
                + "AWS_LAMBDA_RUNTIME_API must name where it listens"
        )
    }

    /// The descriptor, or the error number negated.
    private static func open(_ family: Int32, _ address: UnsafeRawPointer?, _ length: socklen_t) -> Int32 {
        guard let address = address?.assumingMemoryBound(to: sockaddr.self) else { return -EINVAL }
        let descriptor = socket(family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return -errno }
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        if Glibc.connect(descriptor, address, length) == 0 { return descriptor }
        var failure = errno
        if failure == EINTR { failure = awaitConnection(descriptor) }
        if failure == 0 { return descriptor }
        close(descriptor)
        return -failure
    }

    /// An interrupted connect goes on by itself: waits for its end, gives its error number or 0.
    private static func awaitConnection(_ descriptor: Int32) -> Int32 {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        while poll(&waiting, 1, -1) < 0 {
            if errno != EINTR { return errno }
        }
        var failure: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &failure, &size) == 0 ? failure : errno
    }

    static func text(errno number: Int32) -> String {
        guard let text = strerror(number) else { return "error \(number)" }
        return String(cString: text)
    }
}
