import NIOCore

/// What one connection can be used for: a host and port, over TLS or not, and what its certificate was verified with.
struct Origin: Hashable {
    let host: String
    let port: Int
    /// `nil` without TLS.
    let roots: TrustRoots?

    init(_ endpoint: EndpointURL, _ roots: TrustRoots?) {
        // An IPv6 address stands in brackets in a URL alone.
        host = endpoint.host.hasPrefix("[") ? String(endpoint.host.dropFirst().dropLast()) : endpoint.host
        port = endpoint.port ?? (endpoint.isSecure ? 443 : 80)
        self.roots = roots
    }

    /// The host as an address, where it is one: then nothing has to be looked up, and it cannot stand in TLS's SNI.
    var address: SocketAddress? {
        try? SocketAddress(ipAddress: host, port: port)
    }
}
