import Basics

/// The base of a service's URLs: scheme, host, port and a path prefix, checked.
package struct EndpointURL: Sendable, Hashable, CustomStringConvertible {
    /// Why a text is not such a URL.
    package struct Invalid: Error, Sendable {
        /// In words, to follow "which".
        package let reason: String
    }

    /// Whether TLS is spoken.
    package let isSecure: Bool
    /// A host name, an IPv4 address, or an IPv6 address in brackets, in lower case.
    package let host: String
    /// The port, where it is not the scheme's own.
    package let port: Int?
    /// What goes before every path: empty, or from `/` on without a `/` at its end.
    package let pathPrefix: String

    init(https host: String) {
        isSecure = true
        self.host = host
        port = nil
        pathPrefix = ""
    }

    /// Reads an absolute `http` or `https` URL without user, query and fragment.
    package init(_ text: String) throws(Invalid) {
        let bytes = Array(text.utf8)
        guard bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw Invalid(reason: "which holds a space or a character that is not ASCII")
        }
        var rest = bytes[...]
        if let afterScheme = dropping("https://", from: rest) {
            isSecure = true
            rest = afterScheme
        } else if let afterScheme = dropping("http://", from: rest) {
            isSecure = false
            rest = afterScheme
        } else {
            throw Invalid(reason: "which does not begin with https:// or http://")
        }
        guard !rest.contains(where: { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") }) else {
            throw Invalid(reason: "which holds a query or a fragment")
        }
        let authority = rest.prefix { $0 != UInt8(ascii: "/") }
        guard !authority.contains(UInt8(ascii: "@")) else { throw Invalid(reason: "which holds a user") }
        (host, port) = try split(authority, defaultPort: isSecure ? 443 : 80)
        var path = rest[authority.endIndex...]
        while path.last == UInt8(ascii: "/") { path.removeLast() }
        guard path.allSatisfy(isPathByte) else { throw Invalid(reason: "whose path holds a forbidden character") }
        pathPrefix = String(decoding: path, as: UTF8.self)
    }

    /// What may be shown of a setting that is no such URL: scheme and host, in quotes. User, password, path and query may
    /// be secrets, and where they end is not sure in a text that cannot be read.
    package static func shown(_ text: String) -> String {
        let bytes = Array(text.utf8)[...]
        let scheme = dropping("https://", from: bytes) != nil ? "https://" : "http://"
        guard let rest = dropping(scheme, from: bytes) else { return "a text that is not shown here" }
        let authority = rest.prefix { !"/?#\\".utf8.contains($0) }
        var host = authority
        if let at = authority.lastIndex(of: UInt8(ascii: "@")) { host = authority[(at + 1)...] }
        // An `@` behind the first slash: the slash may be a part of a password.
        let isSure = !rest[authority.endIndex...].contains(UInt8(ascii: "@"))
        let name: ArraySlice<UInt8>
        if host.first == UInt8(ascii: "[") {
            name = host.firstIndex(of: UInt8(ascii: "]")).map { host[...$0] } ?? []
        } else {
            name = host.prefix { $0 != UInt8(ascii: ":") }
        }
        let isPlain = name.allSatisfy { isHostByte($0) || isAddressByte($0) || "[]".utf8.contains($0) }
        guard isSure, isPlain, !name.isEmpty, name.count <= 253 else { return "'\(scheme)…'" }
        return "'\(scheme)\(String(decoding: name, as: UTF8.self))…'"
    }

    /// Host and port as the `Host` header holds them.
    package var authority: String {
        port.map { "\(host):\($0)" } ?? host
    }

    /// The URL.
    package var description: String {
        "\(isSecure ? "https" : "http")://\(authority)\(pathPrefix)"
    }
}

private func dropping(_ scheme: String, from bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    let count = scheme.utf8.count
    guard bytes.count > count else { return nil }
    // Not `zip`: its metadata makes the runtime look conformances up, before the first event.
    var index = bytes.startIndex
    for byte in scheme.utf8 {
        guard bytes[index].lowercasedASCII == byte else { return nil }
        index += 1
    }
    return bytes[index...]
}

private func split(
    _ authority: ArraySlice<UInt8>,
    defaultPort: Int
) throws(EndpointURL.Invalid) -> (host: String, port: Int?) {
    var host = authority
    var portDigits: ArraySlice<UInt8>?
    if authority.first == UInt8(ascii: "[") {
        guard let end = authority.firstIndex(of: UInt8(ascii: "]")) else {
            throw EndpointURL.Invalid(reason: "whose IPv6 address does not end")
        }
        host = authority[...end]
        let inside = host.dropFirst().dropLast()
        guard !inside.isEmpty, inside.contains(UInt8(ascii: ":")), inside.allSatisfy(isAddressByte) else {
            throw EndpointURL.Invalid(reason: "whose IPv6 address cannot be read")
        }
        let rest = authority[(end + 1)...]
        if !rest.isEmpty {
            guard rest.first == UInt8(ascii: ":") else {
                throw EndpointURL.Invalid(reason: "whose host cannot be read")
            }
            portDigits = rest.dropFirst()
        }
    } else {
        if let colon = authority.firstIndex(of: UInt8(ascii: ":")) {
            host = authority[..<colon]
            portDigits = authority[(colon + 1)...]
        }
        guard (1...253).contains(host.count), host.allSatisfy(isHostByte), host.first != UInt8(ascii: "."),
            host.first != UInt8(ascii: "-")
        else { throw EndpointURL.Invalid(reason: "whose host cannot be read") }
    }
    let name = String(decoding: host.map(\.lowercasedASCII), as: UTF8.self)
    guard let portDigits else { return (name, nil) }
    guard portDigits.allSatisfy({ (0x30...0x39).contains($0) }),
        let port = Int(String(decoding: portDigits, as: UTF8.self)), (1...65_535).contains(port)
    else { throw EndpointURL.Invalid(reason: "whose port is not a number from 1 to 65535") }
    return (name, port == defaultPort ? nil : port)
}

private func isHostByte(_ byte: UInt8) -> Bool {
    switch byte.lowercasedASCII {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
        UInt8(ascii: "."), UInt8(ascii: "_"):
        true
    default:
        false
    }
}

private func isAddressByte(_ byte: UInt8) -> Bool {
    switch byte.lowercasedASCII {
    case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: ":"),
        UInt8(ascii: "."):
        true
    default:
        false
    }
}

/// RFC 3986 section 3.3, and `%` of what is encoded already.
private func isPathByte(_ byte: UInt8) -> Bool {
    switch byte.lowercasedASCII {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
    default:
        "/-._~!$&'()*+,;=:@%".utf8.contains(byte)
    }
}
