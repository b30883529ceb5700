import AWSOperations
import Basics
import Findings
import LosslessJSON
import Policies

/// What a preview's findings say of one finding.
enum PreviewVerdict: Equatable {
    /// It would be resolved, and no new one would appear.
    case closed
    /// It would stay; with why, as a sentence.
    case stays(String)
    /// A new active one would appear, described in words that follow a colon.
    case opens(String)

    /// - Parameter known: whom else the document lets in already: of them Access Analyzer has perhaps no finding yet.
    init(of finding: Finding, _ previewed: [PreviewedFinding], known: Set<String>) {
        let opened = previewed.filter { new in
            new.isNew && !new.principals.allSatisfy { $0 != .everyone && known.contains($0.element.value) }
        }
        if let new = opened.first {
            let others = opened.count - 1
            self = .opens(Self.words(new) + (others > 0 ? " and \(others) more" : ""))
            return
        }
        // An organization analyzer's finding has another id in the account's own analyzer.
        let ours =
            previewed.first { $0.existingID == finding.id }
            ?? previewed.first { $0.existingID != nil && Self.isSame($0, finding) }
        switch ours?.status {
        case "RESOLVED"?: self = .closed
        case let status?: self = .stays("Access Analyzer would keep the finding \(status.printable(limit: 50)).")
        case nil: self = .stays("Access Analyzer's preview does not hold the finding.")
        }
    }

    private static func isSame(_ previewed: PreviewedFinding, _ finding: Finding) -> Bool {
        let json = previewed.json
        let actions = json["action"]?.array?.compactMap(\.string) ?? json["action"]?.string.map { [$0] } ?? []
        return json["resource"]?.string == finding.resource.description && previewed.principals == finding.principals
            && Set(actions.map(\.lowercasedASCII)) == Set(finding.actions.map(\.lowercasedASCII))
    }

    private static func words(_ previewed: PreviewedFinding) -> String {
        let who = previewed.json["principal"]?.object?.members.map { $0.value.string ?? $0.value.text() }
        let what = previewed.json["action"]?.array?.compactMap(\.string)
        let condition = previewed.json["condition"].map { $0.object?.isEmpty == false ? " under \($0.text())" : "" }
        let text =
            "\((who ?? []).joined(separator: ", ")) may use \((what ?? []).joined(separator: ", "))\(condition ?? "")"
        return text.printable(limit: 500)
    }
}

extension PreviewedFinding {
    /// Whether it would be a new active one.
    var isNew: Bool { changeType == "NEW" && status == "ACTIVE" }

    /// Whom it would be about.
    var principals: [Principal] {
        (json["principal"]?.object?.members ?? JSONObject().members).compactMap { member in
            member.value.string.map { Principal(key: member.key, value: $0) }
        }
    }
}
