import Findings
import LosslessJSON

/// What Access Analyzer said after the change, as the verify step has it in the case.
struct VerificationWords {
    /// How the finding stood at the last look.
    enum Status: String {
        /// Access Analyzer agrees that the access is gone.
        case resolved = "RESOLVED"
        /// It has not analysed the resource again.
        case pending = "PENDING"
        /// It went on reporting the access for as long as we looked.
        case stillActive = "STILL_ACTIVE"
    }

    let status: Status
    /// The number of the last look, from 1; `nil` where the case does not say.
    let attempt: Int?
    /// Whether our change was there at the last look; `nil` where nobody could see that.
    let isChangeThere: Bool?
    /// Whether somebody has archived the finding meanwhile.
    private let isArchived: Bool

    /// `nil` where nobody has looked, or the case says it in words that we do not know.
    init?(_ input: Case) {
        guard let json = input.json["verification"], let text = json["status"]?.string,
            let status = Status(rawValue: text)
        else { return nil }
        self.status = status
        attempt = json["attempt"]?.int
        isChangeThere = json["change"]?.string.flatMap { $0 == "PRESENT" ? true : $0 == "GONE" ? false : nil }
        isArchived = json["findingStatus"]?.string == "ARCHIVED"
    }

    /// One sentence for a person.
    var sentence: String {
        let looks = attempt.map { $0 == 1 ? "1 check" : "\($0) checks" }
        switch status {
        case .resolved:
            return "Access Analyzer confirms that the access is gone."
        case .pending:
            return "Access Analyzer has not confirmed it yet\(looks.map { ", after \($0)" } ?? "")."
        case .stillActive where isArchived:
            return
                "But Access Analyzer has the finding as ARCHIVED\(looks.map { " after \($0)" } ?? ""), which says nothing "
                + "about the access: treat it as open until a person has looked."
        case .stillActive:
            let listed = "But Access Analyzer still reports the access\(looks.map { " after \($0)" } ?? "")"
            switch isChangeThere {
            case true?: return "\(listed), although our change is there: something else may grant it."
            case false?: return "\(listed), and our change is gone: somebody has overwritten or edited it."
            case nil: return "\(listed): treat it as open until a person has looked."
            }
        }
    }
}
