import Basics

/// The form of a request that is hashed and signed.
struct CanonicalRequest {
    let bytes: [UInt8]
    /// Lower-case names, sorted, with `;` between them.
    let signedHeaders: String

    /// Fields that intermediaries change or that have no fixed value yet.
    private static let unsigned: Set<String> = [
        "authorization", "connection", "content-length", "expect", "transfer-encoding", "user-agent", "x-amzn-trace-id",
    ]

    init(_ request: SignableRequest, added: [(name: String, value: String)], signsPathAsSent: Bool) {
        let fields = Self.signedFields(of: request, added)
        var names: [UInt8] = []
        var bytes: [UInt8] = []
        bytes.reserveCapacity(1024)
        bytes.append(contentsOf: request.method.utf8)
        bytes.append(UInt8(ascii: "\n"))
        appendPath(request.path, asSent: signsPathAsSent, to: &bytes)
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(contentsOf: request.canonicalQuery.utf8)
        bytes.append(UInt8(ascii: "\n"))
        for (index, field) in fields.enumerated() {
            if index > 0, fields[index - 1].name == field.name {
                // Another value of the same field goes on the same line.
                bytes.removeLast()
                bytes.append(UInt8(ascii: ","))
            } else {
                if !names.isEmpty { names.append(UInt8(ascii: ";")) }
                names.append(contentsOf: field.name.utf8)
                bytes.append(contentsOf: field.name.utf8)
                bytes.append(UInt8(ascii: ":"))
            }
            appendValue(field.value, to: &bytes)
            bytes.append(UInt8(ascii: "\n"))
        }
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(contentsOf: names)
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(contentsOf: request.payloadHash.utf8)
        self.bytes = bytes
        signedHeaders = String(decoding: names, as: UTF8.self)
    }

    /// By name, and values of one name in the order they were given in.
    private static func signedFields(
        of request: SignableRequest,
        _ added: [(name: String, value: String)]
    ) -> [(name: String, value: String)] {
        var fields: [(name: String, value: String)] = []
        fields.reserveCapacity(request.headers.count + added.count + 1)
        fields.append(("host", request.host))
        for (name, value) in request.headers {
            let lowered = name.lowercased()
            if !unsigned.contains(lowered) { fields.append((lowered, value)) }
        }
        fields.append(contentsOf: added)
        let order = fields.indices.sorted { left, right in
            let (leftName, rightName) = (fields[left].name, fields[right].name)
            if leftName == rightName { return left < right }
            return leftName.utf8.lexicographicallyPrecedes(rightName.utf8)
        }
        return order.map { fields[$0] }
    }
}

/// A query with its pairs encoded and sorted, as it is signed: the wire can carry the same text.
package enum CanonicalQuery {
    /// `name=value` pairs with `&` between them; empty for none.
    package static func text(_ pairs: [(name: String, value: String)]) -> String {
        if pairs.isEmpty { return "" }
        var encoded = pairs.map { (PercentEncoding.encode($0.name), PercentEncoding.encode($0.value)) }
        encoded.sort { left, right in
            if left.0 != right.0 { return left.0.utf8.lexicographicallyPrecedes(right.0.utf8) }
            return left.1.utf8.lexicographicallyPrecedes(right.1.utf8)
        }
        return encoded.map { "\($0.0)=\($0.1)" }.joined(separator: "&")
    }
}

/// Encodes the path once more and takes out empty, `.` and `..` segments, unless it is signed as it is sent.
private func appendPath(_ path: String, asSent: Bool, to bytes: inout [UInt8]) {
    if asSent {
        bytes.append(contentsOf: path.isEmpty ? "/".utf8 : path.utf8)
        return
    }
    var segments: [Substring] = []
    for segment in path.split(separator: "/") where segment != "." {
        if segment == ".." {
            _ = segments.popLast()
        } else {
            segments.append(segment)
        }
    }
    for segment in segments {
        bytes.append(UInt8(ascii: "/"))
        PercentEncoding.append(String(segment), to: &bytes)
    }
    if segments.isEmpty || path.hasSuffix("/") || path.hasSuffix("/.") { bytes.append(UInt8(ascii: "/")) }
}

/// Without outer white space, and with inner runs of it as one space.
private func appendValue(_ value: String, to bytes: inout [UInt8]) {
    var pendingSpace = false
    var isFirst = true
    for byte in value.utf8 {
        if byte == 0x20 || byte == 0x09 {
            pendingSpace = true
            continue
        }
        if pendingSpace, !isFirst { bytes.append(0x20) }
        pendingSpace = false
        isFirst = false
        bytes.append(byte)
    }
}
