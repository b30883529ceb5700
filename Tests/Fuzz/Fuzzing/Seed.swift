import FoundationEssentials
import LosslessJSON

/// An input of the corpus, and the tree in it where it holds one.
package struct Seed: Sendable {
    let bytes: [UInt8]
    /// What stands before the JSON: nothing, or a first line that is none of it.
    let head: [UInt8]
    let tree: Node?

    init(_ bytes: [UInt8], _ form: FuzzTarget.Form) {
        self.bytes = bytes
        guard case .json = form else {
            (head, tree) = ([], nil)
            return
        }
        let lineEnd = bytes.firstIndex(of: 0x0A).map { $0 + 1 } ?? 0
        for start in [0, lineEnd] {
            if let json = try? JSON.parse(Array(bytes[start...])) {
                (head, tree) = (Array(bytes[..<start]), Node(json))
                return
            }
        }
        (head, tree) = ([], nil)
    }

    /// The corpus of a target: the files of its folder, by name.
    package static func corpus(of target: FuzzTarget, in folder: String) throws -> [Seed] {
        let path = "\(folder)/\(target.name)"
        return try FileManager.default.contentsOfDirectory(atPath: path).sorted().map { name in
            let data = try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(name)"))
            return Seed(Array(data), target.form)
        }
    }

    /// The corpus that is kept beside this file.
    package static let folder = #filePath.split(separator: "/").dropLast(2).reduce("") { "\($0)/\($1)" } + "/corpus"
}
