import Findings

extension Reason {
    /// Why somebody is asked about what the rule itself would block.
    static let askedByMode = Reason(.bound, "In approve mode a person decides before anything is blocked.")
}
