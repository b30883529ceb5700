import Glibc

/// The variables of an environment by name.
///
/// A list and not a dictionary: the first dictionary of a process makes the Swift runtime walk every conformance in
/// the binary, which would be a tenth of the time until the function is ready.
package struct EnvironmentVariables: Sendable, Equatable, ExpressibleByDictionaryLiteral {
    /// One variable.
    package struct Variable: Sendable, Equatable {
        /// The name, unique.
        package let name: String
        /// The value, perhaps empty.
        package var value: String
    }

    /// All variables in order.
    package private(set) var variables: [Variable]

    /// Variables as a literal; of a repeated name the last value stays.
    package init(dictionaryLiteral elements: (String, String)...) {
        variables = []
        for (name, value) in elements { self[name] = value }
    }

    /// Variables that are known to have different names, as those of a process have.
    package init(unique variables: [Variable]) {
        self.variables = variables
    }

    /// The value of a variable; `nil` when it is not set. Setting `nil` removes it.
    package subscript(_ name: String) -> String? {
        get { variables.first { $0.name == name }?.value }
        set {
            variables.removeAll { $0.name == name }
            if let newValue { variables.append(Variable(name: name, value: newValue)) }
        }
    }
}

extension EnvironmentVariables.Variable {
    /// One `NAME=value`; `nil` for text without an equals sign.
    package init?(_ entry: String) {
        guard let equals = entry.utf8.firstIndex(of: UInt8(ascii: "=")) else { return nil }
        name = String(entry[..<equals])
        value = String(entry[entry.utf8.index(after: equals)...])
    }
}

extension EnvironmentVariables {
    /// The process's own. Foundation would have them too, but loading it costs more than reading them.
    package static func ofProcess() -> EnvironmentVariables {
        var variables: [Variable] = []
        var next = environ
        while let entry = next.pointee {
            if let variable = Variable(String(cString: entry)) { variables.append(variable) }
            next += 1
        }
        return EnvironmentVariables(unique: variables)
    }
}
