import Basics
import LosslessJSON

/// An Amazon Resource Name: `arn:partition:service:region:account:resource`.
///
/// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
package struct ARN: Sendable, Hashable, CustomStringConvertible {
    /// `aws`, `aws-cn`, `aws-us-gov` or another of AWS's partitions.
    package let partition: String
    /// The service's name space, such as `iam`.
    package let service: String
    /// The region; empty for global services and S3 buckets.
    package let region: String
    /// Twelve digits; empty where the service leaves it out.
    package let account: String
    /// What is left, with any further colons and slashes.
    package let resource: String

    /// The ARN as written.
    package let description: String

    /// Reads an ARN; `nil` for anything that is none, and for white space or control characters anywhere.
    package init?(_ text: String) {
        var copy = text
        guard let parts = copy.withUTF8(ARN.parts) else { return nil }
        description = text
        (partition, service, region, account, resource) = parts
    }

    /// Whether two ARNs were written alike, byte by byte.
    package static func == (left: ARN, right: ARN) -> Bool {
        left.description.hasSameBytes(as: right.description)
    }

    /// Hashes the ARN as written.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(description)
    }

    private static func parts(_ bytes: UnsafeBufferPointer<UInt8>) -> (String, String, String, String, String)? {
        // Visible ASCII, or text beyond it that is neither white space nor a control character.
        var colons = (0, 0, 0, 0, 0)
        var found = 0
        var isASCII = true
        for (index, byte) in bytes.enumerated() {
            if byte &- 0x21 >= 0x5E { isASCII = false }
            guard byte == UInt8(ascii: ":"), found < 5 else { continue }
            switch found {
            case 0: colons.0 = index
            case 1: colons.1 = index
            case 2: colons.2 = index
            case 3: colons.3 = index
            default: colons.4 = index
            }
            found += 1
        }
        guard found == 5, isASCII || isVisible(bytes) else { return nil }
        // Partition, service and region, with the colons between them.
        for byte in bytes[colons.0..<colons.3] where !isNameByte(byte) && byte != UInt8(ascii: ":") { return nil }
        func part(_ from: Int, _ to: Int) -> String {
            String(decoding: UnsafeBufferPointer(rebasing: bytes[from..<to]), as: UTF8.self)
        }
        let prefix = part(0, colons.0)
        let partition = part(colons.0 + 1, colons.1)
        let service = part(colons.1 + 1, colons.2)
        let region = part(colons.2 + 1, colons.3)
        let account = part(colons.3 + 1, colons.4)
        let resource = part(colons.4 + 1, bytes.count)
        guard prefix == "arn", partition.hasPrefix("aws"), !service.isEmpty, !resource.isEmpty,
            account.isEmpty || account == "aws" || account.isAccountID
        else { return nil }
        return (partition, service, region, account, resource)
    }
}

/// The ARN of an IAM role, taken apart: `arn:partition:iam::account:role/path/name`.
package struct RoleARN: Sendable, Hashable, CustomStringConvertible {
    /// The partition, such as `aws-cn`.
    package let partition: String
    /// Twelve digits.
    package let account: String
    /// `/`, or a path such as `/service-role/`.
    package let path: String
    /// The role's name, unique in its account whatever the path.
    package let name: String

    /// Reads a legal role ARN; `nil` for anything else.
    ///
    /// Names are 1 to 64 of `A-Za-z0-9+=,.@_-`, paths at most 512 printable ASCII characters.
    /// Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_Role.html
    package init?(_ text: String) {
        guard let arn = ARN(text) else { return nil }
        self.init(arn)
    }

    /// Takes a role's ARN apart; `nil` for any other ARN.
    package init?(_ arn: ARN) {
        guard arn.service == "iam", arn.region.isEmpty, arn.account.isAccountID,
            arn.resource.hasPrefix("role/"), let slash = arn.resource.utf8.lastIndex(of: UInt8(ascii: "/"))
        else { return nil }
        let name = arn.resource[arn.resource.utf8.index(after: slash)...]
        let path = arn.resource.dropFirst("role".count)[...slash]
        guard (1...64).contains(name.utf8.count), name.utf8.allSatisfy(isIAMNameByte), path.utf8.count <= 512,
            path.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return nil }
        partition = arn.partition
        account = arn.account
        self.path = String(path)
        self.name = String(name)
    }

    /// The ARN as written.
    package var description: String {
        "arn:\(partition):iam::\(account):role\(path)\(name)"
    }
}

extension String {
    /// Whether the text is an AWS account id: twelve ASCII digits.
    package var isAccountID: Bool {
        utf8.count == 12 && utf8.allSatisfy(\.isDigitASCII)
    }
}

/// Lower-case letters, digits and hyphens.
private func isNameByte(_ byte: UInt8) -> Bool {
    byte.isLowercaseASCII || byte.isDigitASCII || byte == UInt8(ascii: "-")
}

private func isVisible(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    String(decoding: bytes, as: UTF8.self).unicodeScalars.allSatisfy {
        $0.value > 0x20 && $0.value != 0x7F && !$0.properties.isWhitespace
    }
}

private func isIAMNameByte(_ byte: UInt8) -> Bool {
    byte.isLetterASCII || byte.isDigitASCII || "+=,.@_-".utf8.contains(byte)
}
