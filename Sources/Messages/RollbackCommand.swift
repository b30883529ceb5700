import Basics
package import Findings
import LosslessJSON

/// What to type to undo the change for a finding.
package enum RollbackCommand {
    /// - Parameters:
    ///   - region: the analyzer's, which the finding is read from again; empty where nothing says it.
    ///   - changes: what was changed; named where that is not found by a Sid.
    package static func text(
        finding: String,
        resource: String,
        region: String,
        changes: [Outcome.Change] = []
    ) -> String {
        let named = namedChanges(changes)
        return "gatehouse rollback \(finding.shellQuoted) --resource \(resource.shellQuoted)"
            + (region.isEmpty ? "" : " --region \(region.shellQuoted)")
            + (named.isEmpty ? "" : " --changes \(JSON.array(named).text().shellQuoted)")
    }

    /// All changes, where one of them is not found by a Sid; else none has to be named.
    static func namedChanges(_ changes: [Outcome.Change]) -> [JSON] {
        changes.allSatisfy(\.isFoundBySid) ? [] : changes.map(\.named)
    }
}
