import Findings

/// How the access stands: the first words of every message.
enum AccessState {
    /// Nobody has taken it away.
    case open
    /// It was tried, and nobody knows how it ended.
    case unknown
    /// Our change is gone, and Access Analyzer reports the access.
    case stillOpen
    /// Our change was taken back.
    case undone
    /// Our change is there, and Access Analyzer goes on reporting the access.
    case stillListed
    /// Our change is there, and Access Analyzer has not confirmed it yet.
    case notYetVerified
    /// Our change is there, and Access Analyzer agrees that the access is gone.
    case blocked

    init(_ input: Case) {
        switch input.outcome?.status {
        case .resolved?, .alreadyResolved?:
            let verification = VerificationWords(input)
            switch verification?.status {
            case .resolved?: self = .blocked
            case .pending?, nil: self = .notYetVerified
            // Where nobody could look whether the change is there, the access counts as open.
            case .stillActive?: self = verification?.isChangeThere == true ? .stillListed : .stillOpen
            }
        case .rolledBack?: self = .undone
        case .failed?, .conflict?: self = .unknown
        case .archived?, .observed?, .ignored?, .exempt?, .protected?, .refused?, .awaitingApproval?, .deniedApproval?,
            nil:
            self = .open
        }
    }

    /// As the subject says it.
    var words: String {
        switch self {
        case .open: "OPEN"
        case .unknown: "UNKNOWN"
        case .stillOpen: "STILL OPEN"
        case .undone: "UNDONE"
        case .stillListed: "BLOCKED, STILL LISTED"
        case .notYetVerified: "BLOCKED, NOT YET VERIFIED"
        case .blocked: "BLOCKED"
        }
    }

    /// Whether our change stands, as far as anybody knows.
    var isBlocked: Bool {
        switch self {
        case .blocked, .notYetVerified, .stillListed: true
        case .open, .unknown, .stillOpen, .undone: false
        }
    }
}
