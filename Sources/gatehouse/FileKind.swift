import LosslessJSON

/// What a JSON file is by its keys, so that two files that were swapped are named and not read as the other.
enum FileKind {
    case account
    case event
    case other

    init(_ json: JSON) {
        if json["detail-type"] != nil || json["detail"] != nil || json["finding"] != nil || json["Records"] != nil {
            self = .event
        } else if json["account"] != nil,
            ["roles", "resources", "findings", "environment", "analyzers"].contains(where: { json[$0] != nil })
        {
            self = .account
        } else {
            self = .other
        }
    }

    /// Throws when the file that `--account` names is an event or case.
    static func checkAccount(_ json: JSON, _ path: String) throws(CommandError) {
        guard FileKind(json) == .event else { return }
        throw CommandError(
            "\(Terminal.name(path)) is not an account's file but an event or case: did you swap EVENT and --account?"
        )
    }

    /// Throws when the file in the event's place is an account's.
    static func checkEvent(_ bytes: [UInt8], _ path: String) throws(CommandError) {
        guard let json = try? JSON.parse(bytes), FileKind(json) == .account else { return }
        throw CommandError(
            "\(Terminal.name(path)) is not an event or case but an account's file: name it with --account"
        )
    }
}
