import Basics

/// A place in a rules file, by the way to it from the outermost object.
package struct RulesPlace: Sendable, Equatable, CustomStringConvertible {
    /// One step inwards.
    enum Step: Sendable, Equatable {
        case member(String)
        /// An element of a list; of `rules` with the rule's name.
        case element(Int, name: String?)
        /// The element of a list of texts that is this text.
        case text(String)
    }

    private(set) var steps: [Step] = []

    /// The file as a whole.
    package static let file = RulesPlace()

    /// What stands there under a key.
    package func member(_ key: String) -> RulesPlace { adding(.member(key)) }

    /// An element of the list that stands there.
    package func element(_ index: Int, name: String? = nil) -> RulesPlace { adding(.element(index, name: name)) }

    func text(_ text: String) -> RulesPlace { adding(.text(text)) }

    private func adding(_ step: Step) -> RulesPlace {
        var place = self
        place.steps.append(step)
        return place
    }

    /// Such as `rules[2] "shared-key".when.tags.Environment`; empty for the file as a whole.
    package var description: String {
        var text = ""
        for step in steps {
            switch step {
            case .member(let key): text += (text.isEmpty ? "" : ".") + key.printable(limit: 100)
            case .element(let index, let name): text += "[\(index)]" + (name.map { " \($0.quotedName)" } ?? "")
            case .text: break
            }
        }
        return text
    }
}
