package import LosslessJSON

/// Why a document is not a policy that we can read, or an edit is none that we make.
package struct PolicyError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The reason in words.
    package let description: String

    /// A reason.
    package init(_ description: String) {
        self.description = description
    }
}

/// A policy document exactly as it was returned, with its statements read.
package struct PolicyDocument: Sendable, Equatable {
    /// The whole document; edits change nothing but `Statement`.
    package let json: JSONObject
    /// The statements in order. A lone statement object counts as a list of one.
    package let statements: [Statement]

    /// Stands for the document of a resource that has none.
    package static let empty = PolicyDocument()

    private init() {
        json = JSONObject([("Version", "2012-10-17"), ("Statement", [])])
        statements = []
    }

    /// Reads a document from text.
    package init(text: String) throws(PolicyError) {
        do {
            try self.init(JSON.parse(text: text))
        } catch let error as JSONError {
            throw PolicyError("the document is not JSON: \(error)")
        } catch let error as PolicyError {
            throw error
        } catch {
            throw PolicyError("\(error)")
        }
    }

    /// Reads a document from JSON.
    package init(_ json: JSON) throws(PolicyError) {
        guard let object = json.object else { throw PolicyError("the document is \(json.kind), not an object") }
        try self.init(object)
    }

    init(_ object: JSONObject) throws(PolicyError) {
        let list: [JSON]
        switch object["Statement"] {
        case .array(let elements): list = elements
        case .object(let single): list = [.object(single)]
        case nil: throw PolicyError("the document has no Statement")
        case .some(let other): throw PolicyError("the document's Statement is \(other.kind)")
        }
        var statements: [Statement] = []
        for (index, element) in list.enumerated() {
            guard let json = element.object else {
                throw PolicyError("statement \(index + 1) is \(element.kind), not an object")
            }
            do {
                statements.append(try Statement(json))
            } catch {
                throw PolicyError("statement \(index + 1) \(error)")
            }
        }
        json = object
        self.statements = statements
    }

    /// The document without white space, as it is sent: what IAM does not take as it is (above U+00FF) can only have
    /// been an escape, and is one again.
    package var text: String {
        JSON.object(json).text(escapingAbove: 0xFF)
    }

    /// What IAM counts against the quota: the characters of the document without white space.
    package var size: Int {
        text.unicodeScalars.count
    }

    /// Whether the document holds only characters that IAM takes (U+0009, U+000A, U+000D, U+0020 to U+00FF).
    ///
    /// Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAssumeRolePolicy.html
    package var hasOnlyLegalCharacters: Bool {
        text.unicodeScalars.allSatisfy { (0x20...0xFF).contains($0.value) || [9, 10, 13].contains($0.value) }
    }

    /// How people find statement `index` (from 0): by its Sid, else by its place.
    package func name(ofStatement index: Int) -> String {
        statements[index].sid.map { "statement \(index + 1) (Sid \($0))" } ?? "statement \(index + 1) (no Sid)"
    }

    /// Ids of deleted users and roles with the statement that names them; IAM refuses every write of such a document.
    package var deadPrincipals: [(id: String, statement: String)] {
        statements.indices.flatMap { index in
            statements[index].principals.compactMap { principal in
                guard case .uniqueID(let id) = principal else { return nil }
                return (id, name(ofStatement: index))
            }
        }
    }

    /// The document with a statement of ours at its end; everything else stays as it is spelled.
    ///
    /// `Statement` may be one object in place of a list, and must become a list. So that `removing` can give back what
    /// was there, our statement then has its `Effect` first and not its `Sid`: the order of members means nothing to
    /// AWS.
    package func appending(_ statement: JSONObject) throws(PolicyError) -> PolicyDocument {
        var object = json
        var added = statement
        if json["Statement"]?.object != nil || statements.contains(where: \.wasAddedToLoneStatement) {
            added = JSONObject([("Effect", statement["Effect"] ?? "Deny")])
            for member in statement.members { added[member.key] = member.value }
        }
        // The others were read before, and are as they were.
        let all = statements + [try Statement(added)]
        object["Statement"] = .array(all.map { .object($0.json) })
        return PolicyDocument(object, statements: all)
    }

    /// The document without the statement of ours at `index` (from 0), as it was before `appending`.
    package func removing(at index: Int) throws(PolicyError) -> PolicyDocument {
        guard statements.indices.contains(index) else { throw PolicyError("there is no statement \(index + 1)") }
        guard statements.count > 1 else { throw PolicyError("it is the document's only statement") }
        var rest = statements.map { JSON.object($0.json) }
        rest.remove(at: index)
        var object = json
        object["Statement"] = statements[index].wasAddedToLoneStatement && rest.count == 1 ? rest[0] : .array(rest)
        return try PolicyDocument(object)
    }
}

extension PolicyDocument {
    /// Whether both have the same statements in the same order, and the same beside them; one statement may stand alone or in
    /// a list.
    package func saysTheSame(as other: PolicyDocument) -> Bool {
        func rest(_ document: PolicyDocument) -> [JSONObject.Member] {
            document.json.members.filter { $0.key != "Statement" }
        }
        return statements.map(\.json) == other.statements.map(\.json) && rest(self) == rest(other)
    }

    /// The document with these of its statements, or with others in their place.
    package func keeping(_ kept: [Statement]) -> PolicyDocument {
        var object = json
        object["Statement"] = .array(kept.map { .object($0.json) })
        return PolicyDocument(object, statements: kept)
    }

    private init(_ json: JSONObject, statements: [Statement]) {
        self.json = json
        self.statements = statements
    }
}

extension Statement {
    /// Whether it is ours and was added to a document whose `Statement` was one object.
    var wasAddedToLoneStatement: Bool {
        sid?.hasPrefix("Gatehouse") ?? false && effect == .deny && json.members.first?.key == "Effect"
    }
}
