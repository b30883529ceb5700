package import AWSClient
package import Basics
package import Policies

/// A resource that may be changed, and where it is: an S3 bucket's ARN says neither its account nor its region.
package struct ChangedResource: Sendable {
    package let arn: ARN
    package let partition: Partition
    /// Twelve digits.
    package let account: String
    package let region: Region

    package init(_ arn: ARN, partition: Partition, account: String, region: Region) {
        self.arn = arn
        self.partition = partition
        self.account = account
        self.region = region
    }

    /// The part of the ARN after `prefix`; `nil` when it does not go on so.
    func name(after prefix: String, mayHoldSlashes: Bool = false) -> String? {
        let name = arn.name(after: prefix)
        guard arn.resource.hasPrefix(prefix), !name.isEmpty, mayHoldSlashes || !name.utf8.contains(UInt8(ascii: "/"))
        else { return nil }
        return name
    }
}
