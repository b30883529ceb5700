package import AWSClient
import Basics
import LosslessJSON

/// Reads one file system.
///
/// https://docs.aws.amazon.com/efs/latest/ug/API_DescribeFileSystems.html
package struct DescribeFileSystem: AWSOperation {
    package static let service = AWSService.efs
    package static let name = "DescribeFileSystems"
    package static let isWrite = false
    package let region: Region
    /// Such as `fs-0123456789abcdef0`.
    package let fileSystemID: String

    package init(fileSystemID: String, region: Region) {
        self.fileSystemID = fileSystemID
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .restJSON(method: "GET", path: "/2015-02-01/file-systems", query: [("FileSystemId", fileSystemID)])
    }

    package func output(from response: WireResponse) throws(AWSError) -> ResourceDescription {
        guard let list = try response.json()["FileSystems"]?.array, list.count == 1, let system = list.first,
            system["FileSystemId"]?.string == fileSystemID
        else { throw response.unreadable("the answer is not about the one file system that was asked for") }
        return ResourceDescription(
            arn: system["FileSystemArn"]?.string,
            owner: system["OwnerId"]?.string,
            name: system["Name"]?.string.flatMap { $0.isEmpty ? nil : $0 },
            createdAt: try response.time(system["CreationTime"]),
            isEncrypted: system["Encrypted"]?.bool,
            tags: try response.tags(system["Tags"])
        )
    }
}

/// Reads a file system's policy. `PolicyNotFound` when it has none.
///
/// https://docs.aws.amazon.com/efs/latest/ug/API_DescribeFileSystemPolicy.html
package struct GetFileSystemPolicy: AWSOperation {
    package static let service = AWSService.efs
    package static let name = "DescribeFileSystemPolicy"
    package static let isWrite = false
    package let region: Region
    /// Such as `fs-0123456789abcdef0`.
    package let fileSystemID: String

    package init(
        fileSystemID: String,
        region: Region
    ) {
        self.fileSystemID = fileSystemID
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .restJSON(method: "GET", path: "/2015-02-01/file-systems/\(PercentEncoding.segment(fileSystemID))/policy")
    }

    package func output(from response: WireResponse) throws(AWSError) -> ResourcePolicy {
        try response.policy("Policy")
    }
}

/// Replaces a file system's policy. The lock-out check of the service is never bypassed.
///
/// https://docs.aws.amazon.com/efs/latest/ug/API_PutFileSystemPolicy.html
package struct PutFileSystemPolicy: AWSOperation {
    package static let service = AWSService.efs
    package static let name = "PutFileSystemPolicy"
    package static let isWrite = true
    package let region: Region
    /// Such as `fs-0123456789abcdef0`.
    package let fileSystemID: String
    /// The whole document.
    package let policy: String

    package init(
        fileSystemID: String,
        policy: String,
        region: Region
    ) {
        self.fileSystemID = fileSystemID
        self.policy = policy
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .restJSON(
            method: "PUT",
            path: "/2015-02-01/file-systems/\(PercentEncoding.segment(fileSystemID))/policy",
            body: ["Policy": .string(policy)]
        )
    }

    package func output(from response: WireResponse) throws(AWSError) {}
}
