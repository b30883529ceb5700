import AWSClient
import Basics
import Policies
import ResourceTypes

extension ChangedResource {
    /// A resource by its ARN and what else is known of where it is; `nil` in another partition than those that are
    /// served, and where its region or account cannot be told.
    ///
    /// - Parameters:
    ///   - account: where the ARN does not say it.
    ///   - region: where the ARN does not say it.
    init?(_ arn: ARN, account: String?, region: String?) {
        guard let partition = Partition(rawValue: arn.partition),
            let account = arn.account.isAccountID ? arn.account : account
        else { return nil }
        let name = arn.region.isEmpty ? region ?? "" : arn.region
        guard let region = arn.service == "iam" ? partition.globalRegion : try? Region(name) else { return nil }
        self.init(arn, partition: partition, account: account, region: region)
    }
}
