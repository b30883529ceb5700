import Basics

extension AccessLevel {
    /// The level of one action; of a pattern the highest that it covers.
    package static func of(_ action: String) -> AccessLevel {
        levels(of: [action]).levels.last ?? .write
    }

    /// The levels of all these actions; a pattern such as `s3:Get*` counts with every level that it may cover.
    package static func levels(of actions: [String]) -> AccessLevels {
        var found: AccessLevels = []
        for index in actions.indices {
            found.formUnion(levels(of: actions[index]))
            if found == .every { break }
        }
        return found
    }

    private static func levels(of action: String) -> AccessLevels {
        var action = action
        return action.withUTF8 { bytes in
            let colon = bytes.firstIndex(of: UInt8(ascii: ":"))
            let name = UnsafeBufferPointer(rebasing: bytes[(colon.map { $0 + 1 } ?? 0)...])
            let service = UnsafeBufferPointer(rebasing: bytes[..<(colon ?? 0)])
            if name.contains(where: { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") }) {
                return levelsOfPattern(service, name)
            }
            return AccessLevels(exceptions.level(bytes) ?? byName(service, name))
        }
    }
}

/// The names of exceptions, small, by hash.
private let exceptions = ExceptionTable()

/// An open hash table from `service:action` to its level: a dictionary of strings would cost the hot path more.
private struct ExceptionTable: Sendable {
    private static let size = 1024
    private var hashes = [UInt64](repeating: 0, count: size)
    private var levels = [AccessLevel](repeating: .write, count: size)
    private(set) var names: [(name: String, level: AccessLevel)] = []

    init() {
        for entry in exceptionalLevels {
            for action in entry.actions.split(separator: " ") {
                let name = "\(entry.service):\(action)".lowercasedASCII
                names.append((name, entry.level))
                var copy = name
                let hash = copy.withUTF8(hash)
                var place = Int(truncatingIfNeeded: hash) & (Self.size - 1)
                while hashes[place] != 0 { place = (place + 1) & (Self.size - 1) }
                hashes[place] = hash
                levels[place] = entry.level
            }
        }
    }

    func level(_ action: UnsafeBufferPointer<UInt8>) -> AccessLevel? {
        let hash = hash(action)
        var place = Int(truncatingIfNeeded: hash) & (Self.size - 1)
        while hashes[place] != 0 {
            if hashes[place] == hash { return levels[place] }
            place = (place + 1) & (Self.size - 1)
        }
        return nil
    }
}

/// FNV-1a over small letters; never 0, which marks an empty place.
private func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte.lowercasedASCII)) &* 0x0000_0100_0000_01B3 }
    return hash ^ (hash >> 32) | 1
}

/// The level that the first or last word of a name tells.
private func byName(_ service: UnsafeBufferPointer<UInt8>, _ name: UnsafeBufferPointer<UInt8>) -> AccessLevel {
    if starts(name, "list") || starts(name, "search") { return .list }
    if starts(name, "get") || starts(name, "batchget") || starts(name, "batchcheck") { return .read }
    if starts(name, "describe") { return equals(service, "ec2") || equals(service, "rds") ? .list : .read }
    if starts(name, "tag") || starts(name, "untag") || ends(name, "tagging") || ends(name, "tags") { return .tagging }
    if starts(name, "download") || starts(name, "receive") || starts(name, "query") || starts(name, "scan")
        || starts(name, "simulate")
    {
        return .read
    }
    if equals(service, "iam") || ends(name, "policy") || ends(name, "permission") || ends(name, "acl") {
        return .permissions
    }
    return .write
}

/// Every level that a pattern may cover: of its beginning, and of each exception that has its form.
private func levelsOfPattern(
    _ service: UnsafeBufferPointer<UInt8>,
    _ name: UnsafeBufferPointer<UInt8>
) -> AccessLevels {
    var found: AccessLevels
    if starts(name, "get") || starts(name, "batchget") {
        found = .read
    } else if starts(name, "list") {
        found = .list
    } else if starts(name, "describe") {
        found = [.list, .read]
    } else if starts(name, "tag") || starts(name, "untag") {
        found = .tagging
    } else if changing.contains(where: { starts(name, $0) }) {
        found = [.write, .permissions, .tagging]
    } else {
        return .every
    }
    let pattern = TextPattern(
        (String(decoding: service, as: UTF8.self) + ":" + String(decoding: name, as: UTF8.self)).lowercasedASCII
    )
    for exception in exceptions.names where pattern.matches(exception.name) {
        found.insert(AccessLevels(exception.level))
    }
    return found
}

private let changing: [StaticString] = [
    "put", "create", "delete", "update", "set", "modify", "add", "remove", "attach", "detach", "send", "publish",
    "invoke", "assume", "encrypt", "decrypt", "reencrypt", "copy", "restore", "replicate", "start", "stop",
]

private func starts(_ name: UnsafeBufferPointer<UInt8>, _ word: StaticString) -> Bool {
    let count = word.utf8CodeUnitCount
    guard name.count >= count else { return false }
    for index in 0..<count where name[index].lowercasedASCII != word.utf8Start[index] { return false }
    return true
}

private func ends(_ name: UnsafeBufferPointer<UInt8>, _ word: StaticString) -> Bool {
    let count = word.utf8CodeUnitCount
    guard name.count >= count else { return false }
    let from = name.count - count
    for index in 0..<count where name[from + index].lowercasedASCII != word.utf8Start[index] { return false }
    return true
}

private func equals(_ name: UnsafeBufferPointer<UInt8>, _ word: StaticString) -> Bool {
    name.count == word.utf8CodeUnitCount && starts(name, word)
}
