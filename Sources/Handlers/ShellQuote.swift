/// An argument quoted for a POSIX shell: a role's path may hold `$(…)`, backticks, quotes and semicolons.
package func shellQuoted(_ argument: String) -> String {
    let isPlain = { (byte: UInt8) in
        byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || "_./:=@%+,-".utf8.contains(byte)
    }
    if !argument.isEmpty, argument.utf8.first != UInt8(ascii: "-"), argument.utf8.allSatisfy(isPlain) {
        return argument
    }
    var quoted = "'"
    for character in argument.unicodeScalars {
        quoted += character == "'" ? "'\\''" : String(character)
    }
    return quoted + "'"
}

/// What to type to undo the change for a finding.
///
/// - Parameter region: the analyzer's, which the finding is read from again; empty where nothing says it.
package func rollbackCommand(finding: String, resource: String, region: String) -> String {
    "gatehouse rollback \(shellQuoted(finding)) --resource \(shellQuoted(resource))"
        + (region.isEmpty ? "" : " --region \(shellQuoted(region))")
}
