import Basics
import LosslessJSON

extension Statement {
    /// The resources that a statement is about, as ARN patterns.
    package enum Resources: Sendable, Equatable {
        /// The statement has no such element: the policy's own resource is meant, as in a trust policy.
        case own
        case only([String])
        case except([String])

        /// As the statement has them.
        package var patterns: [String] {
            switch self {
            case .own: []
            case .only(let patterns), .except(let patterns): patterns
            }
        }

        /// How much of a request for `resource` is meant; `nil` stands for the policy's own resource as a whole.
        package func coverage(of resource: String?) -> Coverage {
            switch self {
            case .own: return .every
            case .only(let patterns): return patterns.map { Self.coverage($0, resource) }.max() ?? .none
            case .except(let patterns): return (patterns.map { Self.coverage($0, resource) }.max() ?? .none).inverted
            }
        }

        /// Compares a pattern with a resource, which may be a pattern itself.
        ///
        /// A wildcard stands within one part of an ARN (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html);
        /// whether one reaches over a colon is not said, so that is never certain.
        private static func coverage(_ pattern: String, _ resource: String?) -> Coverage {
            guard pattern != "*" else { return .every }
            guard let resource, !pattern.holdsVariable, !resource.holdsVariable else { return .some }
            if pattern.hasSameBytes(as: resource) { return .every }
            // A `?` stands for one character and not for the star that it would match here.
            let isComparable = !resource.hasWildcard || !pattern.utf8.contains(UInt8(ascii: "?"))
            if isComparable, ARNPattern(pattern).matches(resource) { return .every }
            return resource.hasWildcard || Wildcards.match(pattern, resource) ? .some : .none
        }
    }
}

/// An ARN with wildcards, compared part by part: a wildcard does not reach over a colon, but in the last part.
struct ARNPattern {
    private let parts: [Substring]

    init(_ text: String) {
        parts = Self.parts(of: text)
    }

    /// Whether the text has the six parts of an ARN and each is matched.
    func matches(_ text: String) -> Bool {
        let others = Self.parts(of: text)
        return parts.count == 6 && others.count == 6
            && zip(parts, others).allSatisfy { Wildcards.match(String($0), String($1)) }
    }

    private static func parts(of text: String) -> [Substring] {
        text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
    }
}
