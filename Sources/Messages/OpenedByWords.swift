import Basics
import Findings
package import LosslessJSON

/// Who has made the change before the finding, as CloudTrail tells it; every word of it is from outside.
package enum OpenedByWords {
    /// Empty where nobody asked.
    static func lines(_ input: Case) -> [String] {
        guard let json = input.context["openedBy"] else { return [] }
        guard let change = change(json) else {
            return (json["why"]?.string).map { ["Who changed it last is not known. \($0.printable(limit: 400))."] }
                ?? []
        }
        let request =
            json["namesPrincipal"]?.bool == true
            ? "Its request lets the principal in."
            : "Its request does not name the principal: an earlier change may have opened the access."
        return ["Last changed before the finding by (CloudTrail): \(change). \(request)"]
    }

    /// Who, what, when, from where and with what; `nil` where it is not known.
    package static func change(_ json: JSON) -> String? {
        func part(_ words: String, _ key: String, limit: Int) -> String {
            guard let text = json[key]?.string, !text.isEmpty else { return "" }
            return words + text.printable(limit: limit)
        }
        guard json["who"]?.string != nil else { return nil }
        var text = part("", "who", limit: 500) + part(", ", "operation", limit: 100) + part(" on ", "at", limit: 40)
        text += part(" from ", "from", limit: 100)
        // What callers write of themselves is not ours to say.
        if let program = json["with"]?.string, !program.isEmpty {
            text += " (User-Agent \"\(program.printable(limit: 200))\")"
        }
        if let number = json["passedOver"]?.int, number > 0 {
            text += " (\(number) later by roles of Gatehouse not counted)"
        }
        return text
    }
}
