/// The kinds of problems of a rules file. Codes are never given to another kind; each has a page
/// (`Rules.docc/Codes`, `gatehouse rules code E001`).
package enum RuleCode: String, Sendable, CaseIterable {
    case notJSON = "E001"
    case tooLarge = "E002"
    case wrongKind = "E003"
    case missing = "E004"
    case unknownMember = "E005"
    case empty = "E006"
    case version = "E007"
    case outOfRange = "E008"
    case repeatedName = "E101"
    case unusableName = "E102"
    case unknownAction = "E103"
    case expiry = "E104"
    case means = "E105"
    case unreachable = "E106"
    case unknownKey = "E201"
    case unknownOperator = "E202"
    case notComparable = "E203"
    case impossibleValue = "E204"
    case contradiction = "E205"
    case unknownWeight = "E301"

    case archivesByDefault = "W101"
    case defaultNotBlocked = "W102"
    case highArchiveBelow = "W103"
    case ignoresByDefault = "W104"
    case unknownType = "W201"
    case unknownRegion = "W202"
    case malformedAccount = "W203"
    case literalWildcard = "W204"
    case similarAccount = "W205"
    case similarTag = "W206"
    case unknownValue = "W207"
    case archivesPublic = "W301"
    case archivesTooMuch = "W302"
    case unowned = "W303"
    case notBlocked = "W304"
    case meansOfBuckets = "W305"
    case ignoresTooMuch = "W306"
    case neverBlocked = "W307"
    case expiresSoon = "W401"
    case expired = "W402"

    /// Whether a file that has it cannot be used; the others are warnings.
    package var isError: Bool { rawValue.utf8.first == UInt8(ascii: "E") }

    /// Whether what is wrong is a member's key, and not its value.
    var isAboutKey: Bool {
        switch self {
        case .unknownMember, .unknownKey, .unknownOperator, .notComparable, .contradiction, .unknownWeight, .similarTag:
            true
        default: false
        }
    }
}
