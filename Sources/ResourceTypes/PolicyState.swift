package import LosslessJSON
package import Policies

/// A policy as it was read, with the service's token for that version of it where it has one.
package struct PolicyState: RemedyState {
    /// With a statement for each of our Denies.
    package let document: PolicyDocument
    package let revision: String?
    /// As the service has it, or is to get it; several of our Denies may be folded into one statement.
    package let written: PolicyDocument

    package init(_ document: PolicyDocument, revision: String? = nil) {
        self.document = document
        self.revision = revision
        written = document
    }

    /// A document in which several of our Denies may be folded.
    package init(folded written: PolicyDocument) {
        document = written.unfolded
        revision = nil
        self.written = written
    }

    /// Whether several of our Denies are folded into one statement.
    package var isFolded: Bool { written.statements.count < document.statements.count }

    /// The whole document; null where the resource has none.
    package var shown: JSON { written.statements.isEmpty ? .null : .object(written.json) }

    /// Whether the documents are the same.
    package static func == (left: PolicyState, right: PolicyState) -> Bool {
        left.document == right.document
    }
}

/// How long a document may be, in characters without white space, and who says so.
package struct PolicyQuota: Sendable {
    package let characters: Int
    package let source: String

    package init(_ characters: Int, source: String) {
        self.characters = characters
        self.source = source
    }
}
