/// Whether Organizations is asked.
package enum OrganizationLookUps: String, Sendable, CaseIterable {
    /// Asked; a refusal matters only when a rule, or a score that decides, uses what was asked for.
    case auto
    /// Asked; a refusal is unavailable like every other failure.
    case on
    /// Not asked; unavailable when a rule names it.
    case off
}
