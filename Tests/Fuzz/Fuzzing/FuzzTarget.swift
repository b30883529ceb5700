/// Something that reads bytes from outside, with what must hold whatever they are.
package struct FuzzTarget: Sendable, CustomStringConvertible {
    /// How inputs are changed beside byte by byte.
    enum Form: Sendable {
        /// JSON, in whole or after a first line.
        case json
        /// Anything else: words of the target are put in and taken out.
        case text
    }

    /// As the command line and the folder of the corpus name it.
    package let name: String
    let form: Form
    /// What is worth putting into an input. Of JSON: keys and values as they are spelled, with their quotes.
    let words: [String]
    /// Whether the input was accepted. Throws what does not hold.
    package let check: @Sendable (_ input: [UInt8]) throws(Breach) -> Bool

    init(
        _ name: String,
        _ form: Form,
        words: [String],
        check: @escaping @Sendable ([UInt8]) throws(Breach) -> Bool
    ) {
        self.name = name
        self.form = form
        self.words = words
        self.check = check
    }

    package var description: String { name }

    /// All of them.
    package static let all: [FuzzTarget] = [
        .json, .xml, .event, .rollback, .rules, .arn, .policy, .deny, .http, .answer, .approve, .request, .token,
        .preview,
    ]
}

/// Something that must hold of every input, and does not.
package struct Breach: Error, CustomStringConvertible {
    /// What does not hold.
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// Throws unless `condition` holds.
func hold(_ condition: Bool, _ what: @autoclosure () -> String) throws(Breach) {
    guard condition else { throw Breach(what()) }
}
