package import AWSClient
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
