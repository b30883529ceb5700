import AWSClient
import Basics
import Findings
import LosslessJSON
import Policies

/// The part of an organization that one sweep looks at: a region, and there the resources of one account or of all.
///
/// What the ledger has of changes and requests is not looked at then, so that many such sweeps may run side by side.
struct SweepScope {
    let region: Region
    /// The account that owns the resources; `nil` for every account that the region's analyzers see.
    let account: String?

    /// Reads `scope` of an input; an empty account, as a table's column has it, is none.
    init(_ json: JSON) throws(InvalidEvent) {
        guard let object = json.object else { throw InvalidEvent("scope", "must be an object, not \(json.kind)") }
        for key in object.members.map(\.key) where !["account", "region"].contains(key) {
            throw InvalidEvent("scope.\(key.printable(limit: 100))", "is unknown; it may hold account and region")
        }
        guard let name = object["region"]?.string else {
            throw InvalidEvent("scope.region", "must be the name of a region such as us-east-1")
        }
        do throws(Region.Invalid) {
            region = try Region(name)
        } catch {
            throw InvalidEvent("scope.region", error.message)
        }
        let given = object["account"].flatMap { $0 == .null || $0 == "" ? nil : $0 }
        account = given?.string
        guard given == nil || account?.isAccountID == true else {
            throw InvalidEvent("scope.account", "must be an account id of 12 digits")
        }
    }
}
