package import AWSClient

/// Reads a whole object of at most 8 MiB.
///
/// https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
package struct GetObject: AWSOperation {
    package static let service = AWSService.s3
    package static let name = "GetObject"
    package static let isWrite = false
    package let region: Region
    /// The bucket's name.
    package let bucket: String
    /// The object's key.
    package let key: String

    package init(bucket: String, key: String, region: Region) {
        self.bucket = bucket
        self.key = key
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        let segments = key.split(separator: "/", omittingEmptySubsequences: false)
        let path = segments.map { WireRequest.segment(String($0)) }.joined(separator: "/")
        return .restXML(method: "GET", path: "/\(WireRequest.segment(bucket))/\(path)")
    }

    /// The object's bytes.
    package func output(from response: WireResponse) throws(AWSError) -> [UInt8] {
        response.body
    }
}
