import Glibc
import LosslessJSON

/// Files and folders that commands are given.
enum Files {
    /// Reads a file, or standard input for `-`, up to 16 MiB.
    static func contents(of path: String) throws(CommandError) -> [UInt8] {
        let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw CommandError("cannot open \(Terminal.name(path)): \(String(cString: strerror(errno)))")
        }
        defer { if descriptor != STDIN_FILENO { close(descriptor) } }
        let limit = 16 << 20
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = chunk.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if count == 0 { return bytes }
            guard count > 0 else {
                if errno == EINTR { continue }
                throw CommandError("cannot read \(Terminal.name(path)): \(String(cString: strerror(errno)))")
            }
            bytes += chunk[..<count]
            guard bytes.count <= limit else {
                throw CommandError("\(Terminal.name(path)) holds more than \(limit) bytes")
            }
        }
    }

    /// Reads a JSON file.
    static func json(_ path: String) throws(CommandError) -> JSON {
        let bytes = try contents(of: path)
        do {
            return try JSON.parse(bytes)
        } catch {
            throw CommandError("\(Terminal.name(path)) is not JSON that can be read: \(error)")
        }
    }

    /// The names in a folder that end so, in the order of their bytes; hidden files are left out.
    static func names(in folder: String, ending: String) throws(CommandError) -> [String] {
        guard let stream = opendir(folder) else {
            throw CommandError("cannot open \(Terminal.name(folder)): \(String(cString: strerror(errno)))")
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasSuffix(ending), !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// Writes a file whole, in the place of one that is there.
    static func write(_ text: String, to path: String) throws(CommandError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw CommandError("cannot write \(Terminal.name(path)): \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        try Terminal.write(Array(text.utf8), to: descriptor)
    }
}
