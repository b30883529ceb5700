import Basics
import LosslessJSON
import Policies
import Rules

/// A policy that can be judged, with its text.
struct CheckedPolicy {
    /// As it was given.
    let path: String
    let text: String
    let document: PolicyDocument
    /// Where each statement begins; from 1, columns in Unicode scalars.
    let places: [(line: Int, column: Int)]

    /// No service takes a longer one.
    static let limit = 256 << 10

    /// Why a file is no policy of a resource.
    struct NotAPolicy: Error {
        let reason: String
        let line: Int
        let column: Int
    }

    /// Reads a policy of a resource. Throws why it is none, and where.
    init(_ path: String, _ bytes: [UInt8]) throws(NotAPolicy) {
        func fault(_ reason: String, _ place: (line: Int, column: Int) = (1, 1)) -> NotAPolicy {
            NotAPolicy(reason: reason, line: place.line, column: place.column)
        }
        guard bytes.count <= Self.limit else {
            throw fault("holds \(bytes.count) bytes, and no service takes a policy of more than \(Self.limit)")
        }
        let json: JSON
        do throws(JSONError) {
            json = try JSON.parse(bytes)
        } catch {
            throw fault("is not JSON: \(error.reason)", RulesText.position(of: error.offset, in: bytes))
        }
        do throws(PolicyError) {
            document = try PolicyDocument(json)
        } catch {
            throw fault("is not a policy: \(error)")
        }
        let list = RulesPlace.file.member("Statement")
        let isList = json["Statement"]?.array != nil
        var lines = RulesText(bytes)
        places = document.statements.indices.map { lines.position(of: isList ? list.element($0) : list) }
        self.path = path
        text = String(decoding: bytes, as: UTF8.self)
        guard !document.statements.isEmpty else { throw fault("is not a policy: it has no statement") }
        for (index, statement) in document.statements.enumerated() {
            let name = document.name(ofStatement: index)
            guard statement.principals.isEmpty, statement.json["NotPrincipal"] == nil else { continue }
            let lack = statement.json["Principal"] == nil ? "has no Principal" : "names nobody in its Principal"
            throw fault("is not a policy of a resource: \(name) \(lack)", places[index])
        }
    }
}
