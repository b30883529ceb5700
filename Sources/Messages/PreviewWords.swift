import Basics
import Findings

/// What Access Analyzer said beforehand, in a sentence; `nil` where it was not asked, or nothing came of it.
enum PreviewWords {
    static func sentence(_ input: Case) -> String? {
        guard let preview = input.preview else { return nil }
        let why = preview.why.map { " \($0.printable(limit: 500))" } ?? ""
        switch preview.status {
        case .confirmed: return "Access Analyzer's preview confirms that the change resolves the finding."
        case .unconfirmed:
            return
                "Access Analyzer may keep listing the access although it is blocked: by its preview no form of the change "
                + "resolves the finding.\(why)"
        case .unavailable: return "Access Analyzer could not be asked beforehand.\(why)"
        case .contradicted, .pending: return nil
        }
    }
}
