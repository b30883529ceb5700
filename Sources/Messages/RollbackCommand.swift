import Basics

/// What to type to undo the change for a finding.
package enum RollbackCommand {
    /// - Parameter region: the analyzer's, which the finding is read from again; empty where nothing says it.
    package static func text(finding: String, resource: String, region: String) -> String {
        "gatehouse rollback \(finding.shellQuoted) --resource \(resource.shellQuoted)"
            + (region.isEmpty ? "" : " --region \(region.shellQuoted)")
    }
}
